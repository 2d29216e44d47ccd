"""Reads of what residents ask, for them and for who answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tongmai.commons.resident_requests import access
from tongmai.commons.resident_requests.models import Dispute, DisputeTransition, LogRead, WardRequest
from tongmai.commons.resident_requests.services.disputes import may_reopen
from tongmai.commons.resident_requests.states import DISPUTES, UNSETTLED, WARDS, DisputeState, WardState
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import marks
from tongmai.commons.residents import selectors as people
from tongmai.commons.residents.models import Guardian, Identifier, Resident
from tongmai.foundation.audit.models import AccessLog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role


@dataclass(frozen=True)
class Said:
    """One step of a dispute, with what was said."""

    step: str
    said: str
    at: datetime
    who: str
    org: str


@dataclass(frozen=True)
class DisputeLine:
    """A dispute in a list.  The masked name is what an administrator sees of whose it is."""

    id: UUID
    resident_id: UUID
    resident_name: str
    resident_masked: str
    kind: str
    about: str
    said: str
    state: str
    raised_at: datetime
    due_at: datetime
    answer: str
    answered_at: datetime | None
    org_name: str
    entry_kind: str
    entry_id: UUID | None


@dataclass(frozen=True)
class DisputePage:
    """One dispute with its history and the steps that `by` may take now; of an access, who looked and why."""

    line: DisputeLine
    history: list[Said]
    steps: list[str]
    looked: AccessLog | None


@dataclass(frozen=True)
class WardLine:
    """A request to be entered as a guardian."""

    id: UUID
    resident_id: UUID
    resident_name: str
    resident_id_masked: str
    ward_name: str
    ward_number: str
    relation: str
    note: str
    state: str
    asked_at: datetime
    due_at: datetime
    reason: str
    steps: list[str]


@dataclass(frozen=True)
class FamilyMember:
    """Somebody whose record a resident may read: herself first, then those for whom she decides."""

    id: UUID
    name: str
    relation: str  # of the guardian to her; "" for herself
    until: object  # the day on which she has grown up, None without one


def disputed(ids: Collection[UUID]) -> dict[UUID, marks.Dispute]:
    """Return which of the entries are under dispute; of a resident's id, whether her identity is."""
    rows = Dispute.objects.filter(state__in=UNSETTLED).order_by()
    found = rows.filter(entry_id__in=ids).values_list("entry_id", "id", "raised_at")
    of_person = rows.filter(kind=Dispute.Kind.IDENTITY, resident_id__in=ids).values_list(
        "resident_id", "id", "raised_at"
    )
    return {about: marks.Dispute(dispute_id, since) for about, dispute_id, since in found.union(of_person)}


def disputes_of(resident_id: UUID, *, by: Actor) -> list[DisputeLine]:
    """Return the disputes of one record, the latest first.  Raises NotFound: not hers nor a ward's."""
    residents.get(resident_id, by=by)
    return [_line(row) for row in access.visible_disputes(by).filter(resident_id=resident_id)]


def disputes_waiting(*, by: Actor, limit: int = 50) -> list[DisputeLine]:
    """Return the disputes for which `by` answers and nobody has, the most urgent first."""
    if by.may(Action.SEE_OWN) or not by.may(Action.ANSWER_DISPUTES):
        return []
    rows = access.visible_disputes(by).filter(state__in=UNSETTLED).order_by("due_at", "id")
    return [_line(row) for row in rows[:limit]]


def dispute(dispute_id: UUID, *, by: Actor) -> DisputePage:
    """Return one dispute.  Raises NotFound: absent, or not hers."""
    row = access.dispute(dispute_id, by=by)
    steps = DISPUTES.open_to(DisputeState(row.state), sides=access.sides(by), role=by.role)
    can = [str(step) for step in steps if step != "reopen" or may_reopen(row, by=by)]
    history = DisputeTransition.objects.filter(dispute=row)
    looked = AccessLog.objects.filter(id=row.access_log_id).first() if row.access_log_id else None
    return DisputePage(
        line=_line(row),
        history=[Said(each.step, each.said, each.at, each.by_name, each.by_org_name) for each in history],
        steps=can,
        looked=looked,
    )


def disputed_accesses(resident_id: UUID, *, by: Actor) -> dict[int, DisputeLine]:
    """Return the newest dispute of each access to a record, by the access.  Raises NotFound as `disputes_of`."""
    lines = access.visible_disputes(by).filter(resident_id=resident_id, kind=Dispute.Kind.ACCESS)
    return {row.access_log_id: _line(row) for row in lines.order_by("raised_at") if row.access_log_id}


def ward_requests(*, by: Actor, open_only: bool = False, limit: int = 50) -> list[WardLine]:
    """Return the requests that `by` made, or that wait in her county."""
    rows = access.visible_ward_requests(by)
    rows = rows.filter(state=WardState.ASKED).order_by("due_at", "id") if open_only else rows
    return [_ward_line(row, by) for row in rows[:limit]]


def ward_request(ward_request_id: UUID, *, by: Actor) -> WardLine:
    """Return one request.  Raises NotFound: absent, or not hers."""
    return _ward_line(access.ward_request(ward_request_id, by=by), by)


def ward_found(line: WardLine, *, by: Actor) -> Resident | None:
    """Return whom a registrar finds under name and number of a request; None for nobody in her reach."""
    found = Identifier.objects.select_related("resident").filter(
        residents.reach(by, "resident__"), value=line.ward_number, is_current=True, resident__name=line.ward_name,
        resident__merged_into=None,
    )  # fmt: skip
    first = found.first()
    return first.resident if first else None


def family(*, by: Actor) -> list[FamilyMember]:
    """Return whose records a resident may read, herself first."""
    if by.role != Role.RESIDENT or by.resident_id is None:
        return []
    wards: dict[UUID, Guardian] = {}
    for row in residents.guardianships(by).select_related("resident").order_by("resident__born_on", "id"):
        if row.resident.merged_into_id is None:
            wards.setdefault(row.resident_id, row)
    herself = FamilyMember(by.resident_id, by.name, "", None)
    return [
        herself,
        *(
            FamilyMember(row.resident_id, row.resident.name, str(row.get_relation_display()), row.grown_up_on)
            for row in wards.values()
        ),
    ]


def looked_since(resident_id: UUID, *, by: Actor) -> QuerySet[AccessLog]:
    """Return who looked since `by` last read the list, the latest first; not she herself.

    Raises:
        NotFound: not her record nor a ward's.
    """
    rows = people.access_rows(resident_id, by=by).exclude(by_user_id=by.user_id)
    read = LogRead.objects.filter(resident_id=resident_id, reader_id=by.user_id).values_list("last_log_id", flat=True)
    return rows.filter(id__gt=read.first() or 0)


def _line(row: Dispute) -> DisputeLine:
    return DisputeLine(
        id=row.id,
        resident_id=row.resident_id,
        resident_name=row.resident.name,
        resident_masked=f"{row.resident.name[:1]}** {row.resident.id_masked}".strip(),
        kind=row.kind,
        about=row.about,
        said=row.said,
        state=row.state,
        raised_at=row.raised_at,
        due_at=row.due_at,
        answer=row.answer,
        answered_at=row.answered_at,
        org_name=row.org.short_name if row.org else "",
        entry_kind=row.entry_kind,
        entry_id=row.entry_id,
    )


def _ward_line(row: WardRequest, by: Actor) -> WardLine:
    steps = WARDS.open_to(WardState(row.state), sides=access.sides(by), role=by.role)
    return WardLine(
        id=row.id,
        resident_id=row.resident_id,
        resident_name=row.resident.name,
        resident_id_masked=row.resident.id_masked,
        ward_name=row.ward_name,
        ward_number=row.ward_number,
        relation=str(row.get_relation_display()),
        note=row.note,
        state=row.state,
        asked_at=row.asked_at,
        due_at=row.due_at,
        reason=row.reason,
        steps=[str(step) for step in steps],
    )
