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

    def bulk_create(self, objs, batch_size=None, ignore_conflicts=False, update_conflicts=False, **kwargs):
        if update_conflicts:
            raise AppendOnlyError(self.model.__name__)
        return super().bulk_create(objs, batch_size=batch_size, ignore_conflicts=ignore_conflicts, **kwargs)

    def retire(self) -> int:
        """Remove the rows; return how many there were."""
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
    by_name = models.CharField(max_length=60)  # as they were then
    by_org_name = models.CharField(max_length=120)
    by_county_code = models.CharField(max_length=6, blank=True)  # whose administrators may read it
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
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once_per_subscriber"),
            models.CheckConstraint(
                name="delivery_done_has_time", condition=Q(state="done", done_at__isnull=False) | ~Q(state="done")
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state="pending")),
            models.Index(fields=["id"], name="delivery_parked", condition=Q(state="parked")),
            models.Index(fields=["done_at"], name="delivery_done", condition=Q(state="done")),
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
    by_county_code = models.CharField(max_length=6, blank=True)
    basis = models.CharField(max_length=32)
    reason = models.CharField(max_length=500, blank=True)
    what = models.CharField(max_length=80)
    # Sensitive kinds that were seen, with blanks between.  The resident reads them; who looks after the trail does not.
    sensitive = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="access_emergency_has_reason", condition=~Q(basis="emergency") | ~Q(reason="")),
        ]


class Seal(AppendOnly):
    """A link of the chain over up to a thousand rows of one table.

    `ids` are eight bytes each, ascending; `digests` sixteen bytes each, in the same order.  The key lies outside the
    database, so whoever can write here can neither make up a digest nor a link.
    """

    number = models.PositiveBigIntegerField(primary_key=True)  # 1, 2, 3 … without gaps
    sealed_table = models.CharField(max_length=16)  # event | access_log
    form = models.PositiveSmallIntegerField()  # which columns are digested
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    n_rows = models.PositiveIntegerField()
    newest_row_at = models.DateTimeField()
    horizon = models.DateTimeField()  # rows before this instant were due when the seal was made
    ids = models.BinaryField()
    digests = models.BinaryField()
    previous_mac = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(name="seal_has_rows", condition=Q(n_rows__gt=0)),
            models.CheckConstraint(name="seal_ids_ascend", condition=Q(first_id__lte=models.F("last_id"))),
        ]
        indexes = [models.Index(fields=["sealed_table", "last_id"], name="seal_table_last")]


class Retirement(AppendOnly):
    """The rows of a seal were removed when their time was over.  Its `mac` proves that our job did it."""

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, primary_key=True, related_name="retirement")
    n_rows = models.PositiveIntegerField()
    retired_at = models.DateTimeField()
    mac = models.BinaryField(max_length=32)


class Answer(models.Model):
    """What a write was told, so that the same one sent again is told the same and does nothing twice."""

    id = models.BigAutoField(primary_key=True)
    user_id = models.UUIDField()
    key = models.CharField(max_length=80)
    fingerprint = models.BinaryField(max_length=32)  # of method, path, post and what was said
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=80, blank=True)
    etag = models.CharField(max_length=80, blank=True)
    location = models.CharField(max_length=1000, blank=True)
    said = models.CharField(
        max_length=300, blank=True, default="", db_default=""
    )  # of a form: what the page at `location` says
    body = models.BinaryField(blank=True)  # of the API only
    given_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="answer_once_per_key")]


class JobRun(models.Model):
    """When a recurring job of the worker runs next, and how it went the last time."""

    name = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=80, blank=True)  # Chinese, translated where it is shown
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=200, blank=True)
    last_error = models.TextField(blank=True)
    n_failures = models.PositiveIntegerField(default=0)  # in a row

    class Meta:
        ordering = ["name"]


class Load(models.Model):
    """How often an address was asked and how long the answers took: what several server processes added up.

    The bounds are upper limits in milliseconds; each column counts the answers between the bound before and its own.
    """

    route = models.CharField(max_length=120)  # the address's name, never what it was filled with
    method = models.CharField(max_length=8)
    status = models.PositiveSmallIntegerField()
    n = models.PositiveBigIntegerField(default=0)
    total_us = models.PositiveBigIntegerField(default=0)  # microseconds, all answers together
    within_5 = models.PositiveBigIntegerField(default=0)
    within_10 = models.PositiveBigIntegerField(default=0)
    within_25 = models.PositiveBigIntegerField(default=0)
    within_50 = models.PositiveBigIntegerField(default=0)
    within_100 = models.PositiveBigIntegerField(default=0)
    within_250 = models.PositiveBigIntegerField(default=0)
    within_500 = models.PositiveBigIntegerField(default=0)
    within_1000 = models.PositiveBigIntegerField(default=0)
    within_2500 = models.PositiveBigIntegerField(default=0)
    within_10000 = models.PositiveBigIntegerField(default=0)
    longer = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class LoadSince(Load):
    """All answers of one route since the installation began: what a monitoring system reads, so it never falls."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["route", "method", "status"], name="load_since_once")]


class LoadSlot(Load):
    """The answers of one route within ten minutes: what "the last hour" is made of.  Removed after a day."""

    id = models.BigAutoField(primary_key=True)
    slot_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot_at", "route", "method", "status"], name="load_slot_once")]
