"""Contracts with family doctors in the record of a person (residents/timeline.py)."""

from uuid import UUID

from tongmai.care.family_doctors.models import Contract
from tongmai.care.family_doctors.presenters import state_tag
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.addresses import of_row


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return the contracts that were signed: whoever opens the record sees who looks after her, as in its head."""
    return Rows(
        Contract.objects.filter(resident_id=resident_id, signed_at__isnull=False),
        at="signed_at",
        org="team__org",
        title="team__name",
        state="state",
        who="doctor__name",
    )


def entry(row: Row, by: Actor) -> Entry:
    """Return a contract in words; its page is for the team's own organisation."""
    own = by.may(Action.SIGN_CONTRACTS) and by.org_id == row.org_id
    return row.entry(
        detail=row.who or "", href=of_row("family_doctors:contract", row.id) if own else "", tag=state_tag(row.state)
    )
