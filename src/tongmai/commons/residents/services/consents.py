"""What a resident decides about her record: said at a counter or on her own page, withdrawn at any time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongmai.commons.residents import access, consent_text
from tongmai.commons.residents.events import SharingChosen, SharingWithdrawn, UseAgreed, UseWithdrawn
from tongmai.commons.residents.minors import GUARDIAN_NEEDED, needs_guardian
from tongmai.commons.residents.models import SharingChoice, UseConsent
from tongmai.commons.residents.models.consents import Decided
from tongmai.commons.residents.sensitive.rules import Kind, Party
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted
from tongmai.kernel.text import N_

REPLACED = N_("由新的决定取代")


@dataclass(frozen=True)
class Said:
    """Who decided, how, and from when until when.  Of a resident on her own page only the days are taken."""

    how: str = Decided.How.PAPER
    given: str = Decided.Given.HERSELF
    given_name: str = ""
    starts_on: date | None = None
    ends_before: date | None = None
    note: str = ""


@transaction.atomic
def choose_sharing(
    resident_id: UUID,
    *,
    by: Actor,
    said: Said,
    is_permitted: bool,
    party: str,
    kind: str = "",
    org_id: UUID | None = None,
) -> SharingChoice:
    """Write whether the record (`kind` blank) or a sensitive kind of entries is shared with `party`.

    It takes the place of what was said of the same before.

    Raises:
        NotFound: the resident is out of reach.  NotPermitted: this post writes no decisions.
        InvalidInput: no such kind, party or organisation; nobody decided; a child decided herself; a span backwards.
    """
    columns = _decided(resident_id, said, by)
    if kind not in ("", *Kind) or party not in list(Party):
        raise InvalidInput(field="kind", problem=N_("没有这种记录或对象"))
    if party == Party.CONTRACT and not kind:
        raise InvalidInput(field="party", problem=N_("签约医生能否查阅全部档案由签约决定，请选择一类记录"))
    if (party == Party.ORG) != (org_id is not None) or (
        org_id is not None and not Org.objects.filter(id=org_id).exists()
    ):
        raise InvalidInput(field="org_id", problem=N_("请选择机构"))
    present = SharingChoice.objects.filter(resident_id=resident_id, kind=kind, party=party, org_id=org_id)
    _withdraw(present, by, how=columns["how"], reason=REPLACED)
    row = SharingChoice.objects.create(
        resident_id=resident_id, is_permitted=is_permitted, kind=kind, party=party, org_id=org_id, **columns
    )
    audit.record(SharingChosen(resident_id=resident_id, choice_id=row.id), by=by, subject_id=row.id)
    return row


@transaction.atomic
def withdraw_sharing(choice_id: UUID, *, by: Actor, how: str = "", reason: str = "") -> SharingChoice:
    """Withdraw a decision about sharing; withdrawn already, it stays as it is.

    Raises:
        NotFound: absent, or the resident is out of reach.  NotPermitted.
    """
    row = _one(SharingChoice, choice_id, by)
    if _withdraw(SharingChoice.objects.filter(id=row.id), by, how=_how(how, by), reason=reason):
        audit.record(SharingWithdrawn(resident_id=row.resident_id, choice_id=row.id), by=by, subject_id=row.id)
    row.refresh_from_db()
    return row


@transaction.atomic
def agree_to_use(
    resident_id: UUID, *, by: Actor, said: Said, purpose: str, recipient: str, purpose_text: str
) -> UseConsent:
    """Write that the resident agrees to a use beyond her care, for one purpose, by one recipient, until a day.

    Raises:
        NotFound, NotPermitted; InvalidInput: no purpose, recipient or end, or as in `choose_sharing`.
    """
    columns = _decided(resident_id, said, by)
    whom, what = " ".join(recipient.split())[:120], " ".join(purpose_text.split())[:300]
    if purpose not in UseConsent.Purpose.values:
        raise InvalidInput(field="purpose", problem=N_("请选择用途"))
    if not whom:
        raise InvalidInput(field="recipient", problem=N_("请写明使用方"))
    if not what:
        raise InvalidInput(field="purpose_text", problem=N_("请写明用来做什么"))
    if columns["ends_before"] is None:
        raise InvalidInput(field="ends_before", problem=N_("诊疗以外的用途须写明期限"))
    present = UseConsent.objects.filter(resident_id=resident_id, purpose=purpose, recipient=whom)
    _withdraw(present, by, how=columns["how"], reason=REPLACED)
    row = UseConsent.objects.create(
        resident_id=resident_id, purpose=purpose, recipient=whom, purpose_text=what, **columns
    )  # fmt: skip
    audit.record(UseAgreed(resident_id=resident_id, consent_id=row.id, purpose=purpose), by=by, subject_id=row.id)
    return row


@transaction.atomic
def withdraw_use(consent_id: UUID, *, by: Actor, how: str = "", reason: str = "") -> UseConsent:
    """Withdraw an agreement to a use beyond care; withdrawn already, it stays as it is.

    Raises:
        NotFound: absent, or the resident is out of reach.  NotPermitted.
    """
    row = _one(UseConsent, consent_id, by)
    if _withdraw(UseConsent.objects.filter(id=row.id), by, how=_how(how, by), reason=reason):
        audit.record(
            UseWithdrawn(resident_id=row.resident_id, consent_id=row.id, purpose=row.purpose), by=by, subject_id=row.id
        )
    row.refresh_from_db()
    return row


def _decided(resident_id: UUID, said: Said, by: Actor) -> Mapping[str, Any]:
    """Return the columns that every decision has."""
    resident = access.get(resident_id, by=by, lock=True)
    _may_write(by)
    given, name, how = said.given, " ".join(said.given_name.split())[:60], said.how
    if by.role == Role.RESIDENT:
        is_herself = by.resident_id == resident_id
        given, name, how = (
            (Decided.Given.HERSELF if is_herself else Decided.Given.GUARDIAN),
            by.name,
            Decided.How.SCREEN,
        )
    if given not in Decided.Given.values or how not in Decided.How.values:
        raise InvalidInput(field="how", problem=N_("请选择由谁、以什么方式决定"))
    if given == Decided.Given.HERSELF:
        if needs_guardian(resident_id, by.today):
            raise InvalidInput(field="given", problem=GUARDIAN_NEEDED)
        name = name or resident.name
    if not name:
        raise InvalidInput(field="given_name", problem=N_("请写明由谁决定"))
    starts_on = said.starts_on or by.today
    if said.ends_before is not None and said.ends_before <= starts_on:
        raise InvalidInput(field="ends_before", problem=N_("结束日期须晚于开始日期"))
    return {
        "starts_on": starts_on, "ends_before": said.ends_before, "given": given, "given_name": name, "how": how,
        "text_version": consent_text.TEXT_VERSION, "note": said.note.strip()[:200], "decided_at": by.now,
        "decided_by_id": by.user_id, "decided_org_id": by.org_id,
    }  # fmt: skip


def _may_write(by: Actor) -> None:
    if not (by.may(Action.REGISTER_RESIDENT) or by.may(Action.SEE_OWN)):
        raise NotPermitted(action=Action.REGISTER_RESIDENT)


def _one(model: type[Any], row_id: UUID, by: Actor) -> Any:
    row = model.objects.filter(access.reach(by, "resident__"), id=row_id).first()
    if row is None:
        raise NotFound()
    _may_write(by)
    return row


def _how(how: str, by: Actor) -> str:
    if by.role == Role.RESIDENT:
        return Decided.How.SCREEN
    if how not in Decided.How.values:
        raise InvalidInput(field="how", problem=N_("请选择由谁、以什么方式决定"))
    return how


def _withdraw(rows: Any, by: Actor, *, how: str, reason: str) -> int:
    return rows.filter(Q(withdrawn_at=None)).update(
        withdrawn_at=by.now, withdrawn_by_id=by.user_id, withdrawn_how=how, withdrawn_reason=reason.strip()[:200]
    )
