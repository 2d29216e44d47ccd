"""What the first hospital's own system has sent: visits with results, years of measurements, a document, and what waits for a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tongmai.commons.residents.models import Identifier, Resident
from tongmai.config.demo import documents
from tongmai.config.demo.days import Town
from tongmai.config.progress import progress
from tongmai.exchange.models import Channel
from tongmai.exchange.services import messages, sources
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.kernel.months import REPORTING_ZONE

APPLICATION, ADDRESS = "HIS", "127.0.0.1"
VISITORS, LONG_ILL = 14, 4
QUARTERS = 10  # for how many the long ill have been measured
WAITING = "示例待查"


@dataclass(frozen=True)
class _Item:
    """One item of a report: its usual span, and where the long ill lie."""

    code: str
    name: str
    unit: str
    low: float
    high: float
    when_ill: float


BLOOD = (
    _Item("WBC", "白细胞计数", "10^9/L", 3.5, 9.5, 7.1), _Item("HGB", "血红蛋白", "g/L", 115, 150, 128),
    _Item("PLT", "血小板计数", "10^9/L", 125, 350, 210),
)  # fmt: skip
CHEMISTRY = (
    _Item("GLU", "空腹血糖", "mmol/L", 3.9, 6.1, 8.4), _Item("HBA1C", "糖化血红蛋白", "%", 4, 6, 7.8),
    _Item("CREA", "肌酐", "umol/L", 45, 84, 96), _Item("K", "血清钾", "mmol/L", 3.5, 5.3, 4.4),
)  # fmt: skip
DIAGNOSES = (
    "I10.x00^特发性高血压^ICD10",
    "TNB^糖尿病（二型）^院内",
    "J06.900^急性上呼吸道感染^ICD10",
    "XTDC^胸痛待查^院内",
)


@dataclass(frozen=True)
class _Person:
    """Somebody as the hospital's system has her."""

    local: str
    name: str
    number: str
    born: str
    sex: str

    def segment(self) -> str:
        return f"PID|1||{self.local}^^^^21~{self.number}^^^^1||{self.name}||{self.born}|{self.sex}|||县城||13900000000"


def build(towns: list[Town], *, now: datetime, random: Random) -> None:
    """Enter the hospital's system and let it send, oldest first."""
    lead, begun = towns[0].lead, now - timedelta(days=30)
    by = Actor.system(now=begun)
    details = sources.Details(
        application=APPLICATION, facility=lead.name, name=f"{lead.short_name} HIS", org_id=lead.id
    )
    sources.register(details=details, by=by)
    people = _people([patient.id for town in towns for patient in town.patients if patient.age > 30][:VISITORS])
    said = [each for n, who in enumerate(people) for each in _of_person(who, n, lead, begun, now, random)]
    said += _waiting(lead, now)
    for when, raw in progress(sorted(said, key=lambda each: each[0]), "messages"):
        by = Actor.system(now=max(when, begun))
        messages.take_in(raw.encode(), by=by, channel=Channel.MLLP, peer=ADDRESS)
    if people:
        _document(people[0], lead, now)


def _document(who: _Person, lead: Org, now: datetime) -> None:
    written_at = now - timedelta(days=12)
    raw = documents.summary(
        "CY00001", local=who.local, name=who.name, citizen=who.number, born=who.born, sex=who.sex, maker=lead.name,
        written_at=written_at,
    )  # fmt: skip
    messages.take_in(raw, by=Actor.system(now=written_at), channel=Channel.FILE, file_name="CY00001.xml")


def _people(ids: list[UUID]) -> list[_Person]:
    rows = Resident.objects.filter(
        id__in=ids, identifiers__kind=Identifier.Kind.CITIZEN_ID, identifiers__is_current=True
    )
    columns = ("name", "identifiers__value", "born_on", "sex")
    sexes = {"male": "1", "female": "2"}
    return [
        _Person(f"H{n:05}", name, number, f"{born_on:%Y%m%d}", sexes.get(sex, "0"))
        for n, (name, number, born_on, sex) in enumerate(rows.order_by("id").values_list(*columns), start=1)
    ]


def _of_person(
    who: _Person, n: int, lead: Org, begun: datetime, now: datetime, random: Random
) -> Iterator[tuple[datetime, str]]:
    """The visit of the last weeks, and before it the measurements of years."""
    is_ill = n < LONG_ILL
    if is_ill:
        for quarter in range(QUARTERS, 0, -1):
            when = begun - timedelta(days=91 * quarter + random.randint(0, 20), hours=random.randint(1, 6))
            yield when, _report(lead, who, when, f"L{who.local}{quarter}", CHEMISTRY, is_ill, random)
    came = begun + (now - begun) * random.uniform(0.05, 0.95)
    visit = f"PV1|1|O|0301^全科医学科|R|||10021^示例钱{'|' * 12}V{who.local}{'|' * 25}{_written(came)}"
    diagnosis = f"DG1|1||{DIAGNOSES[n % len(DIAGNOSES)]}"
    yield came, _message(lead, came, "ADT^A04", f"{who.local}A", [f"EVN|A04|{_written(came)}", who.segment(), visit])
    for i, items in enumerate((BLOOD, CHEMISTRY), start=1):
        when = came + timedelta(minutes=40 * i)
        yield when, _report(lead, who, when, f"R{who.local}{i}", items, is_ill, random, visit=visit)
    left = came + timedelta(hours=2)
    end = [f"EVN|A03|{_written(left)}", who.segment(), f"{visit}|{_written(left)}", diagnosis]
    yield left, _message(lead, left, "ADT^A03", f"{who.local}E", end)


def _report(
    lead: Org, who: _Person, when: datetime, number: str, items: tuple[_Item, ...], is_ill: bool, random: Random,
    visit: str = "PV1|1|O",
) -> str:  # fmt: skip
    title = "250101015^血细胞分析" if items is BLOOD else "SH001^生化全套^院内"
    values = []
    for i, item in enumerate(items, start=1):
        middle = item.when_ill if is_ill else (item.low + item.high) / 2
        value = round(random.gauss(middle, (item.high - item.low) / 9), 1)
        flag = "H" if value > item.high else "L" if value < item.low else "N"
        shown = f"{value}|{item.unit}|{item.low}-{item.high}|{flag}"
        values.append(f"OBX|{i}|NM|{item.code}^{item.name}||{shown}|||F|||{_written(when)}")
    order = (
        f"OBR|1|{number}^HIS|{number}^LIS|{title}|||{_written(when)}||||||||1&血清|10021^示例钱|||||{_written(when)}"
    )
    return _message(lead, when, "ORU^R01", number, [who.segment(), visit, order, *values])


def _waiting(lead: Org, now: datetime) -> Iterator[tuple[datetime, str]]:
    """What a person has to look at: nobody can tell whom these mean, and one kind is not taken."""
    when = now - timedelta(hours=5)
    nobody = f"PID|1||||{WAITING}甲"
    unborn = f"PID|1||H90001^^^^21||{WAITING}乙||19991332|2"
    ordered = "OBR|1|W1^HIS|W1^LIS|250101015^血细胞分析"
    yield when, _message(lead, when, "ADT^A04", "W0001", [f"EVN|A04|{_written(when)}", nobody, "PV1|1|O|0301"])
    yield (
        when,
        _message(lead, when, "ORU^R01", "W0002", [unborn, "PV1|1|O", ordered, "OBX|1|NM|WBC^白细胞计数||6.1|||N"]),
    )
    yield when, _message(lead, when, "DFT^P03", "W0003", [f"PID|1||H00001^^^^21||{WAITING}丙||19700101|1"])


def _message(lead: Org, when: datetime, kind: str, number: str, segments: list[str]) -> str:
    head = f"MSH|^~\\&|{APPLICATION}|{lead.name}|TONGMAI||{_written(when)}||{kind}|{number}|P|2.4|||AL|NE|CHN|UNICODE UTF-8"
    return "\r".join([head, *segments, ""])


def _written(when: datetime) -> str:
    return f"{when.astimezone(REPORTING_ZONE):%Y%m%d%H%M%S}"
