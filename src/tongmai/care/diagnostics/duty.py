"""Who reads at a centre: who may, who is on duty, how many studies each has in hand."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Value, When

from tongmai.care.diagnostics.models import Duty, Order
from tongmai.care.diagnostics.states import State
from tongmai.foundation.orgs.models import Post, valid_on
from tongmai.foundation.orgs.roles import Role

# The order in which studies are read: by urgency, then by limit.
URGENCY_RANK = Case(
    When(priority="emergency", then=Value(0)), When(priority="urgent", then=Value(1)), default=Value(2),
    output_field=IntegerField(),
)  # fmt: skip
QUEUE = (URGENCY_RANK, F("due_at").asc(), F("id").asc())


def readers_of(centre_id: UUID, *, on: date) -> dict[UUID, str]:
    """Return the names of those who may report for a centre on a day, by their id: role, post there, licence."""
    posts = Post.objects.filter(valid_on(on), org_id=centre_id, role=Role.REPORTING_DOCTOR, staff__is_active=True)
    return dict(posts.exclude(staff__licence_number="").order_by("staff__name").values_list("staff_id", "staff__name"))


def on_duty(centre_id: UUID, *, now: datetime, category: str = "") -> list[UUID]:
    """Return who is on duty at an instant, for one category or for any, in the order of the roster."""
    rows = Duty.objects.filter(centre_id=centre_id, starts_at__lte=now, ends_at__gt=now)
    rows = rows.filter(category=category) if category else rows
    return list(rows.values_list("staff_id", flat=True))


def load(centre_id: UUID) -> dict[UUID, int]:
    """Return how many studies each reader has in hand."""
    rows = Order.objects.filter(centre_id=centre_id, state=State.CLAIMED).order_by()
    return dict(rows.values("reader_id").annotate(n=Count("id")).values_list("reader_id", "n"))
