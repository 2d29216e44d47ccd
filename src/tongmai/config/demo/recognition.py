"""Marks of the county's facilities, and somebody whose chest film of two days ago counts at the hospital."""

from datetime import date, datetime, timedelta
from random import Random

from tongmai.commons.recognition import services
from tongmai.commons.recognition.choices import Outcome, Scope
from tongmai.commons.recognition.services import EvaluationEntry
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.days import Town
from tongmai.config.demo.examined import examined
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.roles import Role

OF_LEAD = ("chest-film", "chest-ct", "head-ct", "abdomen-us", "ecg-12", "blood-count", "glucose", "hba1c", "lipids")
OF_CENTRE = ("chest-film", "ecg-12", "blood-count", "glucose")
BODY = "县医学影像与检验质量控制中心"


def build(cast: Cast, towns: list[Town], *, now: datetime) -> None:
    """Evaluate the facilities of the first chain half a year long; let a township's film, its ECG and its blood sugar stand."""
    services.load_items(by=Actor.system(now=now))
    _marks(cast, towns, now)
    taken_at = now - timedelta(days=2, hours=3)
    for n, patient in enumerate([each for each in towns[0].patients if each.age > 45][:2]):
        film_at = taken_at - timedelta(days=40 * n)
        examined(patient.id, towns[0].centre, "dr-chest-pa", number=f"DEMODX{n + 1:06}", at=film_at)
        examined(patient.id, towns[0].centre, "lab-glucose", number=f"DEMOGLU{n + 1:05}", at=taken_at)


def _marks(cast: Cast, towns: list[Town], now: datetime) -> None:
    """The lead's items have the province's mark, the centres' the county's; one has lapsed, one failed."""
    lead = towns[0].lead
    by = cast.actor(lead.id, Role.REFERRAL_COORDINATOR, now, random=Random(1))
    spring, autumn = now.date() - timedelta(days=250), now.date() - timedelta(days=60)
    province, county = (lead.county_code[:2], "本省"), (lead.county_code, "本县")
    for item in OF_LEAD:
        _evaluated(lead, item, autumn, Scope.PROVINCE, province, by)
    centres = list({town.centre.id: town.centre for town in towns if town.lead.id == lead.id}.values())
    for centre in centres:
        for item in OF_CENTRE:
            _evaluated(centre, item, autumn, Scope.COUNTY, county, by)
    if len(centres) > 2:
        _evaluated(centres[-1], "lipids", spring, Scope.COUNTY, county, by)
        _evaluated(centres[-2], "chest-film", autumn + timedelta(days=20), Scope.COUNTY, county, by, Outcome.FAILED)


def _evaluated(
    org: Org, item: str, on: date, scope: Scope, area: tuple[str, str], by: Actor, outcome: Outcome = Outcome.PASSED
) -> None:
    code, name = area
    entry = EvaluationEntry(
        item_code=item, scope=scope, outcome=outcome, evaluated_on=on, areas=(code,), area_name=name, body=BODY,
        name=f"{on.year}年室间质量评价", note="" if outcome == Outcome.PASSED else "抽查图像质量不合格",
    )  # fmt: skip
    services.enter_evaluation(org.id, entry=entry, by=by)
