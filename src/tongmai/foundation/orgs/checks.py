"""`tongmai check`: posts and users named by other tables; policies for places that exist and days that come."""

from collections.abc import Iterator
from datetime import date

from tongmai.foundation.audit import proving
from tongmai.foundation.audit.models import AccessLog, Answer, Event
from tongmai.foundation.audit.proving import Finding, SoftReference
from tongmai.foundation.orgs.models import Alliance, Org, Post, User
from tongmai.kernel import months
from tongmai.kernel.policy import FOLDER, Policies, PolicyFileError

REFERENCES = (
    *(SoftReference(table, "by_user_id", User) for table in (Event, AccessLog)),
    *(SoftReference(table, "by_post_id", Post) for table in (Event, AccessLog)),
    *(SoftReference(table, "by_org_id", Org) for table in (Event, AccessLog)),
    SoftReference(Answer, "user_id", User),
)
AHEAD_MONTHS = 12


def orphans() -> Iterator[Finding]:
    """Yield what names absent users, posts and organisations."""
    yield from proving.dangling(REFERENCES)


def policies(today: date, *, shipped: Policies | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the policies as they lie on the disk now.

    Every id has a national value on each day of the coming twelve months; an override that is in force goes on being
    so, and stands for an alliance or a county that is here.
    """
    try:
        found = shipped or Policies.load(FOLDER)
    except PolicyFileError as error:
        yield Finding("policies", "-", str(error))
        return
    until = months.plus_months(today, AHEAD_MONTHS)
    for gap in found.gaps(today, until):
        place = f" at {gap.level} {gap.code}" if gap.code else ""
        yield Finding("policies", gap.id, f"no value{place} from {gap.starts_on} on")
    yield from _nowhere(found)


def _nowhere(found: Policies) -> Iterator[Finding]:
    known = {
        "alliance": set(Alliance.objects.values_list("code", flat=True)),
        "county": set(Org.objects.values_list("county_code", flat=True).distinct().order_by()),
    }
    for level, code in sorted({(each.level, each.code) for each in found}):
        if level in known and code not in known[level]:
            yield Finding("policies", f"{level}/{code}", f"overrides lie there, but no {level} has this code")
