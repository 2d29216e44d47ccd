"""The members of the teams that look after people, as the app that knows teams tells them."""

from datetime import date
from uuid import UUID

from tongmai.commons.residents.models import CareTeamMember


def set_care_team_member(
    *, source_id: UUID, team_id: UUID, staff_id: UUID, starts_on: date, ends_before: date | None
) -> None:
    """Write that somebody is in a team for a span.  Heard twice it holds once: `source_id` is the membership.

    Called from config/subscriptions.py only; who may change a team is decided where teams are kept.
    """
    CareTeamMember.objects.update_or_create(
        source_id=source_id,
        defaults={"team_id": team_id, "staff_id": staff_id, "starts_on": starts_on, "ends_before": ends_before},
    )
