"""What a hospital's system sends in the bench of the intake, and the connections that send it.

Each person comes as a visit does: registered, something ordered, the result, the end of the visit.  Most are known to the
index from elsewhere and must be recognised among all; some are new.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tongmai.exchange.hl7v2.framing import CR, FS, framed

NEWCOMERS = 0.1  # of the people; the others are residents whom the sending system has not told of before
ALARMING = 0.01  # of the reports have a value that somebody must be told of at once
APPLICATION = "BENCH-HIS"
OF_A_VISIT = 4  # messages
_TESTS = (("WBC", "白细胞计数", "10^9/L", "3.5-9.5"), ("RBC", "红细胞计数", "10^12/L", "3.8-5.1"), ("HGB", "血红蛋白", "g/L", "115-150"),
          ("PLT", "血小板计数", "10^9/L", "125-350"), ("NEU", "中性粒细胞百分比", "%", "40-75"), ("CRP", "C反应蛋白", "mg/L", "0-10"))  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody as the hospital's system has her; `number` is the citizen's, `born` as HL7 writes it."""

    local: str
    name: str
    number: str
    born: str
    sex: str
    phone: str


@dataclass
class Sent:
    """What came of it: the time of each answer in seconds, the answers by their code, and how long all of it took."""

    seconds: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)


def messages_of(person: Person, at: datetime, facility: str, random: Random) -> Iterator[bytes]:
    """Yield the messages of one visit in their order."""
    visit, order = f"MZ{person.local}", f"SQ{person.local}"
    pid = f"PID|1||{person.local}^^^^21~{person.number}^^^^1||{person.name}||{person.born}|{person.sex}|||1组1号||{person.phone}"
    begun = f"{at:%Y%m%d%H%M%S}"
    pv1 = f"PV1|1|O|0301^全科医学科|R|||10021^示例钱{'|' * 12}{visit}{'|' * 25}{begun}"
    ordered = f"{order}^HIS|LIS{person.local}^LIS"
    alarming = random.choice(_TESTS)[0] if random.random() < ALARMING else ""
    values = [
        f"OBX|{i}|NM|{code}^{name}||{_value(reference, code == alarming, random):.2f}|{unit}|{reference}|N|||F"
        for i, (code, name, unit, reference) in enumerate(_TESTS, start=1)
    ]
    said = [
        ("ADT^A04", [f"EVN|A04|{begun}", pid, pv1]),
        ("ORM^O01", [pid, pv1, f"ORC|NW|{order}^HIS", f"OBR|1|{order}^HIS||250101015^血细胞分析"]),
        ("ORU^R01", [pid, pv1, f"OBR|1|{ordered}|250101015^血细胞分析|||{begun}||||||||1&全血|10021^示例钱", *values]),
        ("ADT^A03", [f"EVN|A03|{begun}", pid, f"{pv1}|{begun}", "DG1|1||I10.x00^原发性高血压^ICD10"]),
    ]
    for i, (kind, segments) in enumerate(said):
        now = at + timedelta(seconds=i)
        head = (
            f"MSH|^~\\&|{APPLICATION}|{facility}|TONGMAI||{now:%Y%m%d%H%M%S}||{kind}|{person.local}-{i}|P|2.4|||AL|NE|CHN"
            f"|UNICODE UTF-8"
        )
        yield "\r".join([head, *segments, ""]).encode()


def _value(reference: str, is_alarming: bool, random: Random) -> float:
    """As people's values lie: one in twenty beyond its range; an alarming one far beyond."""
    low, high = map(float, reference.split("-"))
    return high * 20 if is_alarming else max(0.01, random.gauss((low + high) / 2, (high - low) / 4))


async def send(port: int, visits: list[list[bytes]], *, connections: int, seconds: float) -> Sent:
    """Send visits over so many connections at once, each message after the answer to the one before."""
    sent, waiting, until = Sent(), iter(visits), time.monotonic() + seconds
    started = time.monotonic()
    await asyncio.gather(*(_converse(port, waiting, until, sent) for _ in range(connections)))
    sent.seconds = time.monotonic() - started
    return sent


async def _converse(port: int, waiting: Iterator[list[bytes]], until: float, sent: Sent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for visit in waiting:
        for raw in visit:
            began = time.monotonic()
            writer.write(framed(raw))
            answer = await reader.readuntil(FS + CR)
            sent.times.append(time.monotonic() - began)
            sent.answers[_code(answer)] += 1
        if time.monotonic() >= until:
            break
    writer.close()


def _code(answer: bytes) -> str:
    return answer.partition(b"\rMSA|")[2][:2].decode("ascii", "replace")
