"""The hot reads of this app (see orgs/prepared.py).  tests/test_fast.py holds each to the plain one it must agree with."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from tongmai.commons.residents.models import CareRelation, Coverage, Phone, Resident, Tag
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.prepared import Prepared

HEAD = (
    "id", "name", "sex", "born_on", "id_masked", "county_code", "village_code", "address", "died_on", "is_unnamed", "version",
)  # fmt: skip
DOCTOR = {
    "org_id": "org_id", "org_name": "org__name", "staff_id": "staff_id", "staff_name": "staff__name", "team_id": "team_id",
    "team_name": "team_name", "contract_id": "source_id", "starts_on": "starts_on", "ends_before": "ends_before",
}  # fmt: skip
_PLACES = """
SELECT code, name FROM catalog_division
WHERE code = ANY(%s) AND starts_on <= %s AND (ends_before IS NULL OR ends_before > %s)"""


def head(resident_id: UUID, on: date) -> tuple[Any, ...] | None:
    """Return the fields of `HEAD`, then phone and whose it is, scheme, doctor (`DOCTOR`) and kinds of tags; None: nobody.

    In one query, of PostgreSQL only.  `selectors.summary` makes words of it; its twin is `selectors.summaries`.
    """
    return next(iter(_HEAD.rows(resident_id=resident_id, on=on)), None)


def division_names(codes: Iterable[str], on: date) -> dict[str, str]:
    """Return the names of divisions by code, of PostgreSQL only.  Twin: `selectors.places.division_names`."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [list(codes), on, on])
        return dict(cursor.fetchall())


def _head(by: None, *, resident_id: UUID, on: date) -> QuerySet:
    phone = Phone.objects.filter(resident=OuterRef("id"), closed_at=None, is_main=True)
    scheme = Coverage.objects.filter(valid_on(on), resident=OuterRef("id")).order_by("-starts_on", "-added_at")
    doctor = (
        CareRelation.objects.filter(valid_on(on), resident=OuterRef("id"), kind=CareRelation.Kind.FAMILY_DOCTOR)
        .order_by("-starts_on", "-id")
        .values(json=JSONObject(**DOCTOR))
    )  # fmt: skip
    tags = Tag.objects.filter(valid_on(on), resident=OuterRef("id")).order_by("kind").values("kind")
    return Resident.objects.filter(id=resident_id).values_list(
        *HEAD,
        Subquery(phone.values("number")[:1]),
        Subquery(phone.values("whose")[:1]),
        Subquery(scheme.values("scheme")[:1]),
        Subquery(doctor[:1]),
        ArraySubquery(tags),
    )


_HEAD = Prepared(_head)
