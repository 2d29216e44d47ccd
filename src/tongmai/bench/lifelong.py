"""A long life: one resident with so many years and so many entries in her record, for `tongmai bench record` and tests.

The rows are written as they would stand after twenty years of messages and visits: through the models, many at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tongmai.commons.capacity.models import Booking, Resource
from tongmai.commons.encounters.models import (
    Allergy,
    Encounter,
    EncounterDiagnosis,
    Episode,
    MedicationStatement,
    Vitals,
)
from tongmai.commons.residents.models import Resident
from tongmai.commons.results.models import Document, Observation, Report, Request
from tongmai.foundation.orgs.models import Org, User

BATCH = 500
# Of a hundred entries, how many are of which kind.
SHARES = {"encounters": 50, "reports": 30, "bookings": 8, "requests": 7, "documents": 5}
PROBLEMS = (
    ("I10.x00", "原发性高血压", True), ("E11.900", "2型糖尿病", True), ("I25.103", "冠状动脉粥样硬化性心脏病", True),
    ("N18.902", "慢性肾脏病3期", True), ("J44.900", "慢性阻塞性肺疾病", True), ("M17.900", "膝关节骨关节病", True),
    ("J06.900", "急性上呼吸道感染", False), ("K29.300", "慢性浅表性胃炎", False), ("N39.000", "泌尿道感染", False),
    ("M54.502", "腰痛", False), ("H25.900", "老年性白内障", False), ("L30.900", "湿疹", False),
)  # fmt: skip
MEDICINES = (
    "氨氯地平片", "缬沙坦胶囊", "二甲双胍片", "阿卡波糖片", "阿托伐他汀钙片", "阿司匹林肠溶片", "氢氯噻嗪片", "美托洛尔缓释片",
    "沙格列汀片", "碳酸钙D3片", "布地奈德福莫特罗吸入剂", "奥美拉唑肠溶胶囊", "甲钴胺片", "骨化三醇软胶囊",
)  # fmt: skip
SUBSTANCES = ("青霉素", "磺胺类", "头孢曲松", "碘造影剂", "海鲜")
# code, name, unit, middle, spread, reference
TESTS = (
    ("GLU", "葡萄糖", "mmol/L", "7.2", "2.6", "3.9-6.1"), ("HbA1c", "糖化血红蛋白", "%", "7.4", "1.5", "4.0-6.0"),
    ("CREA", "肌酐", "umol/L", "118", "35", "57-97"), ("eGFR", "估算肾小球滤过率", "mL/min/1.73m2", "52", "14", ">90"),
    ("K", "钾", "mmol/L", "4.3", "0.7", "3.5-5.3"), ("LDL-C", "低密度脂蛋白胆固醇", "mmol/L", "2.9", "0.9", "<3.4"),
    ("HGB", "血红蛋白", "g/L", "118", "16", "115-150"), ("UA", "尿酸", "umol/L", "390", "80", "155-357"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where she is treated, by whom, and what is booked there."""

    orgs: Sequence[Org]
    doctor: User | None
    resource: Resource


def live(person: Resident, place: Place, *, n: int, years: float, now: datetime, seed: int = 1) -> None:
    """Give the resident `n` entries over the last `years`, with what belongs to them."""
    chance = Random(f"life-{seed}")
    counts = {name: n * share // 100 for name, share in SHARES.items()}
    counts["encounters"] += n - sum(counts.values())

    def days(name: str) -> list[datetime]:
        span = timedelta(days=365.25 * years)
        return sorted(now - span * chance.random() - timedelta(hours=1) for _ in range(counts[name]))

    _visits(person, place, days("encounters"), chance)
    reports(person, place, days("reports"), seed=seed)
    Booking.objects.bulk_create(
        [
            Booking(
                resident=person, resource=place.resource, starts_at=at, ends_at=at + timedelta(minutes=30), n_places=1,
                share_wanted="public", share="public", state="arrived", source_kind="desk", created_at=at,
                booker_org=place.resource.org,
            )
            for at in days("bookings")
        ],
        batch_size=BATCH,
    )  # fmt: skip
    _papers(person, place, days("requests"), days("documents"), chance)
    _standing(person, place, now)


def _papers(
    person: Resident, place: Place, ordered: Sequence[datetime], written: Sequence[datetime], chance: Random
) -> None:
    """Add what was ordered and not answered, and documents."""
    Request.objects.bulk_create(
        [
            Request(
                resident=person, org=chance.choice(place.orgs), number=f"S{person.id.hex[:8]}{i}", status="active",
                name=chance.choice(("肾功能", "心电图", "腹部彩超")), requested_at=at, received_at=at,
            )
            for i, at in enumerate(ordered)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    Document.objects.bulk_create(
        [
            Document(
                resident=person, org=chance.choice(place.orgs), number=f"D{person.id.hex[:8]}{i}", format="text",
                title=chance.choice(("出院小结", "手术记录", "会诊意见")), status="final", written_at=at, received_at=at,
                content=b"x", n_bytes=1, digest="0" * 64,
            )
            for i, at in enumerate(written)
        ],
        batch_size=BATCH,
    )  # fmt: skip


class _Course:
    """Values that drift, as those of a person do: each lies near the one before, and comes back to the middle."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.at = chance, 0.0

    def next(self) -> float:
        """Return how far the next value lies from the middle, most within ±2."""
        self.at = 0.97 * self.at + self.chance.gauss(0, 0.18)
        return self.at + self.chance.gauss(0, 0.15)


def _visits(person: Resident, place: Place, days: Sequence[datetime], chance: Random) -> None:
    episodes = _episodes(person, place, days)
    visits, diagnoses, vitals = [], [], []
    pressure, weight, glucose = (_Course(chance) for _ in range(3))
    for at in days:
        at_problem = chance.randrange(len(PROBLEMS))
        code, name, is_chronic = PROBLEMS[at_problem]
        visit = Encounter(
            resident=person, org=chance.choice(place.orgs), kind=chance.choice(("outpatient", "outpatient", "home_visit")),
            state="finished", started_at=at, ended_at=at + timedelta(minutes=20), episode=episodes[at_problem],
            complaint="复诊", disposition="home",
        )  # fmt: skip
        visits.append(visit)
        diagnoses.append(
            EncounterDiagnosis(
                encounter=visit, position=1, is_main=True, code=code, name=name, is_chronic=is_chronic,
                recorded_at=at, recorded_by=place.doctor,
            )
        )  # fmt: skip
        if chance.random() < 0.6:
            upper = 142 + round(9 * pressure.next())
            vitals.append(
                Vitals(
                    encounter=visit, recorded_at=at, systolic=upper, diastolic=upper - 52 - round(4 * chance.random()),
                    pulse=chance.randint(58, 96), weight_g=64_000 + round(1_500 * weight.next()), height_mm=1_580,
                    glucose=Decimal(max(35, round(78 + 14 * glucose.next()))) / 10, recorded_by=place.doctor,
                )
            )  # fmt: skip
    for model, rows in ((Encounter, visits), (EncounterDiagnosis, diagnoses), (Vitals, vitals)):
        model.objects.bulk_create(rows, batch_size=BATCH)


def _episodes(person: Resident, place: Place, days: Sequence[datetime]) -> list[Episode]:
    """Return one course for each problem; those that are not chronic are over."""
    made = [
        Episode(
            resident=person, problem_key=code[:3], problem_code=code, problem_name=name, opened_at=days[0],
            closed_at=None if is_chronic else days[-1], opened_by=place.doctor, opened_org=place.orgs[0],
        )
        for code, name, is_chronic in PROBLEMS
    ]  # fmt: skip
    return list(Episode.objects.bulk_create(made))


def reports(person: Resident, place: Place, days: Sequence[datetime], *, seed: int) -> None:
    """Give the resident a laboratory report on each of these days."""
    chance = Random(f"reports-{seed}")
    made, values = [], []
    courses = [_Course(chance) for _ in TESTS]
    for i, at in enumerate(days):
        report = Report(
            resident=person, org=chance.choice(place.orgs), category="laboratory", status="final",
            number=f"L{seed}{person.id.hex[:8]}{i}", name=chance.choice(("生化全套", "肾功能", "糖尿病复查")), issued_at=at,
            received_at=at, digest="0" * 64, specimen="血清",
        )  # fmt: skip
        made.append(report)
        for position, test in enumerate(TESTS):
            values.append(_value(report, position, test, at, courses[position].next()))
    Report.objects.bulk_create(made, batch_size=BATCH)
    Observation.objects.bulk_create(values, batch_size=BATCH)


def _value(report: Report, position: int, test: tuple[str, ...], at: datetime, off: float) -> Observation:
    code, name, unit, middle, spread, reference = test
    number = max(Decimal("0.1"), (Decimal(middle) + Decimal(spread) * Decimal(f"{off:.3f}")))
    number = number.quantize(Decimal("0.1"))
    given: dict[str, Any] = {"code": code, "name": name, "unit": unit, "reference": reference}
    return Observation(
        report=report,
        version=1,
        position=position,
        text=str(number),
        number=number,
        status="final",
        observed_at=at,
        **given,
    )


def _standing(person: Resident, place: Place, now: datetime) -> None:
    MedicationStatement.objects.bulk_create(
        [
            MedicationStatement(
                resident=person, name=name, dose="1 片", frequency="每日一次", is_long_term=True,
                starts_on=(now - timedelta(days=400 * (i + 1))).date(), recorded_at=now, recorded_by=place.doctor,
            )
            for i, name in enumerate(MEDICINES)
        ]
    )  # fmt: skip
    Allergy.objects.bulk_create(
        [
            Allergy(
                resident=person, substance=name, reaction="皮疹、呼吸困难", severity="severe", recorded_at=now,
                recorded_by=place.doctor,
            )
            for name in SUBSTANCES
        ]
    )  # fmt: skip
