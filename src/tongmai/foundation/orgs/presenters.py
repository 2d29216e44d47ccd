"""Words and tags for organisations, alliances, people and posts."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongmai.foundation.orgs import choices, rules
from tongmai.kernel.spans import covers
from tongmai.ui.words import Tag

LEVEL_TONES = {"county": "blue", "township": "green", "village": "grey", "outside": "purple"}
TIGHTNESS_TONES = {"tight": "blue", "loose": "grey"}


def level(value: str) -> Tag:
    """Return the level of an organisation as a tag."""
    return Tag(choices.label(choices.LEVELS, value), LEVEL_TONES[value])


def tightness(value: str) -> Tag:
    """Return how tight an alliance is."""
    return Tag(choices.label(choices.TIGHTNESS, value), TIGHTNESS_TONES[value])


def form(value: str) -> str:
    """Return the form of an alliance in words."""
    return choices.label(choices.FORMS, value)


def part(value: str) -> str:
    """Return the part that an organisation has in an alliance."""
    return choices.label(choices.PARTS, value)


def role(value: str) -> str:
    """Return the words of a role."""
    return choices.label(choices.ROLES, value)


def posting(value: str) -> str:
    """Return how somebody works elsewhere, "" for who does not."""
    return choices.label(choices.POSTINGS, value) if value else ""


def grade(value: str) -> str:
    """Return the professional grade in words."""
    return choices.label(choices.STAFF_GRADES, value)


def agreement_kind(value: str) -> str:
    """Return the kind of an agreement in words."""
    return choices.label(choices.AGREEMENT_KINDS, value)


def span(starts_on: date, ends_before: date | None) -> str:
    """Return a span as people write it, with its last day: 2026-01-01 至 2026-12-31."""
    if ends_before is None:
        return _("%(start)s 起") % {"start": starts_on.isoformat()}
    return _("%(start)s 至 %(last)s") % {"start": starts_on.isoformat(), "last": rules.last_day(ends_before)}


def validity(row: Any, today: date) -> Tag:
    """Return whether a span is in force today."""
    if covers(row.starts_on, row.ends_before, today):
        return Tag(_("有效"), "green")
    return Tag(_("未开始"), "amber") if row.starts_on > today else Tag(_("已结束"), "grey")


def in_use(is_active: bool) -> Tag:
    """Return whether something is in use."""
    return Tag(_("在用"), "green") if is_active else Tag(_("停用"), "grey")


def token_state(row: Any, now: Any) -> Tag:
    """Return whether a token still opens the door."""
    if row.revoked_at is not None:
        return Tag(_("已撤销"), "grey")
    return Tag(_("有效"), "green") if row.expires_at > now else Tag(_("已过期"), "amber")
