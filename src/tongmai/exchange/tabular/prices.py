"""One row of a price list: a price from a day on.  A change begins a new span; nothing is overwritten."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Cells, Refused, check_cells, day, day_of, or_problem
from tongmai.exchange.tabular.verdicts import Row, Verdict, held, settled
from tongmai.foundation.catalog.pricing import services
from tongmai.foundation.orgs import access
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.money import fen_of_yuan

SYSTEMS = {
    "": "charges", "医疗服务项目": "charges", "医疗服务": "charges", "诊疗项目": "charges", "收费项目": "charges", "服务项目": "charges",
    "药品": "drugs", "西药": "drugs", "中成药": "drugs", "医用耗材": "consumables", "耗材": "consumables",
}  # fmt: skip
INSTITUTIONS = {
    "": "", "全部": "", "不限": "", "村级": "village", "村卫生室": "village", "乡镇级": "township", "乡镇": "township",
    "乡镇卫生院": "township", "基层": "township", "一级": "township", "县级": "county", "县级医院": "county", "二级": "county",
}  # fmt: skip


@dataclass(frozen=True)
class PriceFacts:
    """A price as a list states it."""

    system: str
    code: str
    name: str
    unit: str
    institution: str
    org: str
    amount_fen: int
    starts_on: date
    ends_before: date | None
    document: str


def identity_of(cells: Cells) -> str:
    """Return by what a row is recognised the next time: the item, whose price it is, and from when on."""
    said = day(cells.get("starts_on", ""))
    code, whose = cells.get("code", ""), cells.get("org", "") or cells.get("institution", "")
    system = SYSTEMS.get(cells.get("system", ""), "")
    return f"{system[:3]}|{code[:32]}|{whose[:24]}|{said or ''}" if code else ""


@or_problem
def price_facts(cells: Cells) -> PriceFacts:
    """Return what a row of a price list says, or the first thing that is wrong with it."""
    check_cells(cells)
    if not re.fullmatch(r"[\w.()（）/-]{1,32}", cells.get("code", "")):
        raise Refused("bad-code", given=cells.get("code", "")[:20])
    if not cells.get("name", ""):
        raise Refused("no-item-name")
    system, institution = SYSTEMS.get(cells.get("system", "")), INSTITUTIONS.get(cells.get("institution", ""))
    if system is None:
        raise Refused("unknown-system", given=cells["system"][:20])
    if institution is None:
        raise Refused("unknown-institution", given=cells["institution"][:20])
    starts_on, last = day_of(cells.get("starts_on", "")), day_of(cells.get("ends_on", ""))
    if starts_on is None:
        raise Refused("no-start")
    if last is not None and last < starts_on:
        raise Refused("bad-span")
    return PriceFacts(
        system=system, code=cells["code"], name=cells["name"][:200], unit=cells.get("unit", "")[:24],
        institution="" if cells.get("org", "") else institution, org=cells.get("org", ""),
        amount_fen=_fen(cells.get("price", "")), starts_on=starts_on,
        ends_before=last + timedelta(days=1) if last else None, document=cells.get("document", "")[:200],
    )  # fmt: skip


def settler(by: Actor) -> Callable[[Row], Verdict]:
    """Return what does what a row asks for, and tells its fate."""
    return lambda row: settled(row, price_facts(row.cells), lambda facts, digest: _settle(row, facts, digest, by))


def _fen(text: str) -> int:
    try:
        return fen_of_yuan(text)
    except ValueError:
        raise Refused("bad-price", given=text[:20]) from None


def _settle(row: Row, facts: PriceFacts, digest: str, by: Actor) -> Verdict:
    org = None
    if facts.org:
        called = Q(name=facts.org) | Q(short_name=facts.org) | Q(code=facts.org)
        org = access.staffed_orgs(by).filter(called).first()
        if org is None:
            return held(row.identity, "unknown-org", said=facts.org[:60])
    price, what = services.set_price(
        entry=services.PriceEntry(
            system=facts.system, code=facts.code, name=facts.name, unit=facts.unit, institution=facts.institution,
            org_code=org.code if org else "", org_name=org.name if org else "", amount_fen=facts.amount_fen,
            starts_on=facts.starts_on, ends_before=facts.ends_before, document=facts.document,
        ),
        by=by,
    )  # fmt: skip
    fates = {services.Done.FIRST: Fate.NEW, services.Done.CHANGED: Fate.UPDATED, services.Done.SAME: Fate.SAME}
    return Verdict(fates[what], row.identity, digest, price.id)
