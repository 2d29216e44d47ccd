"""Whom a document is about: the record target, as the facts that messages bring too.  Pure."""

import hashlib
from collections.abc import Sequence

from tongmai.exchange import wording
from tongmai.exchange.cda import roots, values
from tongmai.exchange.cda.values import Identifier
from tongmai.exchange.hl7v2.faults import Code, Fault, Location
from tongmai.exchange.hl7v2.person_in import SEXES, PatientFacts
from tongmai.kernel import citizen_id
from tongmai.kernel.xml import Element

# A number of a visit stands for the person only where nothing better does; "": the maker's own.
_AS_A_PERSONS = ("", "person", "visit")
_MOST_NUMBER = 64
_MOST_IDS = 20

ROLE = "recordTarget/patientRole"
_AT = Location.of(f"{ROLE}/id")
PLACES = {
    "name": "patient/name", "born_on": "patient/birthTime", "id_number": f"{ROLE}/id",
    "sex": "patient/administrativeGenderCode", "phone": f"{ROLE}/telecom", "address": f"{ROLE}/addr",
}  # fmt: skip


def patient(root: Element) -> PatientFacts:
    """Return what the record target says; nothing of it is looked up."""
    role = root.first("recordTarget", "patientRole")
    person = role.first("patient") if role is not None else None
    ids = (*values.identifiers(role), *values.identifiers(person))[:_MOST_IDS]
    phones = values.phones(role)
    gender = values.coded(person.first("administrativeGenderCode")) if person is not None else values.NO_CODE
    return PatientFacts(
        name=values.person_name(person),
        citizen_number=_citizen_number(ids),
        numbers=tuple(dict.fromkeys(each.number for each in ids)),
        sex=SEXES.get(gender.code.upper(), "") or SEXES.get(gender.name[:1], ""),
        born_on=values.day(person.first("birthTime")) if person is not None else None,
        phone=next(iter(phones), ""),
        address=values.address(role),
        location=_AT,
        local_number=_local_number(ids),
        phones=phones[:5],
    )


def patient_fault(root: Element) -> Fault | None:
    """Return why nobody can be looked for by this header, else None."""
    roles = list(root.all("recordTarget", "patientRole"))
    if not roles:
        return Fault(Code.SEGMENT_SEQUENCE, Location.of("recordTarget"), "cda-no-patient")
    if len(roles) > 1:
        return Fault(Code.DATA_TYPE, Location.of("recordTarget"), "cda-several-patients", {"n": len(roles)})
    said = patient(root)
    if not said.name:
        return Fault(Code.REQUIRED_FIELD, Location.of(PLACES["name"]), "cda-no-name")
    if not said.local_number and not said.citizen_number:
        return Fault(Code.REQUIRED_FIELD, _AT, "cda-no-number")
    return _number_fault(role=roles[0])


def local_number(said: Identifier) -> str:
    """Return a number as the index keeps it: with whose it is, since two counters of one system may count alike."""
    whole = f"{said.extension}@{said.root}" if said.extension and said.root else said.number
    if len(whole) <= _MOST_NUMBER:
        return whole
    ending = hashlib.sha256(whole.encode()).hexdigest()[:16]
    return f"{said.number[: _MOST_NUMBER - 17]}@{ending}"


def _citizen_number(ids: Sequence[Identifier]) -> str:
    """A number under the OID of citizens' numbers, else one that is valid whatever it is called."""
    ordered = sorted(ids, key=lambda each: roots.meaning(each.root) != "citizen")
    texts = (each.extension for each in ordered)
    return next((citizen_id.parse(t).number for t in texts if len(t) >= 15 and citizen_id.is_valid(t)), "")


def _number_fault(role: Element) -> Fault | None:
    """A number that says it is the citizen's and fails its check is a typing mistake, not an unknown patient."""
    for each in (*values.identifiers(role), *values.identifiers(role.first("patient"))):
        if roots.meaning(each.root) == "citizen" and len(each.extension) in (15, 18):
            try:
                citizen_id.parse(each.extension)
            except citizen_id.CitizenIdError as error:
                return Fault(Code.DATA_TYPE, _AT, "bad-number", wording.of_error(error))
    return None


def _local_number(ids: Sequence[Identifier]) -> str:
    """An OID alone says only which kind of number it would be; a UUID alone is one."""
    own = [each for each in ids if roots.meaning(each.root) in _AS_A_PERSONS and not _is_citizens(each.extension)]
    own = [each for each in own if each.extension or "-" in each.root]
    own.sort(key=lambda each: _AS_A_PERSONS.index(roots.meaning(each.root)))
    return local_number(own[0]) if own else ""


def _is_citizens(text: str) -> bool:
    return len(text) >= 15 and citizen_id.is_valid(text)
