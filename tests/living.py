"""A county in which something of every kind has really happened: made by the services, so all of it is possible."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils import timezone

from tests.meta.county import NAMED, absent
from tests.meta.county import WORDS as WORDS_OF_ADDRESSES
from tongmai.care.critical_values import services as critical_values
from tongmai.care.diagnostics import services as diagnostics
from tongmai.care.diagnostics.tests.factories import Centre
from tongmai.care.family_doctors import services as family_doctors
from tongmai.care.referrals import services as referrals
from tongmai.care.referrals.tests.factories import FINDINGS, Clinic
from tongmai.commons.capacity import services as capacity
from tongmai.commons.capacity.tests import factories as places
from tongmai.commons.ecg import services as recordings
from tongmai.commons.ecg import synthetic, writing
from tongmai.commons.encounters import services as encounters
from tongmai.commons.encounters.services import DiagnosisEntry
from tongmai.commons.imaging import services as imaging
from tongmai.commons.imaging.tests import factories as images
from tongmai.commons.recognition import services as recognition
from tongmai.commons.recognition.tests import factories as recognisable
from tongmai.commons.resident_requests import services as requests
from tongmai.commons.residents import access
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import IdentityReview
from tongmai.commons.residents.tests import factories as people
from tongmai.exchange.cda.tests import samples as cda
from tongmai.exchange.hl7v2.tests import adt, samples
from tongmai.exchange.services import imports, messages
from tongmai.foundation.audit import worker
from tongmai.foundation.catalog import services as catalog
from tongmai.foundation.catalog.services import DivisionRow
from tongmai.foundation.orgs import services as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import COUNTY, LONG_AGO, county_world

DIVISIONS = {
    COUNTY: "示例县", f"{COUNTY}101": "甲镇", f"{COUNTY}102": "乙镇",
    f"{COUNTY}101201": "示例村村民委员会", f"{COUNTY}102201": "样板村村民委员会",
}  # fmt: skip

# Arguments that name a word, not a row; here the catalogue has another diagnosis.
WORDS = WORDS_OF_ADDRESSES | {"code": "I10.x00", "token": "x"}


# What nothing here makes: somebody's own arrangement of a list, a key, another system's word for an organisation.
NEVER_MADE = {"orgs.Factor", "orgs.SignIn", "saved_views.SavedView", "exchange.OrgMeaning", "orgs.Passkey"}


@dataclass
class Living:
    """The county, and the rows that its tests speak of."""

    clinic: Clinic
    objects: dict[str, Any]

    @property
    def world(self) -> factories.CountyWorld:
        return self.clinic.world


def county(*, now: datetime | None = None) -> Clinic:
    """Return the smallest county as it is this minute, with divisions and the alliances' referral catalogues."""
    clinic = Clinic(county_world(now=now or timezone.now()))
    factories.kinds()
    rows = [DivisionRow(code=code, name=name) for code, name in DIVISIONS.items()]
    catalog.put_divisions(rows, starts_on=LONG_AGO, source="示例", by=Actor.system(now=clinic.world.now))
    referrals.load_starter(alliance_id=clinic.world.alliance.id, by=clinic.coordinator)
    return clinic


def lived_in(*, now: datetime | None = None) -> Living:
    """Return that county after a few things happened, and for each argument of an address a row that it may name."""
    clinic = county(now=now)
    world, her = clinic.world, clinic.resident
    visit = _care(clinic)
    booking, pool = _capacity(clinic)
    up = clinic.submitted(by=clinic.gp)
    down = clinic.received(up=clinic.treated(diagnosis_code="J18.900"))
    _follow(clinic, down)
    _paper(clinic)
    _curve(clinic)
    _doubt(clinic)
    _asked(clinic, visit)
    _looked(clinic)
    _recognised(clinic)
    _examined(clinic)
    while worker.deliver_due(now=world.now, actor=Actor.system):
        pass
    staff, nobodys = clinic.gp.staff_id, absent()
    objects: dict[str, Any] = {
        "org_id": world.lead.id, "department_id": world.departments["cardiology"].id, "staff_id": staff,
        "alliance_id": world.alliance.id, "post_id": clinic.gp.post_id, "resident_id": her.id, "encounter_id": visit.id,
        "referral_id": up.id, "pool_id": pool.id, "resource_id": pool.resource_id, "booking_id": booking.id,
    }  # fmt: skip
    for name, label in NAMED.items():
        if name not in objects:
            newest = apps.get_model(label)._default_manager.order_by("-pk").values_list("pk", flat=True).first()
            assert newest is not None or label in NEVER_MADE, f"nothing in the living county made a {label}"
            objects[name] = newest or nobodys[name]
    return Living(clinic, objects | WORDS)


def _recognised(clinic: Clinic) -> None:
    """The township's blood sugar carries its mark; the hospital recognises it instead of a repeat."""
    now, her = clinic.world.now, clinic.resident
    recognisable.load_items(now)
    recognisable.evaluation(clinic.world.township, "glucose", on=now.date(), now=now)
    report = recognisable.glucose(her.id, clinic.world.township, days_ago=0, now=now)
    wish = recognition.Wish(item_code="lab-glucose", choice="recognised", report_id=report.id)
    recognition.decide(her.id, wish=wish, by=clinic.specialist)


def _care(clinic: Clinic) -> Any:
    """A contract, and a visit with everything that can be written down; somebody broke the glass for another person."""
    her, gp = clinic.resident, clinic.gp
    team = family_doctors.found_team(name="示例团队", leader_id=gp.staff_id, by=gp)
    contract = family_doctors.prepare(resident_id=her.id, team_id=team.id, doctor_id=gp.staff_id, by=gp)
    family_doctors.sign(contract_id=contract.id, consent=family_doctors.Consent(agreed_name=her.name), by=gp)
    visit = encounters.start_visit(her.id, by=gp, complaint="头晕三天")
    encounters.record_diagnoses(visit.id, by=gp, diagnoses=[DiagnosisEntry("I10.x00")])
    encounters.record_vitals(visit.id, by=gp, systolic=150, diastolic=90)
    encounters.write_note(visit.id, by=gp, text="血压偏高")
    encounters.add_allergy(her.id, by=gp, substance="青霉素")
    encounters.record_medication(her.id, by=gp, name="氨氯地平片", is_long_term=True)
    encounters.open_episode(her.id, by=gp, code="I10.x00", encounter_id=visit.id)
    residents.add_tag(her.id, by=gp, kind="hypertension")
    residents.add_phone(her.id, by=gp, number="13900000000")
    residents.add_guardian(her.id, by=gp, name="示例乙", relation="child")
    residents.issue_medium(her.id, by=gp, kind="health_card", number="H340199000001")
    stranger = people.resident("示例邻")
    residents.break_glass(stranger.id, by=gp, reason="昏迷送来，须知过敏史")
    return visit


def _capacity(clinic: Clinic) -> tuple[Any, Any]:
    """A session with a booking, a weekly plan, somebody who stayed away too often, somebody for whom nothing was free."""
    world = clinic.world
    registrar, manager = world.actor("registrar", org=world.lead), world.actor("resource_manager")
    pool = clinic.pool()
    capacity.set_weekly(
        resource_id=pool.resource_id, weekday=0, starts_time=time(8), ends_time=time(11), total=10, by=manager
    )
    full = clinic.pool(total=1, days=4, reserved=0)
    places.booking(full, by=registrar)
    referral = clinic.submitted(of=people.resident("示例丙"))
    referrals.accept_and_book(referral_id=referral.id, pool_ids=[full.id], by=clinic.specialist)
    absent = people.resident("示例丁")
    for days in (5, 6, 7):
        missed = clinic.pool(days=days)
        made = places.booking(missed, by=registrar, of=absent)
        capacity.no_show(booking_id=made.id, by=registrar.at(missed.ends_at + timedelta(hours=1)))
    return places.booking(pool, by=registrar, of=clinic.resident), pool


def _follow(clinic: Clinic, down: Any) -> None:
    follow_up = down.follow_ups.order_by("due_on").first()
    referrals.record_follow_up(follow_up_id=follow_up.id, findings=FINDINGS, by=clinic.gp)


def _doubt(clinic: Clinic) -> None:
    """Two twins of whom another system knows one under the other's name, and two entries that were one person."""
    registrar = clinic.world.actor("registrar", org=clinic.world.lead)
    for number in (0, 1):
        twins(registrar, number=number)
    settled = IdentityReview.objects.order_by("opened_at").first()
    residents.settle_review(settled.id, by=registrar, verdict="same", reason="本人到场")


def _asked(clinic: Clinic, visit: Any) -> None:
    """The resident says that a visit was not hers, asks to be entered as a guardian, and decides who is shown her record."""
    herself = factories.actor("resident", resident_id=clinic.resident.id).at(clinic.world.now)
    requests.dispute_entry(
        clinic.resident.id, by=herself, entry_kind="encounter", entry_id=visit.id, said="这次就诊不是我"
    )
    requests.ask_for_ward(by=herself, name="示例小宝", number=people.citizen_id(), relation="mother")
    said = residents.Said()
    residents.choose_sharing(
        clinic.resident.id, by=herself, said=said, is_permitted=False, party="org", org_id=clinic.world.outside.id
    )
    ends = residents.Said(ends_before=clinic.world.now.date() + timedelta(days=365))
    residents.agree_to_use(
        clinic.resident.id, by=herself, said=ends, purpose="research", recipient="示例研究所", purpose_text="血压研究"
    )


def _examined(clinic: Clinic) -> None:
    """A chest film of hers is ordered, taken, read with a finding that cannot wait, published; a broken file came too."""
    world = clinic.world
    centre = Centre(world, clinic.resident, is_family_doctor=False)
    system, manager = Actor.system(now=world.now), centre.director
    diagnostics.load_starter(by=system)
    shift = {"starts_at": world.now, "ends_at": world.now + timedelta(hours=8)}
    diagnostics.set_duty(staff_id=centre.reader.staff_id, category="imaging", by=manager, **shift)
    order = centre.ordered()
    images.store(images.film(order_number=order.number, study_uid=order.study_uid), world.township.id,
                 images.of(clinic.resident.id, order.number), by=system)  # fmt: skip
    diagnostics.claim(order.id, by=centre.reader)
    diagnostics.mark_finding(order.id, code="tension_pneumothorax", by=centre.reader)
    diagnostics.save_draft(
        order.id, lines=[("肺野", "左侧气胸")], conclusion="张力性气胸", is_abnormal=True, by=centre.reader
    )
    diagnostics.submit_report(order.id, by=centre.reader)
    diagnostics.verify(order.id, by=centre.second)
    device = {"ae_title": "DX_JIA", "name": "甲镇 DR", "modalities": "DX"}
    imaging.register_device(world.township.id, facts=device, by=world.actor("system_admin"))
    imaging.hold([b"no image"], reason="not-dicom", org_id=world.lead.id, by=system)
    limit = critical_values.LimitInput("potassium", "mmol/L", Decimal("2.8"), None, "检验科评审")
    critical_values.set_limit(entered=limit, starts_on=manager.today, by=manager)
    rung = critical_values.RungInput(5, world.lead.id, "总值班", role="manager")
    critical_values.set_rung(entered=rung, starts_on=manager.today, by=manager)


def _looked(clinic: Clinic) -> None:
    """Somebody opened a record in an emergency weeks ago, nothing followed, and it was found."""
    then = clinic.specialist.at(clinic.specialist.now - timedelta(weeks=6))
    stranger = people.resident("示例远")
    residents.break_glass(stranger.id, by=then, reason="路边昏倒送来，须知用药和过敏")
    access.open_record(stranger.id, by=then, what="record")
    day = then.today
    residents.search_reading(by=clinic.world.actor("audit_admin"), since=day, until=day)


def twins(registrar: Actor, *, number: int) -> None:
    """Somebody is entered, and then a system says of her number nearly the same under another given name."""
    known, said = (("示例春", "示例秋"), ("示例夏", "示例冬"))[number]
    born_on = registrar.today - timedelta(days=9_000 - number)
    same = {"born_on": born_on, "phone": "19912345678", "address": "3组12号"}
    people.resident(known, id_number="", **same)
    arrived = residents.Arrived(
        source="示例 HIS", local_number=f"P{number}", name=said, sex="female", village_code=people.VILLAGE, **same
    )
    residents.register_from_source(arrived, by=registrar)


def _curve(clinic: Clinic) -> None:
    """An electrocardiogram of hers."""
    by = clinic.gp
    recordings.receive(
        writing.part10(synthetic.recording()), resident_id=clinic.resident.id, order_number="", org_id=by.org_id,
        received_from="upload", by=by,
    )  # fmt: skip


def _paper(clinic: Clinic) -> None:
    """An agreement, a token, messages that went in, one that is held, and an import that waits to be confirmed."""
    world = clinic.world
    security, system = world.actor("security_admin"), world.actor("system_admin")
    orgs.sign_agreement(
        by=system, kind="support", from_org_id=world.lead.id, to_org_id=world.township.id,
        starts_on=world.now.date(), ends_before=world.now.date() + timedelta(days=90),
    )  # fmt: skip
    orgs.issue_token(by=security, post_id=clinic.gp.post_id, name="接口", days=30)
    document = adt.message("MDM^T02", "living-3", adt.pid(), adt.pv1(), adt.TXA, "OBX|1|TX|DS^出院小结||好转||||||F")
    parts = cda.structured(*(cda.section(title=title) for title in ("主诉", "诊疗过程", "出院医嘱")))
    shared = [cda.document(f"living-{n}", version=str(n), body=parts) for n in (1, 2)]
    for sent in (adt.adt("A01", "living-1", "20261110093000"), adt.oru("living-2"), document, *shared):
        messages.take_in(sent, by=Actor.system(now=world.now), file_name="示例.hl7")
    messages.take_in(samples.referral(), by=Actor.system(now=world.now), file_name="示例.hl7")
    imports.start(
        kind="residents",
        source="公卫系统",
        file_name="a.csv",
        content="档案编号,姓名,性别\nA1,示例甲,女".encode(),
        by=system,
    )
