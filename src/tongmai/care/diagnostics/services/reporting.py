"""The report: written, verified by a second person where policy wants one, published, amended."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from tongmai.care.diagnostics import access, errors, events, policies
from tongmai.care.diagnostics.models import CriticalFinding, Draft, DraftLine, FindingMark, Order, ReportVersion
from tongmai.care.diagnostics.services import thread
from tongmai.care.diagnostics.states import State, Step
from tongmai.commons.results import services as results
from tongmai.commons.results.choices import ReportStatus, ValueStatus
from tongmai.foundation.audit import services as audit
from tongmai.foundation.catalog.selectors import in_force
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Staff
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, StepNotAllowed, VersionConflict
from tongmai.kernel.text import N_

Lines = Sequence[tuple[str, str]]  # (structure, what was seen)
MOST_LINES = 60


@transaction.atomic
def save_draft(
    order_id: UUID,
    *,
    lines: Lines,
    conclusion: str,
    by: Actor,
    is_abnormal: bool = False,
    seen_draft: int | None = None,
) -> Draft:
    """Keep what the reader has written so far; said again, nothing changes.  `seen_draft`: the version she began from.

    Raises:
        NotFound: as in `access.get`.  StepNotAllowed: she has not claimed it.
        VersionConflict: it was saved elsewhere meanwhile.
        InvalidInput: too many lines.
    """
    order = _mine(order_id, by=by)
    wanted = [(name.strip()[:60], text.strip()) for name, text in lines if name.strip() or text.strip()]
    if len(wanted) > MOST_LINES:
        raise InvalidInput(field="lines", problem=N_("所见条目过多"))
    draft, _made = Draft.objects.get_or_create(order=order, defaults={"saved_at": by.now, "saved_by_id": by.user_id})
    if seen_draft is not None and not _made and seen_draft != draft.version:
        raise VersionConflict(seen=seen_draft, current=draft.version)
    known = [(row.name, row.text) for row in draft.lines.all()]
    if (known, draft.conclusion, draft.is_abnormal) == (wanted, conclusion.strip(), is_abnormal):
        return draft
    DraftLine.objects.filter(draft=draft).delete()
    DraftLine.objects.bulk_create(
        DraftLine(draft=draft, position=n, name=name, text=text) for n, (name, text) in enumerate(wanted, start=1)
    )
    draft.conclusion, draft.is_abnormal = conclusion.strip(), is_abnormal
    draft.saved_at, draft.saved_by_id = by.now, by.user_id
    draft.version += 1
    draft.save()
    return draft


@transaction.atomic
def submit_report(order_id: UUID, *, by: Actor, seen_version: int | None = None) -> Order:
    """Hand the written report on: published at once where one person is enough, else to a second person.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.  ConclusionMissing: there is no conclusion.
        MarkedButNormal: a critical finding was marked and the report is not said to be abnormal.
    """
    order = access.get(order_id, by=by, lock=True, seen_version=seen_version)
    step = next((each for each in access.possible_steps(order, by=by) if each in (Step.SUBMIT, Step.PUBLISH)), None)
    if step is None:
        raise StepNotAllowed(state=order.state, step=Step.SUBMIT)
    draft = Draft.objects.filter(order=order).first()
    if draft is None or not draft.conclusion:
        raise errors.ConclusionMissing(field="conclusion")
    marked = order.marks.first()
    if marked is not None and not draft.is_abnormal:
        raise errors.MarkedButNormal(field="is_abnormal", finding=marked.name)
    order.author_id, order.verifier = by.staff_id, None
    if step == Step.SUBMIT:
        thread.take(order, step, by=by)
    else:
        _publish(order, draft, step, by=by)
    return order


@transaction.atomic
def verify(order_id: UUID, *, by: Actor, seen_version: int | None = None) -> Order:
    """The second person publishes what the first wrote.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.  SamePerson: she wrote it herself.
    """
    order = access.get(order_id, by=by, lock=True, seen_version=seen_version)
    if order.state == State.PRELIMINARY and order.author_id == by.staff_id:
        raise errors.SamePerson(state=order.state, step=Step.VERIFY)
    access.require_step(order, Step.VERIFY, by=by)
    order.verifier_id = by.staff_id
    _publish(order, order.draft, Step.VERIFY, by=by)
    return order


@transaction.atomic
def send_back(order_id: UUID, *, by: Actor, reason: str, seen_version: int | None = None) -> Order:
    """The second person gives it back to the author, with what is to be changed.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.  ReasonMissing: no reason.
    """
    order = access.get(order_id, by=by, step=Step.SEND_BACK, lock=True, seen_version=seen_version)
    order.reader_id = order.author_id
    thread.take(order, Step.SEND_BACK, by=by, reason=reason)
    return order


@transaction.atomic
def amend(order_id: UUID, *, by: Actor, reason: str, seen_version: int | None = None) -> Order:
    """Open a published report again; what was published stands until the correction is.

    Raises:
        NotFound, VersionConflict, StepNotAllowed: as in `access.get`.  ReasonMissing: no reason.
    """
    order = access.get(order_id, by=by, step=Step.AMEND, lock=True, seen_version=seen_version)
    order.reader_id, order.claimed_at, order.claimed_by_id = by.staff_id, by.now, by.user_id
    thread.take(order, Step.AMEND, by=by, reason=reason)
    return order


@transaction.atomic
def drop_amendment(order_id: UUID, *, by: Actor, reason: str, seen_version: int | None = None) -> Order:
    """Leave the published report as it is (errors as in `amend`)."""
    order = access.get(order_id, by=by, step=Step.DROP_AMENDMENT, lock=True, seen_version=seen_version)
    order.reader = None
    thread.take(order, Step.DROP_AMENDMENT, by=by, reason=reason)
    return order


@transaction.atomic
def mark_finding(order_id: UUID, *, code: str, by: Actor) -> FindingMark:
    """Mark a critical finding of the list: it is told at once, whether or not the report is finished; once of each.

    Raises:
        NotFound: as in `access.get`.  StepNotAllowed: she has not claimed it.  InvalidInput: not in the list.
    """
    order = _mine(order_id, by=by)
    listed = CriticalFinding.objects.filter(in_force(by.today), code=code, category=order.category).first()
    if listed is None:
        raise InvalidInput(field="code", problem=N_("不在危急发现目录中"))
    mark, is_new = FindingMark.objects.get_or_create(
        order=order,
        code=listed.code,
        defaults={"name": listed.name, "marked_at": by.now, "marked_by_id": by.user_id},
    )
    if is_new:
        told = events.CriticalFindingMarked(
            order_id=order.id, order_number=order.number, resident_id=order.resident_id, org_id=order.orderer_id,
            finding_code=listed.code, finding_name=listed.name, marked_by=by.user_id,
        )  # fmt: skip
        audit.record(told, by=by, subject_id=order.id)
    return mark


@transaction.atomic
def note_seen(order_id: UUID, *, by: Actor) -> Order:
    """A doctor of the ordering organisation has read the report: it leaves the worklist.  Repeating changes nothing.

    Raises:
        NotFound: as in `access.get`.  StepNotAllowed: nothing is published, or it was ordered elsewhere.
    """
    order = access.get(order_id, by=by, lock=True)
    if order.state != State.PUBLISHED or order.orderer_id != by.org_id or not by.may(Action.ORDER_EXAMINATION):
        raise StepNotAllowed(state=order.state, step="note_seen")
    if order.seen_at is None:
        order.seen_at, order.seen_by_id = by.now, by.user_id
        policies.wind(order, now=by.now, on=by.today)
        order.save(update_fields=["seen_at", "seen_by", "due_at", "escalates_at", "escalated_at"])
    return order


def _mine(order_id: UUID, *, by: Actor) -> Order:
    order = access.get(order_id, by=by, lock=True)
    if order.state != State.CLAIMED or by.staff_id is None or order.reader_id != by.staff_id:
        raise StepNotAllowed(state=order.state, step="write")
    return order


def _publish(order: Order, draft: Draft, step: Step, *, by: Actor) -> None:
    """Put the report into the record, keep the version as it was signed, and take the step."""
    is_first = order.n_versions == 0
    names = dict(Staff.objects.filter(id__in=[order.author_id, order.verifier_id]).values_list("id", "name"))
    author, verifier = names.get(order.author_id, ""), names.get(order.verifier_id, "")
    lines = [(row.name, row.text) for row in draft.lines.all() if row.text]
    report = results.store_report(
        order.resident_id,
        org_id=order.centre_id,
        facts=_facts(order, draft, author=author, verifier=verifier, is_first=is_first, by=by),
        values=[_value(name, text, order, is_first=is_first) for name, text in lines],
        by=by,
        report_id=order.report_id,
    )
    order.report_id = report.id
    order.n_versions += 1
    ReportVersion.objects.create(
        order=order, number=order.n_versions, findings="\n".join(f"{name}：{text}" if name else text for name, text in lines),
        conclusion=draft.conclusion, is_abnormal=draft.is_abnormal, author_name=author, verifier_name=verifier,
        reason="" if is_first else _why_amended(order), published_at=by.now, published_by_id=by.user_id,
    )  # fmt: skip
    if order.published_at is None:
        order.published_at, order.published_by_id = by.now, by.user_id
    order.seen_at = order.seen_by = None
    order.reader = order.late_images_at = None
    thread.take(order, step, by=by)


def _why_amended(order: Order) -> str:
    last = order.transitions.filter(step=Step.AMEND).last()
    return last.reason if last else ""


def _facts(order: Order, draft: Draft, *, author: str, verifier: str, is_first: bool, by: Actor) -> dict[str, Any]:
    return {
        "encounter_id": order.encounter_id,
        "category": order.category,
        "status": ReportStatus.FINAL if is_first else ReportStatus.CORRECTED,
        "number": order.number,
        "order_number": order.number,
        "code": order.item_code,
        "name": order.item_name,
        "requester": order.orderer_staff.name if order.orderer_staff else "",
        "performer": author,
        "verifier": verifier or author,
        "collected_at": order.performed_at,
        "issued_at": by.now,
        "conclusion": draft.conclusion,
        "is_critical": order.marks.exists(),
    }


def _value(name: str, text: str, order: Order, *, is_first: bool) -> dict[str, Any]:
    return {
        "code": "", "system": "", "name": name or order.item_name, "text": text, "number": None, "comparator": "",
        "unit": "", "reference": "", "flag": "", "observed_at": order.performed_at, "note": "",
        "status": ValueStatus.FINAL if is_first else ValueStatus.CORRECTED,
    }  # fmt: skip
