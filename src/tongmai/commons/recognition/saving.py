"""What is not spent, and not irradiated, when a result is recognised: the price and the dose of the examination on the day."""

from dataclasses import dataclass

from tongmai.commons.recognition.models import Item
from tongmai.foundation.catalog.pricing.selectors import price_of
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor

CHARGES = "charges"


@dataclass(frozen=True)
class Saving:
    """`amount_fen` None: nobody set a price, so nothing is claimed to be saved."""

    amount_fen: int | None
    dose_usv: int | None


def of(row: Item, by: Actor) -> Saving:
    """Return what one more examination of the item would have cost at the facility of `by` today."""
    if by.org_id is None or not row.charge_code:
        return Saving(None, row.dose_usv)
    org = orgs.org_brief(by.org_id)
    price = price_of(
        CHARGES, row.charge_code, on=by.today, county_code=org.county_code, level=org.level, org_code=org.code
    )
    return Saving(price.amount_fen if price else None, row.dose_usv)
