"""Setting prices: a new one begins, and nothing that stands is changed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction

from tongmai.foundation.audit import services as audit
from tongmai.foundation.catalog.errors import LoadedMeanwhile, PricesOverlap, PriceStands
from tongmai.foundation.catalog.events import PriceSet
from tongmai.foundation.catalog.models import Price
from tongmai.foundation.catalog.search import keys_of
from tongmai.kernel.errors import InvalidInput, NotPermitted
from tongmai.kernel.money import yuan_text
from tongmai.kernel.text import N_

MANAGE = "catalog.manage"  # the table of actions lies in a layer above this one


@dataclass(frozen=True)
class PriceEntry:
    """A price as a person enters it; `ends_before`: the day from which there is none, None where it stays."""

    system: str
    code: str
    name: str
    amount_fen: int
    starts_on: date
    ends_before: date | None = None
    unit: str = ""
    institution: str = ""
    org_code: str = ""
    org_name: str = ""
    document: str = ""


class Done(StrEnum):
    FIRST = "first"  # the item had no price at these institutions
    CHANGED = "changed"
    SAME = "same"


@transaction.atomic
def set_price(*, entry: PriceEntry, by: Any) -> tuple[Price, Done]:
    """Let an item have a price from a day on, in the county of `by`; the one before ends there.  Said twice it holds once.

    Raises:
        NotPermitted: this post does not look after the catalogue.
        InvalidInput: no code or name, an amount below zero, an end before the beginning, a class and an organisation.
        PriceStands: another price begins on that day.  PricesOverlap: one that begins later stands in the way.
        LoadedMeanwhile: somebody else set one at the same moment.
    """
    if not by.may(MANAGE):
        raise NotPermitted(action=MANAGE)
    _check(entry)
    spans = list(_spans(entry, by).select_for_update().order_by("starts_on"))
    same = next((each for each in spans if each.starts_on == entry.starts_on), None)
    later = next((each for each in spans if each.starts_on > entry.starts_on), None)
    before = next((each for each in reversed(spans) if each.starts_on < entry.starts_on), None)
    if same is not None and same.amount_fen == entry.amount_fen:
        ends_anew = entry.ends_before and (later is None or later.starts_on > entry.ends_before)
        if ends_anew:
            _refuse_overlap(later)
            _insert(entry, entry.ends_before, None, by)
        return same, Done.CHANGED if ends_anew else Done.SAME
    if same is not None and same.amount_fen is not None:
        raise PriceStands(on=same.starts_on, amount=yuan_text(same.amount_fen))
    if same is not None or _stands_in_the_way(entry, before, later):
        raise PricesOverlap(on=(same or later or entry).starts_on, amount=_amount(later))
    made = _insert(entry, entry.starts_on, entry.amount_fen, by)
    if entry.ends_before and (later is None or later.starts_on > entry.ends_before):
        _insert(entry, entry.ends_before, None, by)
    return made, Done.CHANGED if before or later else Done.FIRST


def _stands_in_the_way(entry: PriceEntry, before: Price | None, later: Price | None) -> bool:
    """Whether the span would cut into one that was set to begin or to end later: it may only fill a gap between two."""
    if later is None:
        return False
    is_gap = before is None or before.amount_fen is None
    return not (is_gap and entry.ends_before and entry.ends_before <= later.starts_on)


def _refuse_overlap(later: Price | None) -> None:
    if later is not None:
        raise PricesOverlap(on=later.starts_on, amount=_amount(later))


def _amount(price: Price | None) -> str:
    return yuan_text(price.amount_fen) if price and price.amount_fen is not None else "—"


def _spans(entry: PriceEntry, by: Any):
    return Price.objects.filter(
        county_code=by.county_code, system=entry.system, code=entry.code, institution=entry.institution,
        org_code=entry.org_code,
    )  # fmt: skip


def _insert(entry: PriceEntry, starts_on: date | None, amount_fen: int | None, by: Any) -> Price:
    try:
        with transaction.atomic():
            made = Price.objects.create(
                county_code=by.county_code, system=entry.system, code=entry.code, name=entry.name, unit=entry.unit,
                search=keys_of(entry.name), institution=entry.institution, org_code=entry.org_code,
                org_name=entry.org_name, amount_fen=amount_fen, starts_on=starts_on, document=entry.document,
            )  # fmt: skip
    except IntegrityError:
        raise LoadedMeanwhile() from None
    told = PriceSet(
        price_id=made.id, system=made.system, code=made.code, amount_fen=amount_fen, starts_on=made.starts_on
    )
    audit.record(told, by=by, subject_id=made.id)
    return made


def _check(entry: PriceEntry) -> None:
    if not entry.code.strip() or not entry.name.strip():
        raise InvalidInput(field="code" if not entry.code.strip() else "name", problem=N_("请填写"))
    if entry.amount_fen < 0:
        raise InvalidInput(field="price", problem=N_("价格不能小于零"))
    if entry.ends_before is not None and entry.ends_before <= entry.starts_on:
        raise InvalidInput(field="ends_on", problem=N_("截止日期早于执行日期"))
    if entry.institution and entry.org_code:
        raise InvalidInput(field="institution", problem=N_("机构级别和具体机构只填一项"))
