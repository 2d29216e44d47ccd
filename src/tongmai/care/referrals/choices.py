"""What a form offers to choose from, and how an error finds its field."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tongmai.care.referrals import enclosing
from tongmai.care.referrals.models import CatalogueEntry, Referral
from tongmai.care.referrals.services.places import share_of, source_of
from tongmai.commons.capacity import selectors as capacity
from tongmai.commons.capacity.forms import Stay
from tongmai.commons.capacity.presenters import StayTable, day_said, hours_said, reserved_said, stay_table
from tongmai.commons.capacity.states import Kind, Share
from tongmai.commons.encounters import access as encounters
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.referring import Begun
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.months import local_day
from tongmai.ui.words import Choice

GUIDANCE = dict(CatalogueEntry.Guidance.choices)
NEARNESS = {
    "alliance": _("本医联体内"),
    "county": _("县域内其他机构（须填写理由）"),
    "outside": _("县外（须填写理由）"),
}
DAYS_SHOWN = 14
_FIELDS = {"diagnosis": "diagnosis_code", "receiver": "receiver_id", "department": "receiver_department_id",
           "encounter": "source_encounter_id", "sender": "sender_id", "consent": "consent_how"}  # fmt: skip


def receivers(*, by: Actor) -> list[tuple[str, list[Choice]]]:
    """Return where the actor's organisation may send up, the alliance first, in groups."""
    return _grouped(orgs.upper_orgs(by.org_id, by.today)) if by.org_id else []


def lower_receivers(*, by: Actor) -> list[tuple[str, list[Choice]]]:
    """Return where the actor's organisation may send down, in groups."""
    return _grouped(orgs.lower_orgs(by.org_id, by.today)) if by.org_id else []


def redirect_receivers(referral: Referral, *, by: Actor) -> list[tuple[str, list[Choice]]]:
    """Return where a referral may be sent on to: what its sender may choose, without the present receiver."""
    ways = orgs.upper_orgs if referral.direction == "up" else orgs.lower_orgs
    return _grouped([place for place in ways(referral.sender_id, by.today) if place.org.id != referral.receiver_id])


def senders(*, by: Actor) -> list[tuple[str, list[Choice]]]:
    """Return from where somebody may have come to the actor's organisation."""
    return lower_receivers(by=by)


def hospital_above(*, by: Actor) -> UUID | None:
    """Return the one hospital of the alliance above the actor's organisation, to which an emergency goes; None of several."""
    found = orgs.upper_orgs(by.org_id, by.today) if by.org_id else []
    hospitals = [place.org.id for place in found if place.nearness == "alliance" and place.org.level == "county"]
    return hospitals[0] if len(hospitals) == 1 else None


@dataclass(frozen=True)
class Whereto:
    """What the form asks of the receiver chosen: which of its departments, and why it is not in the alliance."""

    receiver_id: UUID
    departments: list[Choice]
    codes: dict[str, str]  # by the department's id
    is_outside: bool


def whereto(receiver_id: Any, *, by: Actor) -> Whereto | None:
    """Return what goes with a receiver to whom the actor may send up; None for any other."""
    found = orgs.upper_orgs(by.org_id, by.today) if by.org_id else []
    place = next((place for place in found if str(place.org.id) == str(receiver_id)), None)
    if place is None:
        return None
    departments = orgs.departments(place.org.id)
    return Whereto(
        receiver_id=place.org.id,
        departments=[Choice(str(each.id), each.name) for each in departments],
        codes={str(each.id): each.code for each in departments},
        is_outside=place.nearness != "alliance",
    )


def places_shown(
    receiver: Whereto | None, wants: str, department_id: str = "", *, by: Actor
) -> list[capacity.FreePlace]:
    """Return the next free places at a receiver, of the department chosen, for the form to show.

    Booking them is the receiver's answer.
    """
    if receiver is None or wants not in set(Kind):
        return []
    return capacity.free_places(
        org_id=receiver.receiver_id,
        kind=Kind(wants),
        from_day=by.today,
        days=DAYS_SHOWN,
        for_family_doctor=by.staff_id is not None,
        department_code=receiver.codes.get(department_id, ""),
        by=by,
    )[:8]


def places_for(referral: Referral, *, by: Actor) -> list[capacity.FreePlace]:
    """Return the free places that this referral may take where it was sent."""
    department = referral.receiver_department.code if referral.receiver_department else ""
    share = share_of(referral)
    first_day = by.today
    return capacity.free_places(
        org_id=referral.receiver_id,
        kind=Kind(referral.wants),
        from_day=first_day,
        days=DAYS_SHOWN,
        for_family_doctor=share == Share.RESERVED,
        by=by,
        department_code=department,
        emergency=referral.urgency == "emergency",
    )


def stays_for(referral: Referral, *, from_day: date, nights: int, department: str, by: Actor) -> StayTable:
    """Return the wards where this referral was sent, night by night; nights that it has already count as its own."""
    booked = capacity.booking_of_source(source_of(referral)) if referral.state == "booked" else None
    own_department = referral.receiver_department.code if referral.receiver_department else ""
    return stay_table(
        from_day=from_day,
        nights=nights,
        own_pools=booked.pool_ids if booked else (),
        separator=" ",
        org_id=referral.receiver_id,
        days=DAYS_SHOWN,
        for_family_doctor=share_of(referral) == Share.RESERVED,
        department_code=department or own_department,
        emergency=referral.urgency == "emergency",
        by=by,
    )


def stay_asked(referral: Referral, asked: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Return the first night and their number that the address asks for; those booked, else one from today."""
    booked = capacity.booking_of_source(source_of(referral)) if referral.state == "booked" else None
    first, nights = (local_day(booked.starts_at), booked.n_places) if booked else (by.today, 1)
    return Stay(asked).asked(today=by.today, first=first, nights=nights)


def prefilled(resident_id: UUID, encounter_id: UUID | None, *, by: Actor) -> dict[str, Any]:
    """Return what a new form begins with: the nearest receiver, and what the encounter says."""
    first = orgs.upper_orgs(by.org_id, by.today)[:1] if by.org_id else []
    initial: dict[str, Any] = {"receiver_id": first[0].org.id if first else None}
    if encounter_id is None:
        return initial
    visit = encounters.visible(by).filter(id=encounter_id, resident_id=resident_id, org_id=by.org_id).first()
    if visit is None:
        return initial
    main = visit.diagnoses.filter(is_main=True, replaced_at__isnull=True).first()
    vitals = visit.vitals.filter(withdrawn_at__isnull=True).first()
    parts = [visit.complaint]
    if vitals is not None and vitals.systolic:
        parts.append(gettext("血压 %(high)s/%(low)s mmHg") % {"high": vitals.systolic, "low": vitals.diastolic})
    return initial | {
        "source_encounter_id": visit.id,
        "diagnosis_code": main.code if main else "",
        "summary": "；".join(part for part in parts if part),
    }


def begun(known: Begun | None, *, by: Actor) -> dict[str, Any]:
    """Return with what another page began the referral, for its form; nothing where none did."""
    if known is None:
        return {}
    found = {
        "reason": known.reason,
        "urgency": "emergency",
        "receiver_id": hospital_above(by=by),
        "diagnosis_code": known.diagnosis_code,
        "recording_ids": [known.recording_id] if known.recording_id else [],
        "critical_value_id": known.critical_value_id,
    }
    return {name: value for name, value in found.items() if value}


def entered(referral: Referral) -> dict[str, Any]:
    """Return what a saved draft says, for its form."""
    names = ("receiver_id", "receiver_department_id", "diagnosis_code", "reason", "summary", "urgency", "wants",
             "outside_reason", "source_encounter_id")  # fmt: skip
    initial = {name: getattr(referral, name) for name in names}
    initial["recording_ids"] = [each.recording_id for each in enclosing.enclosed(referral)]
    given = referral.consent
    if given is not None and not given.is_missing:
        initial |= {
            "consent_relation": given.relation,
            "consent_how": given.how,
            "consent_name": given.agreed_name,
            "consent_witness": given.witness,
            "consent_note": given.note,
        }
    return initial | {"seen_version": referral.version}


def diagnosis_text(code: str | None, *, by: Actor) -> str:
    """Return code and name, for the picker to show; "" for a code that is not known."""
    found = catalog.diagnoses([code], by.today).get(code) if code else None
    return f"{found.code} {found.name}" if found else ""


def horizon(by: Actor) -> tuple:
    """Return the first and the last day of which places are shown."""
    return by.today, by.today + timedelta(days=DAYS_SHOWN - 1)


def put_error(form: Any, flaw: InvalidInput) -> None:
    """Say beside its field what a service found wrong; without a field of that name above the form."""
    field = str(flaw.facts.get("field", ""))
    field = _FIELDS.get(field, field)
    problem = flaw.facts.get("problem")
    form.add_error(field if field in form.fields else None, gettext(problem) if problem else flaw.said(gettext))


def _grouped(destinations: Sequence[orgs.Destination]) -> list[tuple[str, list[Choice]]]:
    groups: dict[str, list[Choice]] = {}
    for place in destinations:
        groups.setdefault(place.nearness, []).append(Choice(str(place.org.id), place.org.name))
    return [(str(NEARNESS[nearness]), found) for nearness, found in groups.items()]


@dataclass(frozen=True)
class PlaceChoice:
    """One session that may be chosen, in words; `reserved` is "" where nothing is kept for family doctors any more."""

    pool_id: UUID
    hours: str
    resource: str
    practitioner: str
    left: str
    reserved: str


def departments_of(places: Iterable[capacity.FreePlace]) -> list[Choice]:
    """Return the departments that have free places, as a filter with their numbers; none where there is but one."""
    names = {place.department_code: place.department for place in places}
    counts = Counter(place.department_code for place in places)
    found = [Choice(code, name, counts[code]) for code, name in sorted(names.items())]
    return [Choice("", gettext("全部科室"), sum(counts.values())), *found] if len(found) > 1 else []


def by_day(places: Iterable[capacity.FreePlace]) -> list[tuple[str, list[PlaceChoice]]]:
    """Return the free places in groups of one day each, the earliest first."""
    groups = groupby(sorted(places, key=lambda place: (place.day, place.starts_at)), key=lambda place: place.day)
    return [(day_said(day), [_place_choice(place) for place in group]) for day, group in groups]


def _place_choice(place: capacity.FreePlace) -> PlaceChoice:
    kept = place.reserved and not place.is_released
    return PlaceChoice(
        pool_id=place.pool_id,
        hours=hours_said(place.starts_at, place.ends_at),
        resource=place.resource,
        practitioner=place.practitioner,
        left=ngettext("余 %(n)s", "余 %(n)s", place.free) % {"n": place.free},
        reserved=reserved_said(place.reserved_left, place.reserved) if kept else "",
    )


def plan_from_up(up: Referral, *, by: Actor) -> dict[str, Any]:
    """Return what a down-referral of an up-referral begins with: back to where she came from, with what was found."""
    initial: dict[str, Any] = {"receiver_id": up.sender_id, "diagnosis_code": up.diagnosis_code}
    visit = own_encounter(up.arrival_encounter_id, by=by) if up.arrival_encounter_id else None
    return initial | (_of_encounter(visit) if visit is not None else {})


def plan_from_encounter(encounter: Encounter, *, by: Actor) -> dict[str, Any]:
    """Return what a down-referral from a visit or stay begins with; the nearest organisation below is proposed."""
    below = orgs.catchment_orgs(encounter.resident.village_code, by.today) if encounter.resident.village_code else []
    nearest = next((org for org in below if org.level == "township"), None)
    return {"receiver_id": nearest.id if nearest else None} | _of_encounter(encounter)


def own_encounter(encounter_id: UUID, *, by: Actor) -> Encounter | None:
    """Return an encounter of the actor's organisation, else None."""
    return encounters.visible(by).filter(id=encounter_id, org_id=by.org_id).first()


def plan_entered(referral: Referral) -> dict[str, Any]:
    """Return what a saved plan says, for its form."""
    plan = referral.plan
    initial: dict[str, Any] = {
        "receiver_id": referral.receiver_id,
        "diagnosis_code": referral.diagnosis_code,
        "reason": referral.reason,
        "outside_reason": referral.outside_reason,
        "group": plan.group,
        "discharge_summary": plan.discharge_summary,
        "red_flags": plan.red_flags,
        "discharged_on": plan.discharged_on,
    }
    for i, medicine in enumerate(plan.medicines.all()):
        initial |= {f"medicine_{i}_{name}": getattr(medicine, name) for name in ("name", "dose", "frequency", "days")}
    for i, item in enumerate(plan.items.all()):
        initial |= {f"item_{i}_{name}": getattr(item, name) for name in ("text", "who", "due_on")}
    return initial


def _of_encounter(encounter: Encounter) -> dict[str, Any]:
    """Diagnosis, discharge summary and long-term medicines as the record has them."""
    main = encounter.diagnoses.filter(is_main=True, replaced_at__isnull=True).first()
    note = encounter.notes.filter(kind="discharge").first()
    words = note.versions.first() if note is not None else None
    found: dict[str, Any] = {"discharge_summary": words.text if words else ""}
    if main is not None:
        found["diagnosis_code"] = main.code
    if encounter.ended_at is not None:
        found["discharged_on"] = local_day(encounter.ended_at)
    taken = encounter.resident.medications.filter(is_long_term=True, stopped_at__isnull=True)
    for i, medicine in enumerate(taken[:8]):
        found |= {f"medicine_{i}_{name}": getattr(medicine, name) for name in ("name", "dose", "frequency")}
    return found


CATALOGUE_LEVELS = CatalogueEntry.Level.choices
