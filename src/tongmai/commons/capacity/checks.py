"""`tongmai check`: counters against the rows they count, bookings against their history."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Max, Q, Value, When
from django.db.models.functions import Coalesce

from tongmai.commons.capacity.models import BookedPlace, Booking, BookingTransition, Pool
from tongmai.commons.capacity.states import TAKES_A_PLACE, Share
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding


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


def orphans() -> Iterator[Finding]:
    """Yield the places that stand under another name than their booking."""
    strays = BookedPlace.objects.exclude(resident_id=F("booking__resident_id"))
    yield from proving.rows_that(strays, "is another resident's than its booking")


def states() -> Iterator[Finding]:
    """Yield the bookings whose state is not what their last step led to."""
    yield from proving.not_as_last_step(Booking, BookingTransition, "booking")


def _pools() -> list[Difference]:
    # One statement: several would see places taken in between, and report what is no difference.
    counted = {
        f"counted_{share}": Count("places", filter=Q(places__is_taken=True, places__share=share)) for share in Share
    }
    pools = Pool.objects.annotate(**counted, highest=Coalesce(Max("places__number"), 0))
    columns = {f"taken_{share}": f"counted_{share}" for share in Share} | {"tickets": "highest"}
    differs = Q(tickets__lt=F("highest"))
    for share in Share:
        differs |= ~Q(**{f"taken_{share}": F(f"counted_{share}")})
    return [
        Difference(column, row["id"], None, row[column], row[counted_as])
        for row in pools.filter(differs).order_by("id").values("id", *columns, *columns.values())[: proving.MOST]
        for column, counted_as in columns.items()
        if (row[column] < row[counted_as] if column == "tickets" else row[column] != row[counted_as])
    ]


def _bookings() -> list[Difference]:
    due = Case(
        When(state__in=[str(state) for state in TAKES_A_PLACE], then=F("n_places")),
        default=Value(0),
        output_field=IntegerField(),
    )
    bookings = Booking.objects.annotate(due=due, n_taken=Count("places", filter=Q(places__is_taken=True)))
    rows = bookings.exclude(n_taken=F("due")).order_by("id").values("id", "due", "n_taken")[: proving.MOST]
    return [Difference("places", None, row["id"], row["due"], row["n_taken"]) for row in rows]
