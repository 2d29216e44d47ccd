"""The components that stand in every row of a list, written in Python: a macro of Jinja2 costs ten times as much.

`components.html` hands them on under their names, so templates call `c.tag(…)` as they call any other component.
What is shown is put into constant markup and is escaped there.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import storages
from django.templatetags.static import static as address_of
from django.utils.translation import gettext as _
from markupsafe import Markup

from tongmai.ui.compiling import shown as escaped
from tongmai.ui.words import Deadline, Tag, ago, when

_TAG = '<span class="tm-tag tm-tone-%s">%s</span>'
_TIME = '<time datetime="%s" title="%s" data-ago>%s</time>'
_DEADLINE = (
    '<span class="tm-deadline tm-tone-%s" title="%s"><progress max="100" value="%s" aria-label="%s">%s%%</progress>'
    "<span>%s</span></span>"
)
_NO_DEADLINE = '<span class="tm-muted">%s</span>'
_ICON = '<svg class="icon" aria-hidden="true" focusable="false"><use href="%s#%s"/></svg>'


def tag(shown: Tag | Mapping[str, str]) -> Markup:
    """Return a status in a word; a template may give it as `{"text": …, "tone": …}`."""
    if isinstance(shown, Mapping):
        return _tag(shown["tone"], str(shown["text"]))
    return _tag(shown.tone, str(shown.text))


def time(at: datetime, now: datetime) -> Markup:
    """Return how long ago an instant was, with the instant itself for who points at it."""
    return _drawn(_TIME, at.isoformat(), when(at), ago(at, now))


def deadline(shown: Deadline | None) -> Markup:
    """Return the bar of a wait, a word where there is no limit."""
    if not shown:
        return _drawn(_NO_DEADLINE, _("无时限"))
    percent = shown.percent
    until = _("截止 %(at)s") % {"at": when(shown.due_at)}
    return _drawn(_DEADLINE, shown.tone, until, percent, _("时限已用"), percent, shown.words)


def icon(name: str) -> Markup:
    """Return a sign of the sprite; a word beside it says the same."""
    return _icon(static("vendor/icons.svg"), name)


def static(path: str) -> str:
    """Return the address of a file of the pages, looked up once for each."""
    return _static(storages["staticfiles"], settings.DEBUG, path)


def _drawn(markup: str, *values: Any) -> Markup:
    return Markup(markup % tuple(map(escaped, values)))  # nosec B704: each value is escaped


@lru_cache(maxsize=512)
def _tag(tone: str, text: str) -> Markup:
    return _drawn(_TAG, tone, text)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str) -> Markup:
    return _drawn(_ICON, sprite, name)


@lru_cache(maxsize=512)
def _static(storage: StaticFilesStorage | Any, is_debugged: bool, path: str) -> str:
    return address_of(path)
