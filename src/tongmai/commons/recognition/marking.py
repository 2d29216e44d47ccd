"""The mark on a report: its page and its PDF carry it where the facility's item had a valid one at issue, else nothing."""

from django.utils.translation import gettext as _

from tongmai.commons.recognition.asking import mark_of
from tongmai.commons.results.models import Report
from tongmai.ui.words import Tag

_ISSUED = frozenset({"final", "corrected"})


def tag_of(report: Report) -> Tag | None:
    """Return the mark as a tag beside the status of the report; None where none may stand there."""
    mark = mark_of(report) if report.status in _ISSUED else ""
    return Tag(_("互认标识 %(mark)s") % {"mark": mark}, "purple") if mark else None
