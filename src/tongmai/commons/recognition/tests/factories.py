"""The smallest things of recognition, and reports to recognise."""

from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

from tongmai.commons.recognition import kept, services
from tongmai.commons.recognition.choices import Outcome, Scope
from tongmai.commons.recognition.models import Evaluation
from tongmai.commons.recognition.rules import Kept
from tongmai.commons.recognition.services import EvaluationEntry
from tongmai.commons.results import services as results
from tongmai.commons.results.models import Report
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.tests.factories import COUNTY, NOW

_numbers = count(1)
CHEST = Kept(modality="DX", body_part="CHEST")


def load_items(now: datetime = NOW) -> None:
    """Put the project's own list into the table."""
    services.load_items(by=Actor.system(now=now))


def keep(images: dict[str, Kept]) -> None:
    """Let the images of these orders be kept, and of no others."""
    kept.provide("imaging", lambda resident_id, wanted: {n: images[n] for n in wanted if n in images})


def chest_film(of: UUID, org: Org, *, days_ago: int = 2, now: datetime = NOW, **facts) -> Report:
    """Return a final report of a chest film with an order number of its own."""
    at = now - timedelta(days=days_ago)
    number = f"DX{next(_numbers):08}"
    said = {
        "category": "imaging", "status": "final", "number": f"R{number}", "order_number": number, "name": "胸部正位DR",
        "code": "dr-chest-pa", "conclusion": "心肺未见异常", "issued_at": at, "collected_at": at,
    }  # fmt: skip
    return results.store_report(of, org_id=org.id, facts=said | facts, values=[], by=Actor.system(now=at))


def glucose(of: UUID, org: Org, *, days_ago: int = 2, now: datetime = NOW, **facts) -> Report:
    """Return a final report of a laboratory with one value, the blood sugar."""
    at = now - timedelta(days=days_ago)
    said = {
        "category": "laboratory", "status": "final", "number": f"L{next(_numbers):08}", "name": "生化全套", "specimen": "血清",
        "issued_at": at, "collected_at": at,
    }  # fmt: skip
    value = {
        "name": "葡萄糖",
        "code": "1558-6",
        "system": "LN",
        "text": "5.6",
        "unit": "mmol/L",
        "flag": "",
        "status": "final",
    }
    return results.store_report(of, org_id=org.id, facts=said | facts, values=[value], by=Actor.system(now=at))


def evaluation(
    org: Org, item: str = "chest-film", *, outcome: Outcome = Outcome.PASSED, on: date = date(2026, 9, 1),
    scope: Scope = Scope.COUNTY, areas: tuple[str, ...] = (COUNTY,), area_name: str = "示例县", now: datetime = NOW,
) -> Evaluation:  # fmt: skip
    """Return one evaluation of a facility's item, by default passed in September, for the county."""
    entry = EvaluationEntry(
        item_code=item, scope=scope, outcome=outcome, evaluated_on=on, areas=areas, area_name=area_name,
        note="" if outcome == Outcome.PASSED else "抽查不合格",
    )  # fmt: skip
    return services.enter_evaluation(org.id, entry=entry, by=Actor.system(now=now))
