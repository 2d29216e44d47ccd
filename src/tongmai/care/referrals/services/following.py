"""Following up those who came down, until it is done."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import access, rules
from tongmai.care.referrals.models import FollowUp, PlanItem, Referral
from tongmai.care.referrals.services import chain
from tongmai.care.referrals.services.taking import take
from tongmai.care.referrals.states import DownStep
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput, NotFound, StepNotAllowed
from tongmai.kernel.text import N_

# Beyond these a value is a slip of the keyboard.
_LIMITS = {
    "systolic_mmhg": (30, 350),
    "diastolic_mmhg": (10, 250),
    "pulse_per_minute": (10, 350),
    "temperature_c": (25, 45),
    "glucose_mmol": (Decimal("0.5"), Decimal("99.9")),
}


@dataclass(frozen=True)
class Findings:
    """What a follow-up found.  Units are in the names; None was not measured."""

    result: str
    way: str
    note: str = ""
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    pulse_per_minute: int | None = None
    temperature_c: Decimal | None = None
    glucose_mmol: Decimal | None = None
    takes_medicines: bool | None = None
    next_on: date | None = None  # asks for one more; also adds one where the plan is at its end


def plan_follow_ups(referral: Referral, *, by: Actor) -> None:
    """Write down when to look after her: the days the plan asks for, and the policy's interval until there are enough."""
    plan = referral.plan
    asked = {
        item.due_on: item.text
        for item in plan.items.exclude(who__in=[PlanItem.Who.SELF, PlanItem.Who.COUNTY]).filter(due_on__isnull=False)
    }
    days = rules.follow_up_days(
        starts_on=by.today,
        interval=_interval(referral, by.today),
        times=value("referrals.follow_up.times", on=by.today, at=referral.receiver).int,
        asked_for=list(asked),
    )
    FollowUp.objects.bulk_create(
        FollowUp(referral=referral, number=i, due_on=day, task=asked[day] if is_asked else "")
        for i, (day, is_asked) in enumerate(days, 1)
    )


@transaction.atomic
def record_follow_up(*, follow_up_id: UUID, findings: Findings, by: Actor, seen_version: int | None = None) -> FollowUp:
    """Write what a follow-up found.  Not reached, or worse, asks for another one soon; a death ends them all.

    Recording the same follow-up again is refused: it is not overwritten.

    Raises:
        NotFound: no such follow-up, or its referral is not one that `by` may see.
        VersionConflict, StepNotAllowed: as in `access.get`; also when it is done already.
        InvalidInput: no result, a day in the past, or a value that cannot be.
    """
    found = FollowUp.objects.filter(id=follow_up_id).values_list("referral_id", flat=True).first()
    if found is None:
        raise NotFound()
    referral = access.get(found, by=by, step=DownStep.FOLLOW_UP, lock=True, seen_version=seen_version)
    follow_up = FollowUp.objects.select_for_update().get(id=follow_up_id)
    if follow_up.done_at is not None or follow_up.dropped_at is not None:
        raise StepNotAllowed(state=referral.state, step=DownStep.FOLLOW_UP)
    _check(findings, today=by.today)
    for name in (*_LIMITS, "result", "way", "takes_medicines"):
        setattr(follow_up, name, getattr(findings, name))
    follow_up.note = findings.note.strip()
    follow_up.done_at, follow_up.done_by_id = by.now, by.user_id
    follow_up.save()
    chain.record_visit(referral, follow_up, by=by)
    _look_ahead(referral, findings, by=by)
    take(referral, DownStep.FOLLOW_UP, by=by, facts=f"{follow_up.number} · {follow_up.get_result_display()}")
    return follow_up


@transaction.atomic
def finish(*, referral_id: UUID, by: Actor, note: str = "", seen_version: int | None = None) -> Referral:
    """Close a down-referral whose follow-ups are all done; the episode ends with it.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`; also while a follow-up is still due.
    """
    referral = access.get(referral_id, by=by, step=DownStep.FINISH, lock=True, seen_version=seen_version)
    chain.finish_receipt(referral, by=by)
    take(referral, DownStep.FINISH, by=by, reason=note)
    chain.close_episode(referral, by=by)
    return referral


def _look_ahead(referral: Referral, findings: Findings, *, by: Actor) -> None:
    """Drop what has become pointless, and add what the findings ask for."""
    left = access.open_follow_ups().filter(referral=referral)
    if rules.ends_follow_up(findings.result):
        left.update(dropped_at=by.now, dropped_by_id=by.user_id)
        return
    wanted = findings.next_on
    if wanted is None and findings.result in {FollowUp.Result.WORSE, FollowUp.Result.NOT_REACHED}:
        wanted = rules.next_follow_up_on(
            done_on=by.today, interval=_interval(referral, by.today), result=findings.result
        )
    if wanted is None or left.filter(due_on__lte=wanted).exists():
        return
    number = FollowUp.objects.filter(referral=referral).count() + 1
    FollowUp.objects.create(referral=referral, number=number, due_on=wanted)


def _interval(referral: Referral, on: date):
    return value(f"referrals.follow_up.{referral.plan.group}", on=on, at=referral.receiver).timedelta()


def _check(findings: Findings, *, today: date) -> None:
    if findings.result not in FollowUp.Result.values:
        raise InvalidInput(field="result", problem=N_("请选择随访结果"))
    if findings.way not in FollowUp.Way.values:
        raise InvalidInput(field="way", problem=N_("请选择随访方式"))
    if findings.next_on is not None and findings.next_on <= today:
        raise InvalidInput(field="next_on", problem=N_("下次随访应在今天之后"))
    for name, (low, high) in _LIMITS.items():
        measured = getattr(findings, name)
        if measured is not None and not low <= measured <= high:
            raise InvalidInput(field=name, problem=N_("超出可能的范围，请核对"))
