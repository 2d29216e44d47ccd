"""Whose is it?  A person puts a waiting study into a record, takes it out again, or sets it aside."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongmai.commons.imaging import access
from tongmai.commons.imaging.events import StudySetAside, StudyUnlinked
from tongmai.commons.imaging.models import Study, StudyDecision
from tongmai.commons.imaging.services.storing import tell_arrived
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_

What = StudyDecision.What
_WAITS = {"resident": None, "rejected_at": None}


@transaction.atomic
def link(study_id: UUID, *, resident_id: UUID, order_number: str, reason: str, by: Actor) -> None:
    """Put a waiting study into the record of the person of an order.  The caller has looked the order up.

    Raises:
        NotFound: absent, or taken elsewhere.  NotPermitted.  InvalidInput: no reason.  Conflict: it waits no more.
    """
    study = _take(study_id, reason, by)
    _change(
        study, _WAITS, resident_id=resident_id, order_number=order_number, linked_at=by.now, linked_by_id=by.user_id
    )
    _write(study, What.LINK, reason, by, resident_id=resident_id, order_number=order_number)
    study.refresh_from_db()
    tell_arrived(study, by=by)


@transaction.atomic
def unlink(study_id: UUID, *, reason: str, by: Actor) -> None:
    """Take a study out of the record that it stands in; it waits again (errors as in `link`)."""
    study = _take(study_id, reason, by)
    if study.resident_id is None:
        raise Conflict()
    _change(
        study, {"resident_id": study.resident_id}, resident_id=None, order_number="", linked_at=None, linked_by_id=None,
        doubts=study.doubts or "taken-out",
    )  # fmt: skip
    _write(study, What.UNLINK, reason, by, resident_id=study.resident_id, order_number=study.order_number)
    audit.record(
        StudyUnlinked(study_id=study.id, resident_id=study.resident_id, order_number=study.order_number), by=by
    )


@transaction.atomic
def reject(study_id: UUID, *, reason: str, by: Actor) -> None:
    """Set a waiting study aside: it belongs into no record.  Its files stay (errors as in `link`)."""
    study = _take(study_id, reason, by)
    _change(study, _WAITS, rejected_at=by.now, rejected_by_id=by.user_id)
    _write(study, What.REJECT, reason, by)
    audit.record(StudySetAside(study_id=study.id, is_rejected=True), by=by)


@transaction.atomic
def restore(study_id: UUID, *, reason: str, by: Actor) -> None:
    """Let a study that was set aside wait again (errors as in `link`)."""
    study = _take(study_id, reason, by)
    _change(study, {"rejected_at__isnull": False}, rejected_at=None, rejected_by_id=None)
    _write(study, What.RESTORE, reason, by)
    audit.record(StudySetAside(study_id=study.id, is_rejected=False), by=by)


def _take(study_id: UUID, reason: str, by: Actor) -> Study:
    require(by, Action.RECONCILE_IMAGES)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明理由"))
    return access.study_to_reconcile(study_id, by=by)


def _change(study: Study, while_it_is: Mapping[str, Any], **values: Any) -> None:
    """Change the row if it is still so; two people decide at once, and one of them is told."""
    rows = Study.objects.filter(id=study.id, **while_it_is)
    if not rows.update(version=F("version") + 1, **values):
        raise Conflict()


def _write(
    study: Study, what: str, reason: str, by: Actor, *, resident_id: UUID | None = None, order_number: str = ""
) -> None:
    StudyDecision.objects.create(
        study=study, what=what, resident_id=resident_id, order_number=order_number, reason=reason.strip()[:300],
        at=by.now, by_user_id=by.user_id, by_name=by.name,
    )  # fmt: skip
