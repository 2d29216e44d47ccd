"""What the header of a document says, as typed facts.  Pure: nothing is looked up here."""

from dataclasses import dataclass
from datetime import datetime

from tongmai.exchange.cda import roots, values
from tongmai.exchange.cda.values import Coded, Identifier
from tongmai.kernel.xml import Element


@dataclass(frozen=True)
class Organisation:
    """An organisation by its numbers and its name."""

    ids: tuple[Identifier, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Participant:
    """Somebody who had a part in the document; `part` is one of `results.choices.Part`."""

    part: str
    name: str
    number: str
    org: Organisation
    at: datetime | None


@dataclass(frozen=True)
class Visit:
    """The visit of which the document was written."""

    ids: tuple[Identifier, ...]
    kind: str  # inpatient | outpatient | "" where the document does not say
    started_at: datetime | None
    ended_at: datetime | None
    departments: tuple[str, ...]


@dataclass(frozen=True)
class ServiceEvent:
    """What was done, of which it is the documentation."""

    name: str
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Header:
    """The header.  `replaces` and `supplements` name other documents by their own id, then by their set."""

    id: Identifier
    set_id: Identifier
    version: int | None
    kind: Coded
    templates: tuple[str, ...]
    title: str
    written_at: datetime | None
    confidentiality: str  # a code of HL7 Confidentiality, "" where it is not said
    language: str
    participants: tuple[Participant, ...]
    custodian: Organisation
    visit: Visit | None
    event: ServiceEvent | None
    replaces: tuple[Identifier, ...]
    supplements: tuple[Identifier, ...]

    def of_part(self, part: str) -> tuple[Participant, ...]:
        """Return those who had this part."""
        return tuple(each for each in self.participants if each.part == part)


_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC", "INPATIENT", "住院", "住院患者"})
_OUTPATIENT = frozenset({"AMB", "EMER", "HH", "VR", "FLD", "SS", "OUTPATIENT", "门诊", "急诊", "门诊患者", "急诊患者"})
_KNOWN_KINDS = {"2.16.156.10011.1.12": "inpatient", "2.16.156.10011.1.11": "outpatient"}  # 住院号, 门（急）诊号
_MOST_PLACES = 8
_MOST_PARTICIPANTS, _MOST_VERSION = 100, 2_000_000_000


def header(root: Element) -> Header:
    """Return what the header says; what is absent is empty."""
    version = (root.first("versionNumber") or Element("", {})).get("value")
    confidentiality = root.first("confidentialityCode")
    language = root.first("languageCode")
    return Header(
        id=values.identifier(root.first("id")),
        set_id=values.identifier(root.first("setId")),
        version=int(version) if version.isdecimal() and int(version[:12]) <= _MOST_VERSION else None,
        kind=values.coded(root.first("code")),
        templates=tuple(each.number for each in values.identifiers(root, "templateId")),
        title=values.text_of(root, "title"),
        written_at=values.instant(root.first("effectiveTime")),
        confidentiality=confidentiality.get("code").upper() if confidentiality is not None else "",
        language=language.get("code") if language is not None else "",
        participants=_participants(root)[:_MOST_PARTICIPANTS],
        custodian=_organisation(root.first("custodian", "assignedCustodian", "representedCustodianOrganization")),
        visit=_visit(root.first("componentOf", "encompassingEncounter")),
        event=_event(root.first("documentationOf", "serviceEvent")),
        replaces=_related(root, "RPLC"),
        supplements=_related(root, "APND"),
    )


def organisation_numbers(said: Organisation) -> tuple[str, ...]:
    """Return the texts by which the organisation may be known here, the surest first."""
    numbers = [each.extension for each in said.ids]
    roots = [each.root for each in said.ids if not each.extension]  # often only which kind of number it would be
    return tuple(dict.fromkeys(text for text in (*numbers, said.name, *roots) if text))


def _organisation(element: Element | None) -> Organisation:
    if element is None:
        return Organisation()
    own = Organisation(values.identifiers(element), values.text_of(element, "name"))
    whole = element.first("asOrganizationPartOf", "wholeOrganization")
    return own if own.ids or own.name or whole is None else _organisation(whole)


def _participants(root: Element) -> tuple[Participant, ...]:
    found = [_assigned(each, "author", "assignedAuthor") for each in root.all("author")]
    found += [_assigned(each, "signer", "assignedEntity") for each in root.all("legalAuthenticator")]
    found += [_assigned(each, "authenticator", "assignedEntity") for each in root.all("authenticator")]
    found += [_assigned(each, "enterer", "assignedEntity") for each in root.all("dataEnterer")]
    found += [_assigned(each, "informant", "assignedEntity") for each in root.all("informant")]
    performers = root.all("documentationOf", "serviceEvent", "performer")
    found += [_assigned(each, "performer", "assignedEntity") for each in performers]
    responsible = root.all("componentOf", "encompassingEncounter", "responsibleParty")
    found += [_assigned(each, "responsible", "assignedEntity") for each in responsible]
    return tuple(each for each in found if each.name or each.number or each.org.name)


def _assigned(element: Element, part: str, role: str) -> Participant:
    """A person, or the device that wrote in her place; an informant may be a relative."""
    who = element.first(role) or element.first("relatedEntity") or Element("", {})
    person = who.first("assignedPerson") or who.first("relatedPerson")
    device = who.first("assignedAuthoringDevice")
    made = values.text_of(device, "softwareName") or values.text_of(device, "manufacturerModelName")
    return Participant(
        part=part,
        name=values.person_name(person) or made,
        number=next((each.number for each in values.identifiers(who)), ""),
        org=_organisation(who.first("representedOrganization")),
        at=values.instant(element.first("time")),
    )


def _visit(element: Element | None) -> Visit | None:
    if element is None:
        return None
    started, ended = values.interval(element.first("effectiveTime"))
    ids = tuple(each for each in values.identifiers(element) if roots.meaning(each.root) != "other")
    place = element.first("location", "healthCareFacility")
    names = (
        values.text_of(place, "location", "name"),
        *_places(place.first("serviceProviderOrganization") if place is not None else None),
        values.coded(place.first("code")).name if place is not None else "",
    )
    if not ids and started is None and ended is None:
        return None  # an empty frame
    return Visit(ids, _visit_kind(element, ids), started, ended, tuple(dict.fromkeys(filter(None, names))))


def _places(organisation: Element | None) -> tuple[str, ...]:
    """Bed, room, ward, department and hospital stand inside of one another."""
    names: list[str] = []
    while organisation is not None and len(names) < _MOST_PLACES:
        names.append(values.text_of(organisation, "name"))
        organisation = organisation.first("asOrganizationPartOf", "wholeOrganization")
    return tuple(names)


def _visit_kind(element: Element, ids: tuple[Identifier, ...]) -> str:
    code = values.coded(element.first("code"))
    said = {code.code.upper(), code.name}
    if said & _INPATIENT:
        return "inpatient"
    if said & _OUTPATIENT:
        return "outpatient"
    return next((_KNOWN_KINDS[each.root] for each in ids if each.root in _KNOWN_KINDS), "")


def _event(element: Element | None) -> ServiceEvent | None:
    if element is None:
        return None
    started, ended = values.interval(element.first("effectiveTime"))
    code = values.coded(element.first("code"))
    name = code.name or code.code
    return ServiceEvent(name, started, ended) if name or started or ended else None


def _related(root: Element, how: str) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    for related in root.all("relatedDocument"):
        parent = related.first("parentDocument")
        if related.get("typeCode").upper() == how and parent is not None:
            found += [*values.identifiers(parent), *values.identifiers(parent, "setId")]
    return tuple(dict.fromkeys(found))
