"""Resources, their pools of places, bookings, refusals and bans.

The counters of a pool say how many of its places are taken, by share; the rows of `BookedPlace` are the truth that they
are re-derived from (`checks.compare_counters`).
"""

from django.db import models
from django.db.models import F, Q

from tongmai.commons.capacity.sources import SourceKind
from tongmai.commons.capacity.states import Kind, PoolState, Share, State
from tongmai.foundation.audit.models import AppendOnly
from tongmai.kernel.ids import new_id


def _choices(kinds) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in kinds]


def _pair(name: str, field: str, *others: str) -> models.CheckConstraint:
    """All of the fields are set, or none is."""
    unset = Q(**{f"{f}__isnull": True for f in (field, *others)})
    is_set = Q(**{f"{f}__isnull": False for f in (field, *others)})
    return models.CheckConstraint(name=name, condition=unset | is_set)


class Resource(models.Model):
    """Something that can be booked at an organisation: a clinic, a ward's beds, an examination room."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="resources")
    department = models.ForeignKey("orgs.Department", on_delete=models.PROTECT, related_name="resources")
    kind = models.CharField(max_length=8, choices=_choices(Kind))
    catalog_code = models.CharField(max_length=32)  # catalog.ResourceKind code
    name = models.CharField(max_length=60)
    practitioner = models.ForeignKey(
        "orgs.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="resources"
    )
    reserved_rate = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)  # 0–1; own, if higher
    place = models.CharField(max_length=80, blank=True)  # where to go
    notice = models.CharField(max_length=200, blank=True)  # what to bring or how to prepare
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["org", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["org", "kind", "name"], name="resource_name_once"),
            models.CheckConstraint(
                name="resource_rate_is_share",
                condition=Q(reserved_rate__isnull=True) | Q(reserved_rate__gte=0, reserved_rate__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WeeklySession(models.Model):
    """One line of a resource's weekly template: on this weekday, from–to, so many places."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="weekly_sessions")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    starts_time = models.TimeField()  # in the reporting zone
    ends_time = models.TimeField()  # midnight is the end of the day
    total = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["resource", "weekday", "starts_time"]
        constraints = [
            models.CheckConstraint(name="weekly_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(name="weekly_has_places", condition=Q(total__gte=1)),
            models.CheckConstraint(
                name="weekly_span", condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on"))
            ),
            models.UniqueConstraint(
                fields=["resource", "weekday", "starts_time"],
                condition=Q(ends_before__isnull=True),
                name="weekly_once",
            ),
        ]


class Pool(models.Model):
    """One bookable piece of a resource's time: a clinic session, a bed-day of a ward, an examination session.

    The reserved part has `reserved` places, the public part the rest.  Reserved and lent or released places lie in
    the first, public and borrowed ones in the second.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="pools")
    day = models.DateField()  # of starts_at in the reporting zone
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    total = models.PositiveSmallIntegerField()
    reserved = models.PositiveSmallIntegerField()
    taken_reserved = models.PositiveSmallIntegerField(default=0)
    taken_borrowed = models.PositiveSmallIntegerField(default=0)
    taken_lent = models.PositiveSmallIntegerField(default=0)
    taken_released = models.PositiveSmallIntegerField(default=0)
    taken_public = models.PositiveSmallIntegerField(default=0)
    tickets = models.PositiveIntegerField(default=0)  # the last number given out; numbers are never used twice
    # Evidence of the reserved share at the time of publishing: what was due, and what was applied.
    policy_rate = models.DecimalField(max_digits=4, decimal_places=3)
    reserved_due = models.PositiveSmallIntegerField()  # places that `policy_rate` makes
    applied_rate = models.DecimalField(max_digits=4, decimal_places=3)
    release_at = models.DateTimeField()  # from then on unused reserved places are open to everybody
    released_at = models.DateTimeField(null=True, blank=True)
    n_released = models.PositiveSmallIntegerField(null=True, blank=True)  # reserved places unused at the release
    state = models.CharField(max_length=8, choices=_choices(PoolState), default=PoolState.OPEN)
    closed_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "orgs.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("orgs.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)  # counts a manager's changes, not the places taken

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["resource", "day"], name="pool_resource_day"),
            models.Index(fields=["release_at"], name="pool_to_release", condition=Q(released_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["resource", "starts_at"], name="pool_once"),
            models.CheckConstraint(name="pool_span", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="pool_reserved_fits", condition=Q(reserved__lte=F("total"))),
            models.CheckConstraint(
                name="pool_reserved_part",
                condition=Q(reserved__gte=F("taken_reserved") + F("taken_lent") + F("taken_released")),
            ),
            models.CheckConstraint(
                name="pool_public_part",
                condition=Q(total__gte=F("reserved") + F("taken_public") + F("taken_borrowed")),
            ),
            _pair("pool_released_pair", "released_at", "n_released"),
            models.CheckConstraint(
                name="pool_closed_says_why",
                condition=Q(state=PoolState.OPEN, closed_at__isnull=True, closed_reason="")
                | Q(state=PoolState.CLOSED, closed_at__isnull=False) & ~Q(closed_reason=""),
            ),
        ]


class Booking(models.Model):
    """A resident's place in one pool, or in the consecutive bed-days of a ward."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="bookings")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="bookings")
    starts_at = models.DateTimeField()  # of the first pool
    ends_at = models.DateTimeField()  # of the last
    n_places = models.PositiveSmallIntegerField()
    share_wanted = models.CharField(max_length=8, choices=_choices((Share.RESERVED, Share.PUBLIC)))
    share = models.CharField(max_length=8, choices=_choices(Share))  # of the whole; each place has its own
    state = models.CharField(max_length=12, choices=_choices(State))
    held_until = models.DateTimeField(null=True, blank=True)
    is_emergency = models.BooleanField(default=False)
    is_late_cancel = models.BooleanField(default=False)  # cancelled so late that it counts as not coming
    source_kind = models.CharField(max_length=12, choices=_choices(SourceKind))
    source_id = models.UUIDField(null=True, blank=True)
    booker_org = models.ForeignKey("orgs.Org", null=True, on_delete=models.PROTECT, related_name="bookings_made")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("orgs.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["resource", "starts_at"], name="booking_of_resource"),
            models.Index(fields=["source_kind", "source_id"], name="booking_of_source"),
            models.Index(fields=["held_until"], name="booking_held", condition=Q(state=State.HELD)),
        ]
        constraints = [
            models.CheckConstraint(
                name="booking_held_until",
                condition=Q(state=State.HELD, held_until__isnull=False) | ~Q(state=State.HELD),
            ),
            models.CheckConstraint(name="booking_has_places", condition=Q(n_places__gte=1)),
        ]


class BookedPlace(models.Model):
    """One place of a booking in one pool.  `is_taken` places are what the pool's counters count."""

    id = models.BigAutoField(primary_key=True)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="places")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="places")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    share = models.CharField(max_length=8, choices=_choices(Share))
    number = models.PositiveIntegerField()  # the ticket in the session
    is_taken = models.BooleanField(default=True)
    held_until = models.DateTimeField(null=True, blank=True)  # as the booking's, while it is held

    class Meta:
        ordering = ["pool", "number"]
        indexes = [
            models.Index(fields=["pool"], name="place_held", condition=Q(is_taken=True, held_until__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "resident"], condition=Q(is_taken=True), name="place_once_per_resident"
            ),
            models.UniqueConstraint(fields=["pool", "number"], name="place_number_once"),
        ]


class BookingTransition(AppendOnly):
    """One step of one booking; the first row says "book"."""

    id = models.BigAutoField(primary_key=True)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="transitions")
    step = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12, choices=_choices(State))
    at = models.DateTimeField()
    by = models.ForeignKey("orgs.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    org = models.ForeignKey("orgs.Org", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="transition_cancel_has_reason",
                condition=~Q(step__in=["cancel", "reschedule"]) | ~Q(reason=""),
            ),
        ]


class Refusal(models.Model):
    """A request that found no place.  One row per open request: asking again raises `times`."""

    class Outcome(models.TextChoices):
        BOOKED = "booked", "booked"
        DROPPED = "dropped", "dropped"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="refusals")
    kind = models.CharField(max_length=8, choices=_choices(Kind))
    department_code = models.CharField(max_length=16, blank=True)
    resource = models.ForeignKey(Resource, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="refusals")
    share_wanted = models.CharField(max_length=8, choices=_choices((Share.RESERVED, Share.PUBLIC)))
    wanted_on = models.DateField()  # the first day asked for
    source_kind = models.CharField(max_length=12, choices=_choices(SourceKind))
    source_id = models.UUIDField(null=True, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    refused_at = models.DateTimeField()
    refused_by = models.ForeignKey("orgs.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    booker_org = models.ForeignKey("orgs.Org", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("orgs.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    booking = models.ForeignKey(Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dropped_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-refused_at", "id"]
        indexes = [models.Index(fields=["org", "refused_at"], name="refusal_of_org")]
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "kind"],
                condition=Q(resolved_at__isnull=True, source_id__isnull=False),
                name="refusal_open_once_per_source",
            ),
            models.CheckConstraint(
                name="refusal_outcome",
                condition=Q(resolved_at__isnull=True, outcome="")
                | Q(resolved_at__isnull=False, outcome="booked", booking__isnull=False)
                | Q(resolved_at__isnull=False, outcome="dropped") & ~Q(dropped_reason=""),
            ),
        ]


class Ban(models.Model):
    """A resident may not book for a while.  It ends by itself, and can be lifted with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="bans")
    org = models.ForeignKey("orgs.Org", on_delete=models.PROTECT, related_name="+")  # where the last one was missed
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="bans")  # the last one missed
    n_missed = models.PositiveSmallIntegerField()
    banned_at = models.DateTimeField()
    banned_by = models.ForeignKey("orgs.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("orgs.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lift_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-banned_at", "id"]
        constraints = [
            models.CheckConstraint(name="ban_runs_forward", condition=Q(until__gt=F("banned_at"))),
            models.UniqueConstraint(fields=["booking"], name="ban_once_per_booking"),
            models.CheckConstraint(
                name="ban_lifted_says_why",
                condition=Q(lifted_at__isnull=True, lift_reason="") | Q(lifted_at__isnull=False) & ~Q(lift_reason=""),
            ),
        ]
