"""Who belongs to the team that looks after a person."""

from django.db import models
from django.db.models import F, Q

from tongmai.foundation.orgs.models import Staff
from tongmai.kernel.ids import new_id


class CareTeamMember(models.Model):
    """A member of staff in a family-doctor team, for a span.  Written from the events of the app that knows teams.

    Together with `CareRelation.team_id` it says whether somebody is one of a person's own doctors on a day.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team_id = models.UUIDField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    source_id = models.UUIDField(unique=True)  # the membership from which it follows: heard twice, written once
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["team_id", "staff"], name="careteam_member")]
        constraints = [
            models.CheckConstraint(
                name="careteam_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on"))
            )
        ]
