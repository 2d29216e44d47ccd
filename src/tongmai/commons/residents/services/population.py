"""Groups, insurance, and who looks after a person."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.residents import access
from tongmai.commons.residents.events import CoverageChanged, TagAdded, TagEnded
from tongmai.commons.residents.models import CareRelation, Coverage, Tag
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound
from tongmai.kernel.text import N_


def add_tag(
    resident_id: UUID,
    *,
    by: Actor,
    kind: str,
    source: str = Tag.Source.DOCTOR,
    starts_on: date | None = None,
    ends_before: date | None = None,
    note: str = "",
) -> Tag:
    """Put a person into a group from a day on.  Groups say much about a person: the record must be open to `by`.

    Raises:
        NotFound, NotPermitted, BasisNeeded: as in `access.open_record`.
        InvalidInput: the span is backwards.  Conflict: she is in this group already.
    """
    require(by, Action.WRITE_RECORD)
    day = starts_on or by.today
    if ends_before is not None and ends_before <= day:
        raise InvalidInput(field="ends_before", problem=N_("结束日期应晚于开始日期"))
    resident = access.open_record(resident_id, by=by, what="tags").resident
    try:
        with transaction.atomic():
            tag = Tag.objects.create(
                resident=resident, kind=Tag.Kind(kind), source=Tag.Source(source), note=note.strip(), starts_on=day,
                ends_before=ends_before, added_at=by.now, added_by_id=by.user_id,
            )  # fmt: skip
            audit.record(
                TagAdded(resident_id=resident.id, tag_id=tag.id, kind=str(tag.kind)), by=by, subject_id=resident.id
            )  # fmt: skip
            return tag
    except IntegrityError:
        raise Conflict() from None


@transaction.atomic
def end_tag(tag_id: UUID, *, by: Actor, reason: str, ends_before: date | None = None) -> Tag:
    """Take a person out of a group from a day on (today unless given); a mistaken entry ends on the day it began.

    Raises:
        NotFound, NotPermitted, BasisNeeded; InvalidInput: no reason, or a day before it began.
        Conflict: ended already.
    """
    require(by, Action.WRITE_RECORD)
    tag = Tag.objects.filter(access.reach(by, "resident__"), id=tag_id).first()
    if tag is None:
        raise NotFound()
    access.open_record(tag.resident_id, by=by, what="tags")
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    day = ends_before or max(by.today, tag.starts_on)
    if day < tag.starts_on:
        raise InvalidInput(field="ends_before", problem=N_("结束日期早于开始日期"))
    ended = Tag.objects.filter(id=tag_id, ended_at=None).update(
        ends_before=day, ended_at=by.now, ended_by_id=by.user_id, end_reason=reason.strip()[:200]
    )
    if not ended:
        raise Conflict()
    audit.record(TagEnded(resident_id=tag.resident_id, tag_id=tag.id, kind=tag.kind), by=by, subject_id=tag.resident_id)
    tag.refresh_from_db()
    return tag


@transaction.atomic
def set_coverage(
    resident_id: UUID, *, by: Actor, scheme: str, area_code: str = "", starts_on: date | None = None
) -> Coverage:
    """Say under which scheme a person is insured from a day on; what held before ends there.

    Raises:
        NotFound, NotPermitted; InvalidInput: an insured person without an area, or a day before the present one began.
    """
    require(by, Action.REGISTER_RESIDENT)
    resident = access.get(resident_id, by=by, lock=True)
    day = starts_on or by.today
    insured = scheme in (Coverage.Scheme.EMPLOYEE, Coverage.Scheme.RESIDENT)
    area = (area_code or resident.county_code) if insured else ""
    if insured and not (len(area) == 6 and area.isascii() and area.isdigit()):
        raise InvalidInput(field="area_code", problem=N_("请填写参保地的六位区划代码"))
    present = Coverage.objects.filter(resident=resident, ends_before=None).first()
    if present is not None:
        if day < present.starts_on:
            raise InvalidInput(field="starts_on", problem=N_("早于现有参保状态的开始日期"))
        Coverage.objects.filter(id=present.id).update(ends_before=day)
    coverage = Coverage.objects.create(
        resident=resident, scheme=Coverage.Scheme(scheme), area_code=area, starts_on=day,
        added_at=by.now, added_by_id=by.user_id,
    )  # fmt: skip
    audit.record(
        CoverageChanged(resident_id=resident.id, coverage_id=coverage.id), by=by, subject_id=resident.id
    )  # fmt: skip
    return coverage


@transaction.atomic
def set_care_relation(
    *,
    resident_id: UUID,
    org_id: UUID,
    source_id: UUID,
    starts_on: date,
    ends_before: date | None,
    staff_id: UUID | None = None,
    team_id: UUID | None = None,
    team_name: str = "",
    kind: str = CareRelation.Kind.FAMILY_DOCTOR,
) -> None:
    """Write who looks after a person, as a contract says.  Heard twice it holds once: `source_id` is the contract.

    Called from config/subscriptions.py only; who may sign contracts is decided where they are signed.
    """
    CareRelation.objects.update_or_create(
        source_id=source_id,
        defaults={
            "resident_id": resident_id,
            "kind": kind,
            "org_id": org_id,
            "staff_id": staff_id,
            "team_id": team_id,
            "team_name": team_name[:60],
            "starts_on": starts_on,
            "ends_before": ends_before,
        },
    )


@transaction.atomic
def end_care_relation(*, source_id: UUID, ends_before: date) -> None:
    """End what `set_care_relation` wrote from this source; nothing happens when there is none (heard out of order)."""
    relation = CareRelation.objects.filter(source_id=source_id).first()
    if relation is not None:
        CareRelation.objects.filter(id=relation.id).update(ends_before=max(ends_before, relation.starts_on))
