"""Referrals in the record of a person (residents/timeline.py)."""

from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Coalesce, Concat

from tongmai.care.referrals import access
from tongmai.care.referrals.presenters import DIRECTIONS, tag
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.addresses import of_row


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return those of the resident's referrals that `by` may see; they happen at the sender's place."""
    return Rows(
        access.of_resident(by, resident_id),
        at=Coalesce("submitted_at", "created_at"),
        org="sender",
        title="diagnosis_name",
        what="direction",
        state="state",
        place=Concat("receiver__short_name", Value(" "), Coalesce("receiver_department__name", Value(""))),
        group_id="episode_id",
    )


def entry(row: Row, by: Actor) -> Entry:
    """Return a referral in words; only staff get a link to its page."""
    return row.entry(
        detail=f"{DIRECTIONS[row.what]} → {row.place}".strip(),
        href=of_row("referrals:detail", row.id) if by.may(Action.SEE_REFERRALS) else "",
        tag=tag(row.state),
    )
