"""Finding unusual reading, and what is done about a finding."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from tongmai.commons.residents.events import ReadingFindingMoved, ReadingSearched
from tongmai.commons.residents.models import ReaderDay, ReadingFinding, ReadingTransition
from tongmai.commons.residents.reading import finding, states
from tongmai.commons.residents.reading.finding import Found, Limits, Reader
from tongmai.commons.residents.reading.rules import Usual
from tongmai.commons.residents.reading.states import State, Step
from tongmai.commons.residents.selectors import reading as selectors
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel import policy
from tongmai.kernel.errors import InvalidInput, StepNotAllowed
from tongmai.kernel.text import N_


def find_last_days(by: Actor) -> int:
    """Look through the days of which something can be told since the last time; return how many findings are new.

    The job of every night: the last days for what a day tells itself, and those whose time for something to follow is
    over now.  Found again, a finding stays as it is; so a night that was missed is made good by the next.
    """
    again = policy.shipped().value("reading.again_days", on=by.today).int
    waits = Limits.on(by.today).action_days
    days = {by.today - timedelta(days=back) for back in range(1, again + 1)}
    late = {day - timedelta(days=waits) for day in days}
    return sum(_find(day, by, is_late=day in late) for day in sorted(days | late))


@transaction.atomic
def search_reading(*, by: Actor, since: date, until: date) -> int:
    """Look through days (both included) on demand; return how many findings are new.  For the audit administrator.

    Raises:
        NotPermitted.  InvalidInput: no such span, or one longer than policy allows at once.
    """
    require(by, Action.READ_AUDIT)
    most = policy.shipped().value("reading.search_days", on=by.today).int
    last = min(until, by.today - timedelta(days=1))
    if last < since or (last - since).days >= most:
        raise InvalidInput(field="since", problem=N_("请选择昨天以前、不超过规定天数的日期"))
    waits = timedelta(days=Limits.on(by.today).action_days)
    days = [since + timedelta(days=ahead) for ahead in range((last - since).days + 1)]
    n = sum(_find(day, by, is_late=day + waits < by.today) for day in days)
    audit.record(ReadingSearched(since=since, until=last, n_new=n), by=by)
    return n


@transaction.atomic
def move_finding(finding_id: UUID, *, by: Actor, step: str, reason: str = "") -> ReadingFinding:
    """Take a step with a finding: ask the reader, answer, accept the explanation, take it further.

    Raises:
        NotFound: absent, of another county, or of another reader.  StepNotAllowed.  InvalidInput: no reason given.
    """
    row, side = selectors.finding_of(finding_id, by=by, lock=True)
    steps = states.TABLE.open_to(State(row.state), sides={side}, role=by.role)
    if step not in steps:
        raise StepNotAllowed(state=row.state, step=step)
    said = " ".join(reason.split())[:500]
    if states.TABLE.rules[Step(step)].needs_reason and not said:
        raise InvalidInput(field="reason", problem=N_("请写明理由"))
    row.state = states.after(State(row.state), Step(step))
    row.save(update_fields=["state"])
    ReadingTransition.objects.create(
        finding=row, step=step, to_state=row.state, reason=said, at=by.now, by_user_id=by.user_id, by_name=by.name,
        by_org_name=by.org_name,
    )  # fmt: skip
    audit.record(ReadingFindingMoved(finding_id=row.id, step=step), by=by, subject_id=row.id)
    return row


@transaction.atomic
def _find(on: date, by: Actor, *, is_late: bool) -> int:
    limits = Limits.on(by.today)
    readers = finding.readers_of(on)
    _count(readers, on)
    found = list(finding.at_once(readers, on, limits))
    if is_late:
        found += finding.in_time(readers, on, limits)
    return _keep(found, on, by)


def _count(readers: Iterable[Reader], on: date) -> None:
    """Keep how much each read on the day."""
    rows = [
        ReaderDay(
            user_id=reader.user_id, role=reader.role, county_code=reader.county_code, on=on,
            n_reads=sum(read.n for read in reader.reads.values()), n_residents=len(reader.reads),
        )
        for reader in readers
    ]  # fmt: skip
    ReaderDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user_id", "on"],
        update_fields=["role", "county_code", "n_reads", "n_residents"],
    )  # fmt: skip


def _keep(found: list[Found], on: date, by: Actor) -> int:
    """Store what is new.  What is known keeps its state: nobody is asked twice about one thing."""
    known = set(ReadingFinding.objects.filter(on=on).values_list("key", flat=True))
    new = [_row(each, on, by) for each in found if each.key(on) not in known]
    ReadingFinding.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _row(each: Found, on: date, by: Actor) -> ReadingFinding:
    volume = each.volume
    return ReadingFinding(
        key=each.key(on), kind=each.kind, on=on, reader_id=each.reader.user_id, reader_org_id=each.reader.org_id,
        reader_name=each.reader.name, reader_org_name=each.reader.org_name, reader_role=each.reader.role,
        county_code=each.reader.county_code, resident_id=each.resident_id, n=each.n, of=each.of,
        most=_tenths(volume.limit) if volume else None, own_usual=_median(volume.own) if volume else None,
        role_usual=_median(volume.role) if volume else None, days=each.days, found_at=by.now,
    )  # fmt: skip


def _median(usual: Usual | None) -> Decimal | None:
    return _tenths(usual.median) if usual else None


def _tenths(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
