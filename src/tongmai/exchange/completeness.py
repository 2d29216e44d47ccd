"""What a complete message would say: the fields whose absence is counted against a member's system.  Pure."""

from collections.abc import Callable, Iterator

from tongmai.exchange.hl7v2 import person_in, results_in, visits_in
from tongmai.exchange.hl7v2.person_in import PatientFacts
from tongmai.exchange.hl7v2.reading import Message
from tongmai.kernel.text import N_

# Slug → what people call it.  The slugs are stored with messages and must not change.
FIELDS: dict[str, str] = {
    "number": N_("患者号"),
    "citizen": N_("居民身份证号"),
    "sex": N_("性别"),
    "birth": N_("出生日期"),
    "phone": N_("电话"),
    "address": N_("住址"),
    "visit": N_("就诊号"),
    "department": N_("科室"),
    "doctor": N_("医生"),
    "begin": N_("开始时间"),
    "end": N_("结束时间"),
    "diagnosis": N_("诊断编码"),
    "report": N_("报告单号"),
    "collected": N_("采样或检查时间"),
    "verifier": N_("审核人"),
    "unit": N_("数值的单位"),
    "range": N_("数值的参考范围"),
}
_PERSON = ("number", "citizen", "sex", "birth", "phone", "address")
_VISIT = ("visit", "department", "doctor", "begin")
_REPORT = ("report", "collected", "verifier", "unit", "range")
_WITH_DIAGNOSIS = frozenset({"A01", "A03", "A08"})


def asked_of(kind: str) -> tuple[str, ...]:
    """Return the fields that a complete message of this kind (e.g. ADT^A01) has."""
    code, _, event = kind.partition("^")
    fields = _PERSON
    if code == "ADT" and event not in ("A28", "A31", "A40"):
        fields += _VISIT
        fields += ("end",) if event == "A03" else ()
        fields += ("diagnosis",) if event in _WITH_DIAGNOSIS else ()
    if code in ("ORU", "OUL"):
        fields += _REPORT
    return fields


def lacks(message: Message) -> str:
    """Return the slugs of what the message leaves out, separated by blanks."""
    asked = set(asked_of("^".join(message.type)))
    present = set(_present(message, asked))
    return " ".join(name for name in FIELDS if name in asked - present)


def person_lacks(person: PatientFacts) -> str:
    """Return the slugs of what is left out of a person, where nothing else is asked for."""
    tests = _person_tests(person)
    return " ".join(name for name in _PERSON if not tests[name]())


def _present(message: Message, asked: set[str]) -> Iterator[str]:
    visit, tests = visits_in.visit(message), _person_tests(person_in.patient(message))
    if visit is not None:
        tests |= {
            "visit": lambda: visit.number,
            "department": lambda: visit.departments,
            "doctor": lambda: visit.doctor,
            "begin": lambda: visit.started_at,
            "end": lambda: visit.ended_at,
            "diagnosis": lambda: visit.diagnoses and all(d.code for d in visit.diagnoses),
        }
    if "report" in asked:
        tests |= _report_tests(message)
    yield from (name for name, test in tests.items() if test())


def _person_tests(person: PatientFacts) -> dict[str, Callable[[], object]]:
    return {
        "number": lambda: person.local_number,
        "citizen": lambda: person.citizen_number,
        "sex": lambda: person.sex,
        "birth": lambda: person.born_on,
        "phone": lambda: person.phone,
        "address": lambda: person.address,
    }


def _report_tests(message: Message) -> dict[str, Callable[[], object]]:
    reports, _fault = results_in.reports(message)
    numbers = [value for report in reports for value in report.values if value.number is not None]
    return {
        "report": lambda: reports and all(report.number for report in reports),
        "collected": lambda: reports and all(report.collected_at for report in reports),
        "verifier": lambda: reports and all(report.verifier for report in reports),
        "unit": lambda: all(value.unit for value in numbers),
        "range": lambda: all(value.reference for value in numbers),
    }
