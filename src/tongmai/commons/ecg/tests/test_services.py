"""Keeping recordings: once, measured, linked to the right person or held."""

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.ecg import orders, selectors, services, synthetic, writing
from tongmai.commons.ecg.choices import Standing
from tongmai.commons.ecg.errors import ElsewhereAlready, NotWaiting
from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.models import Measurement, Pattern, Recording
from tongmai.commons.ecg.rules import PatternCode, Urgency
from tongmai.commons.ecg.synthetic import Truth
from tongmai.commons.ecg.tracing import Subject, Value
from tongmai.commons.residents.tests import factories as residents
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted

pytestmark = pytest.mark.django_db


def file_of(truth: Truth = synthetic.PLAIN, **said) -> bytes:
    return writing.part10(synthetic.recording(truth, subject=Subject(**said)))


@pytest.fixture
def world():
    return orgs.county_world()


@pytest.fixture
def doctor(world):
    return world.actor(Role.VILLAGE_DOCTOR)


@pytest.fixture
def person(world):
    return residents.resident("示例甲")


def receive(content, person, by, order_number=""):
    return services.receive(
        content, resident_id=person.id if person else None, order_number=order_number, org_id=by.org_id,
        received_from="upload", by=by,
    )  # fmt: skip


def names():
    return [name for name in Event.objects.order_by("id").values_list("name", flat=True) if name.startswith("ecg.")]


class TestReceive:
    def test_a_recording_is_kept_measured_and_linked(self, doctor, person):
        content = file_of()
        kept = receive(content, person, doctor)
        assert (kept.standing, kept.resident_id, kept.proposed_id) == ("linked", person.id, person.id)
        assert bytes(Recording.objects.get().content) == content
        found = selectors.values_of(kept)["computer"]
        assert abs(found[Value.RATE] - 70) < 1 and abs(found[Value.PR] - 160) < 15
        assert len(selectors.levels_of(kept)) == 12
        assert names() == ["ecg.RecordingArrived"]

    def test_the_same_file_twice_is_one_recording(self, doctor, person):
        assert receive(file_of(), person, doctor) == receive(file_of(), person, doctor)
        assert names() == ["ecg.RecordingArrived"]

    def test_what_is_elsewhere_stays_there(self, doctor, person):
        receive(file_of(), person, doctor)
        with pytest.raises(ElsewhereAlready):
            receive(file_of(), residents.resident("示例乙"), doctor)

    def test_a_file_of_somebody_else_is_held(self, doctor, person):
        kept = receive(file_of(name="示例乙", sex="male"), person, doctor)
        assert (kept.standing, kept.resident_id, kept.doubts) == ("held", None, "name sex")
        assert names() == ["ecg.RecordingHeld"]
        assert selectors.n_held(by=doctor) == 1

    def test_a_file_of_nobody_is_held_and_finds_its_person_later(self, doctor, person):
        assert receive(file_of(), None, doctor).doubts == "nobody"
        assert receive(file_of(), person, doctor, "A1").standing == "linked"
        assert Recording.objects.get().order_number == "A1"

    def test_another_order_number_in_the_file_is_a_doubt(self, doctor, person):
        tracing = synthetic.recording()
        object.__setattr__(tracing, "order_number", "A2")
        kept = receive(writing.part10(tracing), person, doctor, "A1")
        assert kept.doubts == "order"

    def test_a_bad_file_leaves_nothing(self, doctor, person):
        with pytest.raises(Unreadable):
            receive(b"GIF89a", person, doctor)
        with pytest.raises(InvalidInput):
            receive(file_of(), person, doctor, "A" * 17)
        assert not Recording.objects.exists() and not names()

    def test_not_everybody_takes_electrocardiograms(self, world, person):
        with pytest.raises(NotPermitted):
            receive(file_of(), person, world.actor(Role.REGISTRAR))

    def test_a_resident_must_exist(self, doctor, world):
        with pytest.raises(NotFound):
            services.receive(
                file_of(),
                resident_id=world.lead.id,
                order_number="",
                org_id=doctor.org_id,
                received_from="x",
                by=doctor,
            )

    def test_a_program_may_bring_one(self, world, person):
        kept = services.receive(
            file_of(), resident_id=person.id, order_number="A1", org_id=world.lead.id, received_from="ECG1",
            by=world.actor(Role.SYSTEM),
        )  # fmt: skip
        assert kept.received_by_id is None
        assert selectors.recordings_of_order("A1") == [kept.id]


class TestPatterns:
    def test_a_lifted_st_calls_somebody(self, doctor, person):
        receive(file_of(Truth(st_uv=synthetic.INFERIOR_STEMI)), person, doctor, "A1")
        said = Event.objects.get(name="ecg.PatternMeasured").payload
        assert said["pattern"] == PatternCode.STEMI_SUSPECTED and said["order_number"] == "A1"
        assert Pattern.objects.get(code="stemi_suspected").detail == "II III aVF"
        assert selectors.urgency_of_order("A1") == Urgency.CRITICAL

    def test_a_slow_heart_calls_somebody(self, doctor, person):
        receive(file_of(Truth(rate_bpm=36, qt_ms=450)), person, doctor)
        assert Event.objects.get(name="ecg.PatternMeasured").payload["pattern"] == "rate_below_40"

    def test_an_irregular_one_only_sorts(self, doctor, person):
        receive(file_of(Truth(rr_spread=0.3, has_p=False, rate_bpm=90, qt_ms=350)), person, doctor, "A1")
        assert [p.code for p in Pattern.objects.all()] == ["irregular"]
        assert names() == ["ecg.RecordingArrived"]
        assert selectors.urgency_of_order("A1") == Urgency.SOON

    def test_the_value_of_the_device_goes_first(self, doctor, person):
        tracing = synthetic.recording()
        object.__setattr__(tracing, "measured", {Value.RATE: 35.0})
        receive(writing.part10(tracing), person, doctor)
        assert {p.code for p in Pattern.objects.all()} == {"rate_below_40"}
        assert Measurement.objects.filter(code="rate").count() == 2

    def test_held_ones_call_nobody(self, doctor, person):
        receive(file_of(Truth(st_uv=synthetic.INFERIOR_STEMI), name="示例乙"), person, doctor)
        assert names() == ["ecg.RecordingHeld"]

    def test_sex_and_age_decide_in_front(self, doctor):
        lifted = Truth(st_uv={"V2": 180, "V3": 180})
        receive(file_of(lifted, number="1"), residents.resident("示例女", sex="female"), doctor)
        receive(file_of(lifted, number="2"), residents.resident("示例男", sex="male"), doctor)
        assert [p.recording.resident.name for p in Pattern.objects.filter(code="stemi_suspected")] == ["示例女"]


class TestSettling:
    @pytest.fixture
    def waiting(self, doctor, person):
        return receive(file_of(Truth(st_uv=synthetic.INFERIOR_STEMI), name="示例乙"), person, doctor)

    def test_a_person_links_it(self, waiting, person, doctor):
        services.link(waiting.id, resident_id=person.id, order_number="A7", reason="设备上选错了人", by=doctor)
        row = Recording.objects.get()
        assert (row.standing, row.resident_id, row.order_number) == ("linked", person.id, "A7")
        assert (row.settled_by_id, row.settled_reason) == (doctor.user_id, "设备上选错了人")
        assert names()[-2:] == ["ecg.RecordingArrived", "ecg.PatternMeasured"]

    def test_it_is_linked_once_and_with_a_reason(self, waiting, person, doctor):
        with pytest.raises(InvalidInput):
            services.link(waiting.id, resident_id=person.id, reason=" ", by=doctor)
        services.link(waiting.id, resident_id=person.id, reason="x", by=doctor)
        with pytest.raises(NotWaiting):
            services.link(waiting.id, resident_id=person.id, reason="x", by=doctor)

    def test_elsewhere_it_is_not_found(self, waiting, person, world):
        with pytest.raises(NotFound):
            services.link(waiting.id, resident_id=person.id, reason="x", by=world.actor(Role.GENERAL_PRACTITIONER))

    def test_a_person_sets_it_aside(self, waiting, doctor, person):
        services.set_aside(waiting.id, reason="测试用", by=doctor)
        assert Recording.objects.get().standing == Standing.SET_ASIDE
        assert (
            receive(file_of(Truth(st_uv=synthetic.INFERIOR_STEMI), name="示例乙"), person, doctor).resident_id is None
        )

    def test_a_wrong_link_is_taken_back(self, doctor, person):
        kept = receive(file_of(Truth(st_uv=synthetic.INFERIOR_STEMI)), person, doctor)
        services.unlink(kept.id, reason="不是她的", by=doctor)
        row = Recording.objects.get()
        assert (row.standing, row.resident_id, row.doubts) == ("held", None, "nobody")
        assert not Pattern.objects.exists()
        with pytest.raises(NotWaiting):
            services.unlink(kept.id, reason="x", by=doctor)


class TestConstraints:
    def test_the_database_refuses_nonsense(self, doctor, person):
        kept = receive(file_of(), person, doctor)
        for change in ({"resident": None}, {"standing": "held"}, {"standing": "x"}, {"format": "x"}, {"n_samples": 0}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Recording.objects.filter(id=kept.id).update(**change)
        for row in (
            Measurement(recording=kept, source="computer", code="rate", number=1),
            Measurement(recording=kept, source="x", code="rate", number=1),
            Measurement(recording=kept, source="device", code="x", number=1),
            Pattern(recording=kept, code="x"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()


def test_an_order_number_that_nobody_knows_means_nothing():
    assert orders.by_number("") is None
    assert orders.by_number("NOSUCH") is None


def test_doubts_are_said_before_anything_is_kept(db, person):
    tracing = services.look(file_of(name="示例乙"))
    assert services.doubts_about(tracing, person) == ("name",)
