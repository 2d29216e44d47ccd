"""The residents of the demonstration: registered in their villages, insured, tagged, many with a family doctor."""

from datetime import datetime, timedelta
from random import Random

from tongmai.care.family_doctors import services as family_doctors
from tongmai.commons.encounters import services as encounters
from tongmai.commons.residents import services as residents
from tongmai.config.demo import people
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.days import Town
from tongmai.config.demo.journeys import Patient
from tongmai.config.progress import progress
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.roles import Role

ALLERGIES = (("青霉素", "皮疹"), ("头孢类抗生素", "瘙痒"), ("磺胺类", "皮疹"), ("海鲜", "荨麻疹"))
SIGNED_SHARE = 0.62


def build(cast: Cast, towns: list[Town], *, per_clinic: int, now: datetime, random: Random) -> None:
    """Register about `per_clinic` residents at each clinic that takes part, and sign contracts with most."""
    used: set[str] = set()
    clinics = [(town, clinic) for town in towns for clinic in town.clinics]
    for town, clinic in progress(clinics, "residents"):
        by = cast.actor(clinic.id, Role.VILLAGE_DOCTOR, now, random=random)
        team = family_doctors.found_team(name=f"{clinic.short_name}家庭医生团队", leader_id=by.staff_id, by=by)
        gp = cast.actor(town.centre.id, Role.GENERAL_PRACTITIONER, now, random=random)
        family_doctors.add_member(team_id=team.id, staff_id=gp.staff_id, part="doctor", by=by)
        for _ in range(random.randint(per_clinic - per_clinic // 4, per_clinic + per_clinic // 4)):
            patient = _register(clinic, town, by, random, used)
            if patient.has_family_doctor:
                _sign(patient, team.id, by, random)
            town.patients.append(patient)


def _register(clinic: Org, town: Town, by, random: Random, used: set[str]) -> Patient:
    person = _new_person(random, by.today, used)
    age = (by.today - person.born_on).days // 365
    resident = residents.register(
        by=by,
        name=person.name,
        id_number=person.citizen_id,
        village_code=clinic.division_code,
        address=f"{random.randint(1, 30)}组{random.randint(1, 60)}号",
        phone=f"199{random.randrange(10_000_000, 99_999_999)}",
        phone_whose="self" if 14 < age < 78 else "child" if age >= 78 else "mother",
        scheme="resident" if random.random() < 0.93 else "employee",
        insurance_area=by.county_code,
    )
    _tag(resident.id, age, by, random)
    return Patient(
        id=resident.id,
        name=person.name,
        age=age,
        village=clinic,
        township=town.centre,
        has_family_doctor=random.random() < (SIGNED_SHARE + (0.25 if age >= 65 else 0)),
    )


def _new_person(random: Random, today, used: set[str]) -> people.Person:
    while True:
        person = people.invent(random, today=today)
        if person.citizen_id not in used:
            used.add(person.citizen_id)
            return person


def _tag(resident_id, age: int, by, random: Random) -> None:
    chances = {"hypertension": 0.004 * max(age - 25, 0), "diabetes": 0.0016 * max(age - 25, 0)}
    for kind, chance in chances.items():
        if random.random() < chance:
            residents.add_tag(resident_id, by=by, kind=kind)
    if random.random() < 0.02:
        residents.add_tag(resident_id, by=by, kind="disabled")
    if random.random() < 0.03:
        residents.add_tag(resident_id, by=by, kind="poor_household")
    if random.random() < 0.05:
        substance, reaction = random.choice(ALLERGIES)
        encounters.add_allergy(resident_id, by=by, substance=substance, reaction=reaction)


def _sign(patient: Patient, team_id, by, random: Random) -> None:
    signed = by.at(by.now + timedelta(minutes=random.randint(1, 600)))
    contract = family_doctors.prepare(resident_id=patient.id, team_id=team_id, doctor_id=by.staff_id, by=signed)
    consent = family_doctors.Consent(agreed_name=patient.name)
    if patient.age < 18:
        consent = family_doctors.Consent(agreed_name=f"{patient.name}的家长", agreed_how="guardian")
    family_doctors.sign(contract_id=contract.id, consent=consent, by=signed)
