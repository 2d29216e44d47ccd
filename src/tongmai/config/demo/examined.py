"""Results of examinations as a facility's own system would send them: pictures with their image, laboratory values."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from tongmai.commons.imaging import facts, part10, phantom
from tongmai.commons.imaging import services as imaging
from tongmai.commons.imaging.services import Whose
from tongmai.commons.imaging.services.storing import arrival
from tongmai.commons.residents import selectors as residents
from tongmai.commons.results import services as results
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org

Picture = tuple[str, str, Callable[[phantom.Of], bytes]]  # what it is called, what was seen, the image
PICTURES: dict[str, Picture] = {
    "dr-chest-pa": (
        "胸部正位DR", "两肺纹理清晰，心影大小形态在正常范围。",
        lambda of: phantom.chest(of, n_rows=512, n_columns=512),
    ),
    "ct-chest": (
        "胸部CT平扫", "右肺上叶磨玻璃小结节，直径约 5 毫米，建议随访。",
        lambda of: next(iter(phantom.ct(of, n_slices=1))),
    ),
}  # fmt: skip
# Name, code of the charge, and the values: name, number, unit, reference.
LABORATORY = {
    "lab-glucose": ("空腹血糖", "250302001", [("葡萄糖", "6.4", "mmol/L", "3.9-6.1")]),
    "lab-hba1c": ("糖化血红蛋白", "250302003", [("糖化血红蛋白", "7.1", "%", "4.0-6.0")]),
    "lab-cbc": ("血常规", "250101015", [("血红蛋白", "128", "g/L", "115-150"), ("白细胞计数", "6.2", "10^9/L", "3.5-9.5"),
                                      ("血小板计数", "210", "10^9/L", "125-350")]),
    "lab-lipid": ("血脂四项", "250303001", [("总胆固醇", "5.6", "mmol/L", "0-5.2"), ("甘油三酯", "1.9", "mmol/L", "0-1.7"),
                                        ("低密度脂蛋白胆固醇", "3.6", "mmol/L", "0-3.4"),
                                        ("高密度脂蛋白胆固醇", "1.1", "mmol/L", "1.0-2.0")]),
}  # fmt: skip


def examined(resident_id: UUID, org: Org, item_code: str, *, number: str, at: datetime) -> None:
    """Let a result of the item stand at the facility, taken at that instant."""
    (_picture if item_code in PICTURES else _laboratory)(resident_id, org, item_code, number, at)


def _picture(resident_id: UUID, org: Org, item_code: str, number: str, at: datetime) -> None:
    name, seen, draw = PICTURES[item_code]
    person = residents.summary(resident_id, at.date())
    of = phantom.Of(name=person.name, latin="Shili", number=str(resident_id)[:16], order_number=number, at=at)
    opened = part10.opened(draw(of))
    said = facts.read(opened.data_set, transfer_syntax=opened.transfer_syntax)
    whose = Whose(resident_id, number, "")
    imaging.store(
        arrival(said, bytes(opened.data_set), org_id=org.id), resolve=lambda *_said: whose, by=Actor.system(now=at)
    )
    said_of = {
        "category": "imaging", "status": "final", "number": number, "order_number": number, "name": name,
        "code": item_code, "conclusion": seen, "performer": "示例技师", "verifier": "示例诊断医师", "collected_at": at,
        "issued_at": at + timedelta(hours=1),
    }  # fmt: skip
    results.store_report(resident_id, org_id=org.id, facts=said_of, values=[], by=Actor.system(now=at))


def _laboratory(resident_id: UUID, org: Org, item_code: str, number: str, at: datetime) -> None:
    name, code, values = LABORATORY[item_code]
    said = {
        "category": "laboratory", "status": "final", "number": number, "name": name, "code": code, "specimen": "血清",
        "verifier": "示例检验师", "collected_at": at, "issued_at": at + timedelta(hours=2),
    }  # fmt: skip
    rows = [
        {"name": called, "text": text, "number": Decimal(text), "unit": unit, "reference": reference, "status": "final",
         "flag": _flag(Decimal(text), reference)}
        for called, text, unit, reference in values
    ]  # fmt: skip
    results.store_report(resident_id, org_id=org.id, facts=said, values=rows, by=Actor.system(now=at))


def _flag(number: Decimal, reference: str) -> str:
    low, _dash, high = reference.partition("-")
    return "low" if number < Decimal(low) else "high" if number > Decimal(high) else ""
