"""At the moment of ordering: what exists already, what of it counts, and whether something must be decided first.

For the screen of whoever orders: `check` for what is shown, `offered` for what counts, `must_decide` before an order is
placed.  Nothing is written here; what was shown is noted by `services.note_shown`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.recognition import access, errors, finding, items, rules
from tongmai.commons.recognition.access import Asker
from tongmai.commons.recognition.choices import Choice, Strength, Why
from tongmai.commons.recognition.models import Decision, Item
from tongmai.commons.results.models import Report
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.kernel.months import local_day

_ORDER = (Strength.MUST, Strength.MAY, Strength.NOT)


@dataclass(frozen=True)
class Offer:
    """One existing result: whose, of when, how far it counts, until when, and why not further."""

    report_id: UUID
    name: str
    org_id: UUID
    org: str
    taken_on: date | None
    issued_at: datetime | None
    strength: Strength
    mark: str = ""
    last_day: date | None = None
    days_left: int | None = None  # 0: today is the last day
    why: tuple[Why, ...] = ()
    failed_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """What was decided today about the item of the person at this facility."""

    decision_id: UUID
    choice: str
    report_id: UUID
    org: str
    by_name: str
    at: datetime
    order_number: str
    may_undo: bool


@dataclass(frozen=True)
class Check:
    """The answer to one question at the order screen.  `item` None: not on the list, so nothing counts."""

    item: Item | None
    offers: tuple[Offer, ...] = ()  # those that count, the most binding and latest first
    others: tuple[Offer, ...] = ()  # those that do not, with the reason
    decided: Standing | None = None
    asker: Asker | None = None

    @property
    def must(self) -> tuple[Offer, ...]:
        """Those that must be recognised unless one of the six reasons holds."""
        return tuple(each for each in self.offers if each.strength == Strength.MUST)


def offered(resident_id: UUID, *, item_code: str, by: Actor) -> list[Offer]:
    """Return the existing results that would be recognised instead of ordering `item_code`, the most binding first.

    Raises:
        NotFound: no such resident in reach.  NotPermitted: this post orders nothing.
        BasisNeeded: no reason to open the record, and nothing said of being about to order the item (`services.ask`).
    """
    return list(check(resident_id, item_code=item_code, by=by).offers)


def check(resident_id: UUID, *, item_code: str, by: Actor) -> Check:
    """Return what exists already of something that can be ordered, what of it counts and what does not (errors: `offered`)."""
    row = items.of_order(item_code, by.today)
    asked = access.asker(resident_id, item=row, by=by)
    if row is None or asked.seen is None:
        return Check(row, asker=asked)
    found = _judged(asked, row, by)
    counting = tuple(each for each in found if each.strength != Strength.NOT)
    others = tuple(each for each in found if each.strength == Strength.NOT)
    return Check(row, counting, others, _decided(resident_id, row, by), asked)


def is_open(resident_id: UUID, *, item_code: str, by: Actor) -> bool:
    """Whether `by` may ask of something that can be ordered as she is; else she says first that she is about to order it.

    Raises:
        NotFound: no such resident in reach.  NotPermitted: this post orders nothing.
    """
    if access.held_of(resident_id, by=by).basis is not None:
        return True
    row = items.of_order(item_code, by.today) if item_code else None
    return row is not None and access.asks(resident_id, row, by=by)


def must_decide(resident_id: UUID, *, item_code: str, by: Actor) -> list[Offer]:
    """Return the results that must be recognised and about which nothing was decided: an order may not be placed before.

    For the service that places orders (errors: `offered`).  Where it returns some, that service either raises
    `decision_needed` or notes in the same transaction, by `services.decide`, why it is ordered anyway.
    """
    return list(check(resident_id, item_code=item_code, by=by).must)


def decision_needed(offers: list[Offer], *, item_name: str) -> errors.DecisionNeeded:
    """Return the error that tells what must be decided first."""
    first = offers[0]
    taken_on = first.taken_on.isoformat() if first.taken_on else ""
    return errors.DecisionNeeded(field="recognition", item=item_name, org=first.org, taken_on=taken_on)


def one(resident_id: UUID, report_id: UUID, *, item_code: str, by: Actor) -> tuple[Item, Offer, Asker]:
    """Return the item, the one result that counts, and who asks, to decide about it or to open it.

    Raises:
        NotFound, NotPermitted: as in `offered`.  NotRecognisable: the item is not on the list.
        NotOffered: the report is none of those that count now.
    """
    row = items.of_order(item_code, by.today)
    asked = access.asker(resident_id, item=row, by=by)
    if row is None:
        raise errors.NotRecognisable(field="item")
    found = _judged(asked, row, by, report_id=report_id) if asked.seen is not None else []
    for each in found:
        if each.report_id == report_id and each.strength != Strength.NOT:
            return row, each, asked
    raise errors.NotOffered(field="report")


def mark_of(report: Report) -> str:
    """Return the mark that a report carries: its facility's item had a valid one when it was issued; "" where it may not.

    No mark may stand on a report without an evaluation, with a failed one or with one that had lapsed (article 13).
    """
    issued_at = report.issued_at or report.received_at
    row = items.of_report(report)
    if row is None or issued_at is None:
        return ""
    known = finding.evaluations(row.code, [report.org_id]).get(report.org_id, [])
    return rules.mark_on(known, local_day(issued_at))


def _judged(asked: Asker, row: Item, by: Actor, report_id: UUID | None = None) -> list[Offer]:
    assert asked.seen is not None
    days = items.window_days(row, on=by.today, at=by.org_id)
    told = policy.value("recognition.told_for", on=by.today, at=by.org_id).int
    found = finding.lines(
        asked.resident_id, row, seen=asked.seen, since=finding.since(by.now, max(days, told)), own_org_id=by.org_id,
        on=by.today, report_id=report_id,
    )  # fmt: skip
    item = items.as_rule(row)
    near = [each for each in found if rules.why_not_same(item, each.result) is None or rules.is_near(item, each.result)]
    marks = finding.evaluations(row.code, {each.org_id for each in near}) if near else {}
    offers = [_offer(item, each, marks.get(each.org_id, []), days, by) for each in near]
    return sorted(offers, key=lambda each: (_ORDER.index(each.strength), -(each.taken_on or date.min).toordinal()))


def _offer(item: rules.Item, line: finding.Line, marks: list[rules.Evaluated], days: int, by: Actor) -> Offer:
    said = rules.judge(
        item, line.result, evaluations=marks, county_code=by.county_code, window_days=days, today=by.today
    )
    left = (said.last_day - by.today).days if said.last_day else None
    return Offer(
        report_id=line.id, name=line.name, org_id=line.org_id, org=line.org, taken_on=line.result.taken_on,
        issued_at=line.issued_at, strength=said.strength, mark=said.mark, last_day=said.last_day,
        days_left=left if left is not None and left >= 0 else None, why=said.why, failed_on=said.failed_on,
    )  # fmt: skip


def recognised_today(resident_id: UUID, row: Item, *, by: Actor) -> Decision | None:
    """Return the recognition of the item at this facility today that stands."""
    found = _STANDING.objects(by, resident_id=resident_id, item=row.code)
    return found[0] if found else None


def _standing(by: Actor, *, resident_id: UUID, item: str) -> QuerySet[Decision]:
    rows = Decision.objects.filter(resident_id=resident_id, item_id=item, org_id=by.org_id, decided_on=by.today)
    return rows.filter(choice=Choice.RECOGNISED, undoing=None).select_related("from_org")[:1]


_STANDING = Prepared(_standing)


def _decided(resident_id: UUID, row: Item, by: Actor) -> Standing | None:
    found = recognised_today(resident_id, row, by=by)
    if found is None:
        return None
    within = policy.value("recognition.undo_within", on=by.today, at=by.org_id).timedelta()
    return Standing(
        decision_id=found.id, choice=found.choice, report_id=found.report_id, org=found.from_org.short_name,
        by_name=found.decided_by_name, at=found.decided_at, order_number=found.order_number,
        may_undo=rules.may_undo(decided_age=by.now - found.decided_at, within=within),
    )  # fmt: skip
