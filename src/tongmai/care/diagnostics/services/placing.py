"""Ordering an examination, and taking the order back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tongmai.care.diagnostics import access, errors, events, policies, rules
from tongmai.care.diagnostics.models import Order, SafetyAnswer, ServiceAgreement
from tongmai.care.diagnostics.services import thread
from tongmai.care.diagnostics.states import Priority, Step
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.recognition import asking
from tongmai.commons.recognition import services as recognition
from tongmai.commons.recognition.choices import Choice
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import services as known
from tongmai.commons.residents.models import KnownTo
from tongmai.commons.results import services as results
from tongmai.commons.results.choices import Priority as ResultPriority
from tongmai.commons.results.choices import RequestStatus
from tongmai.foundation.audit import services as audit
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.catalog.models import ExaminationItem
from tongmai.foundation.orgs.access import org as org_within_reach
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.ids import new_id
from tongmai.kernel.text import N_

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is read as something else
_PRIORITY = {
    Priority.ROUTINE: ResultPriority.ROUTINE, Priority.URGENT: ResultPriority.URGENT, Priority.EMERGENCY: ResultPriority.STAT,
}  # fmt: skip


@dataclass(frozen=True)
class Anyway:
    """Why it is ordered although a result counts that would have to be recognised (commons/recognition)."""

    report_id: UUID
    reason: str
    explanation: str = ""
    is_agreed: bool = False


@dataclass(frozen=True)
class Wanted:
    """What is ordered.  `site_id`: where it is performed, the own organisation if not said.

    `answers`: to what the item asks first, by check ("pregnancy", "metal", "contrast", "allergy").
    """

    item_code: str
    clinical_question: str
    priority: str = Priority.ROUTINE
    site_id: UUID | None = None
    diagnosis_name: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    safety_note: str = ""
    encounter_id: UUID | None = None
    scheduled_at: datetime | None = None
    anyway: Anyway | None = None


@transaction.atomic
def place(resident_id: UUID, *, wanted: Wanted, by: Actor) -> Order:
    """Order an examination of a resident: with its accession number, its study, and the centre that will report it.

    Raises:
        NotFound: the resident is out of reach, or the item is not in the catalogue today.
        NotPermitted: this post orders nothing.  BasisNeeded: no basis to act on this record.
        InvalidInput: no question, an unanswered check, a danger without a word, a visit of somebody else.
        NoCentre: nobody reports for the site.
        AlreadyOrdered: the same examination is open; its fact `order_id` says which.
        DecisionNeeded: a result counts that must be recognised, and nothing was said of why it is done anew.
    """
    require(by, Action.ORDER_EXAMINATION)
    opened = residents.open_record(resident_id, by=by, what="examination")
    item = catalog.examination_item(wanted.item_code, by.today)
    asked = rules.asked_of(item.checks, sex=opened.resident.sex)
    _check(wanted, asked, resident_id=opened.resident.id)
    site = org_within_reach(wanted.site_id or _own_org(by), by=by)
    order = _blank(opened.resident.id, item, wanted, site=site, by=by)
    policies.wind(order, now=by.now, on=by.today)
    _refuse_open(order)
    standing = asking.must_decide(order.resident_id, item_code=item.code, by=by)
    if standing and wanted.anyway is None:
        raise asking.decision_needed(standing, item_name=item.name)
    _insert(order)
    if wanted.anyway is not None:
        recognition.decide(order.resident_id, wish=_wish(order, wanted.anyway), by=by)
    SafetyAnswer.objects.bulk_create(
        SafetyAnswer(order=order, check_code=check, answer=wanted.answers[check]) for check in asked
    )
    thread.remember(order, "order", "", by=by)
    _tell_results(order, RequestStatus.ACTIVE, by=by)
    known.make_known(order.resident_id, org_id=order.site_id, via=KnownTo.Via.ENCOUNTER, by=by)
    known.make_known(order.resident_id, org_id=order.centre_id, via=KnownTo.Via.ENCOUNTER, by=by)
    audit.record(events.OrderPlaced(**thread.about(order)), by=by, subject_id=order.id)
    return order


@transaction.atomic
def cancel(order_id: UUID, *, by: Actor, reason: str, seen_version: int | None = None) -> Order:
    """Take an order back that the centre has not got yet.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.  ReasonMissing: no reason.
    """
    order = access.get(order_id, by=by, step=Step.CANCEL, lock=True, seen_version=seen_version)
    thread.take(order, Step.CANCEL, by=by, reason=reason)
    _tell_results(order, RequestStatus.CANCELLED, by=by)
    return order


def number_of(key: UUID, on: date) -> str:
    """Return an order number: the day and eight characters of the id's end, e.g. 2611220G7K2MQ4."""
    tail, digits = key.int & (1 << 40) - 1, ""
    for _ in range(8):
        tail, digit = divmod(tail, 32)
        digits = _ALPHABET[digit] + digits
    return f"{on:%y%m%d}{digits}"


def study_uid_of(key: UUID) -> str:
    """Return the DICOM UID of a study: a UUID under the root 2.25 (PS3.5 B.2)."""
    return f"2.25.{key.int}"


def centre_of(site: Org, *, category: str, modality: str, by: Actor) -> UUID:
    """Return the centre that reports this kind of examination for a site today.  Raises NoCentre."""
    rows = ServiceAgreement.objects.filter(site=site, category=category).values_list(
        "centre_id", "category", "modality", "starts_on", "ends_before"
    )
    found = rules.centre_for((rules.Line(*row) for row in rows), category=category, modality=modality, on=by.today)
    if found is None:
        raise errors.NoCentre(field="site_id", site=site.name)
    return found


def _check(wanted: Wanted, asked: list[str], *, resident_id: UUID) -> None:
    if not wanted.clinical_question.strip():
        raise InvalidInput(field="clinical_question", problem=N_("请写明要解决的临床问题"))
    if wanted.priority not in list(Priority):
        raise InvalidInput(field="priority", problem=N_("请选择紧急程度"))
    for check in asked:
        if wanted.answers.get(check) not in list(rules.Answer):
            raise InvalidInput(field=f"check_{check}", problem=N_("这项检查须先询问并回答"))
    told = {check: wanted.answers[check] for check in asked}
    if rules.dangers(told) and not wanted.safety_note.strip():
        raise InvalidInput(field="safety_note", problem=N_("回答“是”或“不清楚”时，请说明处理意见"))
    if (
        wanted.encounter_id is not None
        and not Encounter.objects.filter(id=wanted.encounter_id, resident_id=resident_id).exists()
    ):
        raise InvalidInput(field="encounter_id", problem=N_("不是这位居民的就诊"))


def _blank(resident_id: UUID, item: ExaminationItem, wanted: Wanted, *, site: Org, by: Actor) -> Order:
    key = new_id()
    return Order(
        id=key,
        number=number_of(key, by.today),
        study_uid=study_uid_of(key),
        resident_id=resident_id,
        encounter_id=wanted.encounter_id,
        state_since=by.now,
        item_code=item.code,
        item_name=item.name,
        category=item.category,
        modality=item.modality,
        body_part=item.body_part,
        charge_code=item.charge_code,
        priority=wanted.priority,
        clinical_question=wanted.clinical_question.strip()[:500],
        diagnosis_name=wanted.diagnosis_name.strip()[:200],
        safety_note=wanted.safety_note.strip()[:300],
        orderer_id=_own_org(by),
        orderer_department_id=by.department_id,
        orderer_staff_id=by.staff_id,
        site=site,
        centre_id=centre_of(site, category=item.category, modality=item.modality, by=by),
        scheduled_at=wanted.scheduled_at,
        scheduled_by_id=by.user_id if wanted.scheduled_at else None,
        requested_at=by.now,
        requested_by_id=by.user_id,
        clock_started_at=by.now,
    )


def _own_org(by: Actor) -> UUID:
    if by.org_id is None:
        raise InvalidInput(field="site_id", problem=N_("请以机构岗位开单"))
    return by.org_id


def _open_ones(order: Order) -> QuerySet[Order]:
    return Order.objects.filter(
        resident_id=order.resident_id, item_code=order.item_code, published_at__isnull=True, cancelled_at__isnull=True
    )


def _refuse_open(order: Order) -> None:
    first = _open_ones(order).first()
    if first is not None:
        raise errors.AlreadyOrdered(number=first.number, item=first.item_name, order_id=str(first.id))


def _insert(order: Order) -> None:
    """Write the order; the constraint refuses the same examination that comes at this very moment."""
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        _refuse_open(order)
        raise


def _wish(order: Order, anyway: Anyway) -> recognition.Wish:
    return recognition.Wish(
        item_code=order.item_code, choice=Choice.ORDERED, report_id=anyway.report_id, reason=anyway.reason,
        explanation=anyway.explanation, is_agreed=anyway.is_agreed, order_number=order.number,
        encounter_id=order.encounter_id,
    )  # fmt: skip


def _tell_results(order: Order, status: RequestStatus, *, by: Actor) -> None:
    """Keep it in the record as what was asked for: there it waits until a report of its number comes."""
    facts: dict[str, Any] = {
        "encounter_id": order.encounter_id,
        "number": order.number,
        "status": status,
        "code": order.item_code,
        "name": order.item_name,
        "priority": _PRIORITY[Priority(order.priority)],
        "reason": order.clinical_question,
        "requester": order.orderer_staff.name if order.orderer_staff else by.name,
        "performer": order.site.name,
        "requested_at": order.requested_at,
    }
    row = results.store_request(
        order.resident_id, org_id=order.orderer_id, facts=facts, by=by, request_id=order.request_id
    )
    if order.request_id is None:
        order.request_id = row.id
        Order.objects.filter(id=order.id).update(request_id=row.id)
