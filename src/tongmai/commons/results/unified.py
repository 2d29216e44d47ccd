"""What the examination of a report is in the community's own list."""

from datetime import date

from tongmai.commons.results.models import Report
from tongmai.foundation.terminology import selectors as terminology
from tongmai.foundation.terminology.choices import CodeSet
from tongmai.foundation.terminology.selectors import Key, Meaning

LONGEST_CODE = 60  # what stands for a code where there is only a name


def meaning_of(report: Report, on: date) -> Meaning | None:
    """Return what the examination is in the community's list of charges; None for one that no message has brought."""
    key = Key(report.org_id, CodeSet.CHARGES, report.system, report.code or report.name[:LONGEST_CODE])
    return terminology.meanings([key], on).get(key)
