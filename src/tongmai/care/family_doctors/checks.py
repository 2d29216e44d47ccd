"""`tongmai check`: contracts and teams on one side, what the index of residents was told of them on the other."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from tongmai.care.family_doctors.models import Contract, Team, TeamMember
from tongmai.commons.residents.models import CareRelation, CareTeamMember
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference

REFERENCES = (
    SoftReference(CareRelation, "source_id", Contract, Q(kind=CareRelation.Kind.FAMILY_DOCTOR)),
    SoftReference(CareRelation, "team_id", Team),
    SoftReference(CareTeamMember, "source_id", TeamMember),
    SoftReference(CareTeamMember, "team_id", Team),
)


def orphans() -> Iterator[Finding]:
    """Yield what was told of absent contracts and teams, and the contracts and memberships that were never told."""
    yield from proving.dangling(REFERENCES)
    same = CareRelation.objects.filter(
        source_id=OuterRef("pk"), resident_id=OuterRef("resident_id"), team_id=OuterRef("team_id")
    )
    active = Contract.objects.filter(state="active")
    yield from proving.rows_that(
        active.filter(~Exists(same)), "is active, but no care relation of the resident says so"
    )
    told = CareTeamMember.objects.filter(
        source_id=OuterRef("pk"), team_id=OuterRef("team_id"), staff_id=OuterRef("staff_id")
    )
    members = TeamMember.objects.filter(~Exists(told))
    yield from proving.rows_that(members, "is in the team, but the index of residents was not told")
