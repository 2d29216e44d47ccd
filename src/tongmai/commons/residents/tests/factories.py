"""The smallest valid residents.  Names and numbers are invented: area 340199 belongs to no county."""

from datetime import date
from itertools import count
from uuid import uuid4

from tongmai.commons.residents import services
from tongmai.commons.residents.models import CareRelation, Resident
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import COUNTY, NOW
from tongmai.kernel.citizen_id import check_digit

_numbers = count(1)
VILLAGE = f"{COUNTY}101201"
OTHER_VILLAGE = f"{COUNTY}102201"


def citizen_id(born_on: date = date(1960, 5, 17), *, female: bool = True, area: str = COUNTY, order: int = 0) -> str:
    """Return a valid number that no other call returns for the same birth and sex (≤ 499 of each)."""
    serial = ((order or next(_numbers)) * 2 + (0 if female else 1)) % 1000
    body = f"{area}{born_on:%Y%m%d}{serial:03}"
    return body + check_digit(body)


def resident(
    name: str = "示例甲",
    *,
    born_on: date = date(1960, 5, 17),
    sex: str = "female",
    village_code: str = VILLAGE,
    by: Actor | None = None,
    id_number: str | None = None,
    **fields,
) -> Resident:
    """Return a registered resident with a citizen's number of her own; `id_number=""` for one without."""
    number = citizen_id(born_on, female=sex == "female") if id_number is None else id_number
    return services.register(
        by=by or Actor.system(now=NOW),
        name=name, sex=sex, born_on=born_on, village_code=village_code, id_number=number, **fields,
    )  # fmt: skip


def family_doctor(of: Resident, *, by: Actor, starts_on: date = date(2026, 1, 1)) -> CareRelation:
    """Let the actor's organisation, and the actor, be the family doctor of the resident."""
    source = uuid4()
    services.set_care_relation(
        resident_id=of.id, org_id=by.org_id, staff_id=by.staff_id, source_id=source, starts_on=starts_on,
        ends_before=None, team_name="示例团队",
    )  # fmt: skip
    return CareRelation.objects.get(source_id=source)
