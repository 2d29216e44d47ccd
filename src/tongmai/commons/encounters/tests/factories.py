"""The smallest valid encounters, and a few diagnoses to make in them."""

from datetime import date

from tongmai.commons.encounters import services
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.residents.models import Resident
from tongmai.foundation.catalog import search
from tongmai.foundation.catalog.models import Code, CodeList
from tongmai.foundation.orgs.actors import Actor

CODES = {
    "I10.x00": ("原发性高血压", True),
    "E11.900": ("2型糖尿病", True),
    "I21.900": ("急性心肌梗死", False),
    "J06.900": ("急性上呼吸道感染", False),
    "K29.300": ("慢性浅表性胃炎", False),
    "M54.502": ("腰痛", False),
    "N39.000": ("泌尿道感染", False),
    "F32.900": ("抑郁发作", True),
    "B24.x01": ("艾滋病", True),
}


def catalogue() -> None:
    """Load the diagnoses of `CODES`, once per test."""
    edition, is_new = CodeList.objects.get_or_create(
        system=CodeList.System.ICD10, version="test", defaults={"title": "示例", "source": "示例", "starts_on": date(2020, 1, 1)}
    )  # fmt: skip
    if is_new:
        Code.objects.bulk_create(
            Code(list=edition, code=code, name=name, search=search.keys_of(name), is_common=True, is_chronic=chronic)
            for code, (name, chronic) in CODES.items()
        )


def visit(of: Resident, *, by: Actor, **fields) -> Encounter:
    """Return an outpatient visit in progress at the actor's organisation."""
    return services.start_visit(of.id, by=by, complaint="头晕三天", **fields)


def finished_visit(of: Resident, *, by: Actor, code: str = "I10.x00", **fields) -> Encounter:
    """Return an outpatient visit that ended with one diagnosis."""
    catalogue()
    encounter = visit(of, by=by, **fields)
    services.record_diagnoses(encounter.id, by=by, diagnoses=[DiagnosisEntry(code)])
    return services.finish(encounter.id, by=by)
