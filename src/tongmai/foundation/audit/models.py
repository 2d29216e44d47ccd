"""The append-only tables.  Ids are kept as plain values: a row must outlive what it speaks of."""

from django.db import models
from django.db.models import Q


class AppendOnlyError(Exception):
    """A mistake of a programmer: rows of this table are inserted and never changed."""


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses what would change rows.  The retention job and nothing else calls `retire`."""

    def update(self, **kwargs):
        raise AppendOnlyError(self.model.__name__)

    def delete(self):
        raise AppendOnlyError(self.model.__name__)

    def bulk_update(self, objs, fields, batch_size=None):
        raise AppendOnlyError(self.model.__name__)

    def retire(self) -> int:
        return self._raw_delete(self.db)


class AppendOnly(models.Model):
    """A row that is inserted once and then only read."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnlyError(type(self).__name__)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError(type(self).__name__)


class Event(AppendOnly):
    """One thing that happened."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)  # "<app>.<Event>"
    at = models.DateTimeField(db_index=True)
    by_user_id = models.UUIDField(null=True)
    by_post_id = models.UUIDField(null=True)
    by_org_id = models.UUIDField(null=True, db_index=True)
    by_role = models.CharField(max_length=32)
    subject_id = models.UUIDField(null=True, db_index=True)  # what the event is about, for looking it up
    resident_id = models.UUIDField(null=True, db_index=True)
    payload = models.JSONField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["name", "at"], name="event_name_at")]


class Delivery(models.Model):
    """One event on its way to one subscriber."""

    class State(models.TextChoices):
        PENDING = "pending", "待投递"
        DONE = "done", "已投递"
        PARKED = "parked", "已搁置"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", db_constraint=False)
    subscriber = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once_per_subscriber"),
            models.CheckConstraint(
                name="delivery_done_has_time", condition=Q(state="done", done_at__isnull=False) | ~Q(state="done")
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state="pending")),
            models.Index(fields=["id"], name="delivery_parked", condition=Q(state="parked")),
        ]


class AccessLog(AppendOnly):
    """Somebody opened a resident's record: who, in which post, on which basis, and why."""

    id = models.BigAutoField(primary_key=True)
    resident_id = models.UUIDField(db_index=True)
    at = models.DateTimeField(db_index=True)
    by_user_id = models.UUIDField(null=True)
    by_post_id = models.UUIDField(null=True)
    by_org_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)  # as shown to the resident
    by_org_name = models.CharField(max_length=120)
    by_role = models.CharField(max_length=32)
    basis = models.CharField(max_length=32)
    reason = models.CharField(max_length=500, blank=True)
    what = models.CharField(max_length=80)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="access_emergency_has_reason", condition=~Q(basis="emergency") | ~Q(reason="")
            ),
        ]
