"""What the doctor decides about a result that counts; what she was shown; the way back within minutes."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.recognition import access, asking, errors, items, rules, saving
from tongmai.commons.recognition.asking import Check, Offer
from tongmai.commons.recognition.choices import Choice, Reason
from tongmai.commons.recognition.events import AskingBegun, ExaminedAnyway, RecognitionUndone, ResultRecognised
from tongmai.commons.recognition.models import Asking, Decision, Item, Shown, Undoing
from tongmai.commons.residents import access as residents
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_

LONGEST_EXPLANATION = 500


@dataclass(frozen=True)
class Wish:
    """A decision as the order screen makes it.

    `report_id`: the result that is recognised; ordered anyway: the result that would have counted.  `explanation` and
    `is_agreed`: what the patient was told of why it is done again, and that she agrees.
    """

    item_code: str
    choice: str
    report_id: UUID
    reason: str = ""
    explanation: str = ""
    is_agreed: bool = False
    order_number: str = ""
    encounter_id: UUID | None = None


@transaction.atomic
def ask(resident_id: UUID, *, item_code: str, by: Actor) -> Asking | None:
    """The patient is in front of `by`, who is about to order an item: for minutes she may ask what of it exists already.

    None where nothing needs to be said: she has another reason to open the record, or has said so already.

    Raises:
        NotFound: no such resident in reach.  NotPermitted: this post orders nothing.
        NotRecognisable: the item is on no list.
    """
    held = access.held_of(resident_id, by=by)
    row = items.of_order(item_code, by.today)
    if row is None:
        raise errors.NotRecognisable(field="item")
    if held.basis is not None or access.asks(resident_id, row, by=by):
        return None
    made = Asking.objects.create(
        resident_id=resident_id, item=row, org_id=by.org_id, asked_at=by.now, asked_by_id=by.user_id,
        asked_by_name=by.name,
    )  # fmt: skip
    assert by.org_id is not None
    audit.record(AskingBegun(resident_id=resident_id, org_id=by.org_id, item_code=row.code), by=by)
    return made


@transaction.atomic
def decide(resident_id: UUID, *, wish: Wish, by: Actor) -> Decision:
    """Recognise a result, or note why the examination is done anew.  Said twice it holds once.

    Raises:
        NotFound, NotPermitted: as in `asking.offered`.
        NotRecognisable, NotOffered: the item is on no list; the report does not count now.
        InvalidInput: ordered anyway without one of the six reasons, an explanation, her agreement or an order's number;
            a visit of somebody else.
        DecidedOtherwise: another result of the item was recognised here today.
    """
    _check(wish, resident_id)
    row, offer, _asked = asking.one(resident_id, wish.report_id, item_code=wish.item_code, by=by)
    if Choice(wish.choice) == Choice.RECOGNISED:
        residents.get(resident_id, by=by, lock=True)  # two doctors at once: the second finds what the first decided
        return _standing(resident_id, row, offer, by) or _recognise(resident_id, wish, row, offer, by)
    return _order_anyway(resident_id, wish, row, offer, by)


@transaction.atomic
def undo(decision_id: UUID, *, by: Actor) -> Decision:
    """Take a recognition back, within the minutes that the policy gives.  Said twice it holds once.

    Raises:
        NotFound: absent, or another facility's.  NotPermitted: this post orders nothing.
        OrderStands: an examination was ordered.  TooLateToUndo.
    """
    found = access.own_decision(decision_id, by=by)
    if found.choice != Choice.RECOGNISED:
        raise errors.OrderStands()
    if Undoing.objects.filter(decision=found).exists():
        return found
    within = policy.value("recognition.undo_within", on=by.today, at=found.org_id).timedelta()
    if not rules.may_undo(decided_age=by.now - found.decided_at, within=within):
        raise errors.TooLateToUndo(minutes=int(within.total_seconds() // 60))
    Undoing.objects.create(decision=found, undone_at=by.now, undone_by_id=by.user_id)
    told = RecognitionUndone(decision_id=found.id, resident_id=found.resident_id, org_id=found.org_id)
    audit.record(told, by=by, subject_id=found.id)
    return found


@transaction.atomic
def note_shown(resident_id: UUID, *, found: Check, by: Actor) -> None:
    """Note that a doctor was shown results that count, once a day; and, where nothing else opened the record, that she asked."""
    if found.asker is not None:
        access.log(found.asker, by=by, what="recognition")
    if found.item is None or not found.offers or by.user_id is None or by.org_id is None:
        return
    row = Shown(
        resident_id=resident_id, item=found.item, org_id=by.org_id, n_must=len(found.must),
        n_may=len(found.offers) - len(found.must), shown_on=by.today, shown_at=by.now, shown_by_id=by.user_id,
        shown_by_name=by.name,
    )  # fmt: skip
    Shown.objects.bulk_create([row], ignore_conflicts=True)


def _check(wish: Wish, resident_id: UUID) -> None:
    if wish.choice not in list(Choice):
        raise InvalidInput(field="choice", problem=N_("请选择互认或重新检查"))
    if wish.encounter_id and not Encounter.objects.filter(id=wish.encounter_id, resident_id=resident_id).exists():
        raise InvalidInput(field="encounter", problem=N_("这次就诊不是该居民的"))
    if wish.choice == Choice.RECOGNISED:
        return
    if wish.reason not in list(Reason):
        raise InvalidInput(field="reason", problem=N_("请选择重新检查的法定情形（互认管理办法第十九条）"))
    if not wish.explanation.strip():
        raise InvalidInput(
            field="explanation", problem=N_("请写明向患者说明了什么：复检的目的和必要性（互认管理办法第二十一条）")
        )
    if not wish.is_agreed:
        raise InvalidInput(field="is_agreed", problem=N_("请向患者说明后，确认患者知情同意"))
    if not wish.order_number:
        raise InvalidInput(field="order_number", problem=N_("重新检查须有申请单号"))


def _standing(resident_id: UUID, row: Item, offer: Offer, by: Actor) -> Decision | None:
    found = asking.recognised_today(resident_id, row, by=by)
    if found is not None and found.report_id != offer.report_id:
        raise errors.DecidedOtherwise(by_name=found.decided_by_name)
    return found


def _recognise(resident_id: UUID, wish: Wish, row: Item, offer: Offer, by: Actor) -> Decision:
    saved = saving.of(row, by)
    undone = Undoing.objects.filter(
        decision__resident_id=resident_id, decision__item=row, decision__org_id=by.org_id, decision__decided_on=by.today
    )
    made = _insert(
        resident_id, wish, row, offer, by, choice=Choice.RECOGNISED, amount_fen=saved.amount_fen, dose_usv=saved.dose_usv,
        turn=undone.count(),
    )  # fmt: skip
    told = ResultRecognised(
        decision_id=made.id, resident_id=resident_id, report_id=offer.report_id, org_id=made.org_id, item_code=row.code
    )
    audit.record(told, by=by, subject_id=made.id)
    return made


def _order_anyway(resident_id: UUID, wish: Wish, row: Item, offer: Offer, by: Actor) -> Decision:
    try:
        with transaction.atomic():
            made = _insert(
                resident_id, wish, row, offer, by, choice=Choice.ORDERED, order_number=wish.order_number,
                reason=Reason(wish.reason), explanation=wish.explanation.strip()[:LONGEST_EXPLANATION],
                is_agreed=wish.is_agreed,
            )  # fmt: skip
    except IntegrityError:
        return Decision.objects.get(order_number=wish.order_number, item=row, choice=Choice.ORDERED)
    told = ExaminedAnyway(
        decision_id=made.id, resident_id=resident_id, report_id=offer.report_id, org_id=made.org_id, item_code=row.code,
        order_number=wish.order_number, because=wish.reason,
    )  # fmt: skip
    audit.record(told, by=by, subject_id=made.id)
    return made


def _insert(resident_id: UUID, wish: Wish, row: Item, offer: Offer, by: Actor, **facts) -> Decision:
    return Decision.objects.create(
        resident_id=resident_id, item=row, item_name=row.name, report_id=offer.report_id, from_org_id=offer.org_id,
        strength=offer.strength, mark=offer.mark, taken_on=offer.taken_on, org_id=by.org_id,
        encounter_id=wish.encounter_id, decided_on=by.today, decided_at=by.now, decided_by_id=by.user_id,
        decided_by_name=by.name, **facts,
    )  # fmt: skip
