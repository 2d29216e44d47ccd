"""Counters against the rows they count.  `tongmai check capacity` prints what differs."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q

from tongmai.commons.capacity.models import Booking, Pool
from tongmai.commons.capacity.states import TAKES_A_PLACE, Share


@dataclass(frozen=True)
class Difference:
    """A stored number that the rows do not bear out.  `what` is the column, or what is wrong with a booking."""

    what: str
    pool_id: UUID | None
    booking_id: UUID | None
    stored: int
    counted: int

    def __str__(self) -> str:
        where = f"pool {self.pool_id}" if self.pool_id else f"booking {self.booking_id}"
        return f"{where}: {self.what} says {self.stored}, its rows say {self.counted}"


def compare_counters() -> list[Difference]:
    """Return every pool counter and every booking that its rows do not bear out; an empty list means all is well.

    Compared: each `taken_*` with the places taken on that account; the last ticket with the highest number given out;
    a booking's number of places with its rows that are taken (none once it is cancelled or expired).
    """
    return [*_pools(), *_bookings()]


def _pools() -> list[Difference]:
    # One statement: several would see places taken in between, and report what is no difference.
    counted = {
        f"counted_{share}": Count("places", filter=Q(places__is_taken=True, places__share=share)) for share in Share
    }
    pools = Pool.objects.annotate(**counted, highest=Max("places__number")).order_by("id")
    columns = {f"taken_{share}": f"counted_{share}" for share in Share} | {"tickets": "highest"}
    return [
        Difference(column, row["id"], None, row[column], row[counted_as] or 0)
        for row in pools.values("id", *columns, *columns.values()).iterator()
        for column, counted_as in columns.items()
        if (row[column] < (row[counted_as] or 0) if column == "tickets" else row[column] != row[counted_as])
    ]


def _bookings() -> list[Difference]:
    bookings = Booking.objects.annotate(n_taken=Count("places", filter=Q(places__is_taken=True))).order_by("id")
    found = []
    for row in bookings.values("id", "state", "n_places", "n_taken").iterator():
        due = row["n_places"] if row["state"] in TAKES_A_PLACE else 0
        if row["n_taken"] != due:
            found.append(Difference("places", None, row["id"], due, row["n_taken"]))
    return found
