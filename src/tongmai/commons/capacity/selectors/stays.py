"""Where a bed is free night by night: one line for each ward, and from when so many nights in a row are free."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tongmai.commons.capacity.selectors.free import FreePlace, free_places
from tongmai.commons.capacity.states import Kind
from tongmai.foundation.orgs.actors import Actor


@dataclass(frozen=True)
class Night:
    """One night in a ward.  Without `place` nothing is open on that day; `is_own` nights are in the booking already."""

    day: date
    place: FreePlace | None
    is_own: bool = False

    @property
    def free(self) -> int:
        return self.place.free if self.place else 0

    @property
    def is_open(self) -> bool:
        return self.is_own or self.free > 0


@dataclass(frozen=True)
class WardNights:
    """A ward and the nights asked for; `earliest` begins the next run of as many free nights, where this one is broken."""

    resource_id: UUID
    resource: str
    department: str
    department_code: str
    place: str
    nights: Sequence[Night]
    earliest: date | None

    @property
    def is_open(self) -> bool:
        return all(night.is_open for night in self.nights)

    @property
    def full(self) -> Sequence[Night]:
        """Return the nights that stand against this stay."""
        return [night for night in self.nights if not night.is_open]

    @property
    def pool_ids(self) -> list[UUID]:
        return [night.place.pool_id for night in self.nights if night.place]


def ward_nights(
    *,
    org_id: UUID,
    from_day: date,
    nights: int,
    days: int,
    for_family_doctor: bool,
    by: Actor,
    department_code: str = "",
    emergency: bool = False,
    own_pools: Collection[UUID] = (),
) -> list[WardNights]:
    """Return each ward with the `nights` nights from `from_day`, wards that can take the stay first, then by name.

    Another beginning is looked for within `days` days.  `own_pools` are nights that a booking to be moved has already.
    One query whatever the number of wards.
    """
    places = free_places(
        org_id=org_id,
        kind=Kind.BED,
        from_day=from_day,
        days=days + nights,
        for_family_doctor=for_family_doctor,
        by=by,
        department_code=department_code,
        emergency=emergency,
        only_free=False,
    )
    by_ward: dict[UUID, dict[date, FreePlace]] = {}
    for place in places:
        by_ward.setdefault(place.resource_id, {})[place.day] = place
    found = [_ward(of_ward, from_day, nights, days, own_pools) for of_ward in by_ward.values()]
    return sorted(found, key=lambda ward: (not ward.is_open, ward.department_code, ward.resource))


def _ward(
    of_ward: dict[date, FreePlace], from_day: date, nights: int, days: int, own_pools: Collection[UUID]
) -> WardNights:
    def run(first: date) -> list[Night]:
        asked = [first + timedelta(days=n) for n in range(nights)]
        held = [of_ward.get(day) for day in asked]
        return [
            Night(day, place, is_own=place is not None and place.pool_id in own_pools)
            for day, place in zip(asked, held, strict=True)
        ]

    wanted = run(from_day)
    later = (from_day + timedelta(days=n) for n in range(1, days))
    broken = not all(night.is_open for night in wanted)
    any_place = next(iter(of_ward.values()))
    return WardNights(
        resource_id=any_place.resource_id,
        resource=any_place.resource,
        department=any_place.department,
        department_code=any_place.department_code,
        place=any_place.place,
        nights=wanted,
        earliest=next((day for day in later if all(n.is_open for n in run(day))), None) if broken else None,
    )
