"""Reads of images.  The caller has opened the record at the study (`access.read_study`) before asking for its parts."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Greatest

from tongmai.commons.imaging.archive import Place
from tongmai.commons.imaging.models import Instance, PerformedStep, Series, Study
from tongmai.commons.residents.sensitive.view import View

MOST_LISTED = 200


def studies_of(resident_id: UUID, view: View) -> QuerySet[Study]:
    """Return the person's studies that this reader sees, the latest first."""
    seen = view.condition("sensitivity", org="org_id")
    return Study.objects.filter(seen, resident_id=resident_id).select_related("org")


def listed(resident_id: UUID, view: View) -> list[Study]:
    """Return the same for a list, each with `n_series` and `n_images`; at most two hundred."""
    images = Instance.objects.filter(series__study=OuterRef("pk"), n_rows__gt=0).order_by().values("series__study")
    series = Series.objects.filter(study=OuterRef("pk")).order_by().values("study")
    rows = studies_of(resident_id, view).annotate(
        n_series=Subquery(series.annotate(n=Count("pk")).values("n")),
        n_images=Subquery(images.annotate(n=Sum("n_frames")).values("n")),
    )
    return list(rows[:MOST_LISTED])


def studies_of_order(order_number: str) -> list[Study]:
    """Return the linked studies of an order; for who has opened it."""
    return list(Study.objects.filter(order_number=order_number, resident__isnull=False).select_related("org"))


def instances_in(study_id: UUID) -> QuerySet[Instance]:
    """Return the instances of a study in their order."""
    rows = Instance.objects.filter(series__study_id=study_id)
    return rows.order_by("series__number", "series__uid", "number", "sop_uid")


def instances_of(study: Study) -> list[Instance]:
    """Return the instances of a study in their order, with their series."""
    return list(instances_in(study.id).select_related("series"))


def place_of(study: Study, instance: Instance) -> Place:
    """Return under which name the archive keeps an instance (`archive.store().read(place)`)."""
    return Place(study.uid, instance.series.uid, instance.sop_uid, instance.sha256)


def images_came(order_number: str, *, since: datetime) -> bool:
    """Whether images of an order were received after a moment."""
    rows = Instance.objects.filter(series__study__order_number=order_number, series__study__resident__isnull=False)
    return rows.filter(received_at__gt=since).order_by().exists()


def late_images(order_number: str, *, since: datetime) -> tuple[int, datetime | None]:
    """Return how many pictures of an order came into it after a moment, received or linked, and when the last of them."""
    came_at = Greatest("received_at", "series__study__linked_at")
    rows = Instance.objects.filter(
        series__study__order_number=order_number, series__study__resident__isnull=False, n_rows__gt=0
    ).annotate(came_at=came_at)
    found = rows.filter(came_at__gt=since).order_by().aggregate(n=Count("pk"), last_at=Max("came_at"))
    return found["n"], found["last_at"]


def order_number_of(study_id: UUID) -> str:
    """Return the order that a study is linked to; "" where it is to none."""
    found = Study.objects.filter(id=study_id, resident__isnull=False).values_list("order_number", flat=True)
    return found.first() or ""


def steps_of_orders(numbers: Iterable[str]) -> dict[str, PerformedStep]:
    """Return what a device said last (MPPS) of each of these orders, with the device."""
    rows = PerformedStep.objects.filter(order_number__in=[each for each in numbers if each]).select_related("device")
    return {row.order_number: row for row in rows.order_by("received_at", "id")}
