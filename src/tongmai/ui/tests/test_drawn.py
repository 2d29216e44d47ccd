"""The components written in Python: what is shown is escaped, in the language of the page, at today's address."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django.template import engines
from django.test import override_settings
from django.utils import translation

from tongmai.ui import drawn, words

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
MARK = '<b class="x">'


def _through_template(source: str, **context) -> str:
    template = '{% import "components.html" as c with context %}' + source
    return engines["jinja2" if "jinja2" in engines else "django"].env.from_string(template).render(
        request=None, csrf_input="", once_input="", **context
    )  # fmt: skip


def test_what_is_shown_is_escaped():
    tag = _through_template("{{ c.tag(t) }}", t=words.Tag(MARK, "red"))
    assert tag == '<span class="tm-tag tm-tone-red">&lt;b class=&#34;x&#34;&gt;</span>'
    assert _through_template('{{ c.tag({"text": "甲", "tone": "grey"}) }}') == drawn.tag(words.Tag("甲"))
    assert drawn.tag(SimpleNamespace(text="", tone=MARK)).count("<") == 2
    assert MARK not in drawn.icon(MARK)


def test_a_time_says_how_long_ago_and_when():
    shown = _through_template("{{ c.time(at, now) }}", at=NOW - timedelta(hours=3), now=NOW)
    assert shown == '<time datetime="2026-11-21T23:05:00+00:00" title="2026-11-22 07:05" data-ago>3 小时前</time>'


def test_a_deadline_is_a_bar_in_words():
    shown = drawn.deadline(words.Deadline(NOW + timedelta(hours=1), NOW - timedelta(hours=3), NOW))
    assert (
        'tm-tone-amber" title="截止 2026-11-22 11:05"><progress max="100" value="75" aria-label="时限已用">75%' in shown
    )
    assert shown.endswith("<span>还剩 1 小时</span></span>")
    assert drawn.deadline(None) == '<span class="tm-muted">无时限</span>'


def test_what_was_said_in_one_language_is_not_kept_for_the_other():
    gap = NOW - timedelta(days=2)
    assert [words.ago(gap, NOW), words.span(timedelta(minutes=5))] == ["2 天前", "5 分钟"]
    with translation.override("en"):
        assert "天" not in words.ago(gap, NOW) + words.span(timedelta(minutes=5))
        assert "无" not in drawn.deadline(None)
    assert words.ago(gap, NOW) == "2 天前"


def test_an_address_follows_the_storage():
    before = drawn.static("img/mark.svg")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage", "OPTIONS": {"base_url": "/elsewhere/"}}
    with override_settings(STORAGES={"staticfiles": plain}):
        assert drawn.static("img/mark.svg") == "/elsewhere/img/mark.svg"
    assert drawn.static("img/mark.svg") == before
