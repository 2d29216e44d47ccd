"""Each intent: success, each refusal, and nothing left behind after a failure."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from tongmai.care.critical_values import checks, errors, selectors, services, worklists
from tongmai.care.critical_values.models import CriticalValue, Notice, Transition
from tongmai.care.critical_values.tests import factories
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.models import Staff
from tongmai.foundation.texting.models import TextMessage
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed


@pytest.fixture
def ward(db):
    return factories.ward()


def _steps(value):
    return list(value.transitions.values_list("step", flat=True))


def test_a_value_is_told_to_the_doctor_and_to_the_site_at_once(ward):
    value = ward.told()
    assert value.state == "notified"
    assert {(n.staff_id, n.org_id) for n in Notice.objects.all()} == {
        (ward.gp.staff_id, ward.world.township.id),
        (None, ward.world.township.id),
    }
    assert value.due_at == ward.world.now + timedelta(minutes=10)
    assert _steps(value) == ["raise", "release"]


def test_heard_twice_it_is_raised_once(ward):
    first = ward.told()
    again = CriticalValue.objects.get(id=first.id)
    hit = factories.Hit(1, "potassium", "血钾", "9", "", "", factories.RuleKind.BY_HAND)
    origin = factories.Origin("by_hand", again.source_key, ward.world.lead.id, ward.world.now)
    ordered = factories.Ordered(ward.world.township.id)
    assert services.raise_value(ward.resident.id, hit=hit, origin=origin, ordered=ordered, by=ward.system) == first
    assert CriticalValue.objects.get().text == "2.5"
    assert Notice.objects.count() == 2


def test_the_whole_life(ward):
    value = ward.acted()
    value = services.close(value_id=value.id, by=ward.nurse)
    assert value.state == "closed"
    assert _steps(value) == ["raise", "release", "acknowledge", "act", "close"]
    assert (value.acknowledged_name, value.read_back, value.measure) == (ward.gp.name, "2.5", "treated")
    assert not list(checks.states())


def test_what_is_read_back_must_be_what_was_told(ward):
    value = ward.told()
    with pytest.raises(errors.ReadBackDiffers):
        services.acknowledge(value_id=value.id, read_back="5.2", by=ward.gp)
    assert CriticalValue.objects.get().state == "notified"
    assert _steps(value) == ["raise", "release"]


def test_the_second_to_acknowledge_is_told_who_did(ward):
    value = ward.acknowledged()
    with pytest.raises(errors.AlreadyAcknowledged) as refused:
        services.acknowledge(value_id=value.id, read_back="2.5", by=ward.nurse)
    assert refused.value.facts["name"] == ward.gp.name


def test_by_telephone_who_called_and_who_read_it_back_are_kept(ward):
    value = services.phone(value_id=ward.told().id, read_back="钾 2.5", to="示例护士长", by=ward.technician)
    assert (value.acknowledged_name, value.acknowledged_by_id) == ("示例护士长", ward.technician.user_id)
    with pytest.raises(InvalidInput):
        services.phone(value_id=ward.told().id, read_back="2.5", to=" ", by=ward.technician)
    with pytest.raises(StepNotAllowed):
        services.phone(value_id=ward.told().id, read_back="2.5", to="示例", by=ward.gp)


def test_acting_wants_a_measure_and_may_be_repeated(ward):
    value = ward.acknowledged()
    for wrong in ({"measure": "nothing"}, {"measure": "other"}):
        with pytest.raises(InvalidInput):
            services.act(value_id=value.id, by=ward.gp, **wrong)
    with pytest.raises(StepNotAllowed):
        services.act(value_id=value.id, measure="treated", by=ward.nurse)
    services.act(value_id=value.id, measure="treated", by=ward.gp)
    assert services.act(value_id=value.id, measure="referred", by=ward.gp).measure == "referred"
    assert _steps(value).count("act") == 2


def test_a_false_alarm_wants_a_reason_and_an_acknowledgement(ward):
    value = ward.told()
    with pytest.raises(StepNotAllowed):
        services.dismiss(value_id=value.id, reason="溶血", by=ward.gp)
    services.acknowledge(value_id=value.id, read_back="2.5", by=ward.gp)
    with pytest.raises(errors.ReasonMissing):
        services.dismiss(value_id=value.id, reason=" ", by=ward.gp)
    assert services.dismiss(value_id=value.id, reason="标本溶血，已复查正常", by=ward.gp).state == "false_alarm"


def test_nobody_elsewhere_knows_of_it(ward):
    with pytest.raises(NotFound):
        services.acknowledge(value_id=ward.told().id, read_back="2.5", by=ward.stranger)


def test_where_two_people_must_verify_nobody_is_told_before(ward, monkeypatch):
    plain = policy.value
    yes = plain("critical_values.texts", on=ward.gp.today)
    monkeypatch.setattr(policy, "value", lambda name, **k: yes if name.endswith("two_person") else plain(name, **k))
    value = ward.told()
    assert (value.state, Notice.objects.count()) == ("raised", 0)
    released = services.release(value_id=value.id, by=ward.technician)
    assert (released.state, Notice.objects.count()) == ("notified", 2)
    other = ward.told(by=ward.technician)
    with pytest.raises(errors.SamePerson):
        services.release(value_id=other.id, by=ward.technician)
    with pytest.raises(errors.ReasonMissing):
        services.reject(value_id=other.id, reason="", by=ward.reporter)
    assert services.reject(value_id=other.id, reason="标本错误", by=ward.reporter).state == "false_alarm"
    assert not list(checks.states())


def test_a_correction_is_written_down_and_closes_nothing(ward):
    value = services.correct(value_id=ward.told().id, text="4.5 mmol/L", by=ward.system)
    assert (value.state, value.is_corrected, value.corrected_text) == ("notified", True, "4.5 mmol/L")
    services.correct(value_id=value.id, text="4.5 mmol/L", by=ward.system)
    assert _steps(value).count("correct") == 1
    with pytest.raises(StepNotAllowed):
        services.correct(value_id=value.id, text="x", by=ward.gp)


def test_the_chain_goes_on_until_somebody_answers(ward):
    value = ward.told()
    taken = [services.escalate_due(ward.later(ward.system, minute)) for minute in (4, 5, 5.2, 11, 16, 20, 25, 26, 40)]
    assert taken == [0, 1, 0, 1, 1, 0, 1, 0, 1]
    minutes = list(value.transitions.filter(step="escalate").values_list("minutes", flat=True))
    assert minutes == [5, 10, 15, 25, 40]
    assert Notice.objects.filter(role="manager", org=ward.world.lead, minutes=10).exists()
    services.acknowledge(value_id=value.id, read_back="2.5", by=ward.later(ward.manager, 41))
    assert services.escalate_due(ward.later(ward.system, 41 + 29)) == 0, "from now on she has the time to act"


def test_a_worker_that_was_away_takes_each_rung_once(ward):
    value = ward.told()
    assert services.escalate_due(ward.later(ward.system, 600)) == 3
    assert services.escalate_due(ward.later(ward.system, 600)) == 1
    assert services.escalate_due(ward.later(ward.system, 600)) == 0
    assert value.transitions.filter(step="escalate").count() == 4


def test_a_clock_that_was_set_back_silences_nobody(ward):
    ahead = ward.told(by=ward.later(ward.system, 24 * 60))
    assert services.escalate_due(ward.system) == 1
    assert services.escalate_due(ward.later(ward.system, 5)) == 1
    assert ahead.transitions.filter(step="escalate").count() == 2


def test_texts_go_where_a_phone_is_known_and_say_nothing_of_the_person(ward):
    Staff.objects.filter(id=ward.gp.staff_id).update(phone="13900000001")
    with override_settings(SMS="console"):
        ward.told()
    assert TextMessage.objects.get().template == "critical_value"
    assert Notice.objects.get(staff_id=ward.gp.staff_id).n_texts == 1


def test_an_own_chain_takes_the_place_of_the_usual_one(ward):
    entered = services.RungInput(3, ward.world.lead.id, "总值班", staff_id=ward.specialist.staff_id)
    boss = ward.world.actor("manager", org=ward.world.township)
    rung = services.set_rung(entered=entered, starts_on=boss.today, by=boss)
    value = ward.told()
    services.escalate_due(ward.later(ward.system, 4))
    assert list(value.transitions.filter(step="escalate").values_list("minutes", flat=True)) == [3]
    assert Notice.objects.get(minutes=3).staff_id == ward.specialist.staff_id
    services.end_rung(rung_id=rung.id, by=boss)
    with pytest.raises(NotFound):
        services.end_rung(rung_id=rung.id, by=boss)
    with pytest.raises(NotPermitted):
        services.set_rung(entered=entered, starts_on=boss.today, by=ward.gp)
    with pytest.raises(InvalidInput):
        services.set_rung(
            entered=services.RungInput(0, ward.world.lead.id, "总值班"), starts_on=boss.today, by=boss
        )  # fmt: skip


def test_a_limit_is_changed_from_a_day_on_and_the_earlier_one_stays(ward):
    entered = services.LimitInput("potassium", "mmol/L", factories.Decimal("2.5"), None, "检验科 2026 年评审")
    first = services.set_limit(entered=entered, starts_on=ward.manager.today, by=ward.manager)
    again = services.set_limit(entered=entered, starts_on=ward.manager.today + timedelta(days=7), by=ward.manager)
    first.refresh_from_db()
    assert (first.ends_before, again.line_version) == (again.starts_on, 2)
    services.end_limit(limit_id=again.id, by=ward.manager)
    with pytest.raises(NotFound):
        services.end_limit(limit_id=again.id, by=ward.manager)
    shared = services.set_limit(entered=entered, starts_on=ward.manager.today, for_alliance=True, by=ward.manager)
    assert shared.alliance == ward.world.alliance
    boss = ward.world.actor("manager", org=ward.world.township)
    with pytest.raises(NotPermitted):
        services.set_limit(entered=entered, starts_on=boss.today, for_alliance=True, by=boss)
    for wrong in ({"low": factories.Decimal(9), "high": factories.Decimal(1)}, {"source": " "}, {"item": ""}):
        values = {"item": "potassium", "unit": "", "low": None, "high": None, "source": "x"} | wrong
        with pytest.raises(InvalidInput):
            services.set_limit(entered=services.LimitInput(**values), starts_on=boss.today, by=boss)


def test_a_drill_runs_the_whole_chain_without_a_patient(ward):
    township = ward.world.township.id
    value = services.start_drill(site_id=township, name="血钾", text="2.1", unit="mmol/L", by=ward.manager)
    assert (value.is_drill, value.resident_id, value.state) == (True, None, "notified")
    assert services.escalate_due(ward.later(ward.system, 6)) == 1
    services.acknowledge(value_id=value.id, read_back="2.1", by=ward.gp)
    services.act(value_id=value.id, measure="expected", by=ward.gp)
    assert services.close(value_id=value.id, by=ward.gp).state == "closed"
    with pytest.raises(NotPermitted):
        services.start_drill(site_id=township, name="血钾", text="2.1", by=ward.gp)
    with pytest.raises(InvalidInput):
        services.start_drill(site_id=township, name="血钾", text="", by=ward.manager)


@pytest.mark.parametrize("state", ["acknowledged", "acted", "closed", "false_alarm"])
def test_the_database_refuses_what_was_never_acknowledged(ward, state):
    value = ward.told()
    with pytest.raises(IntegrityError), transaction.atomic():
        CriticalValue.objects.filter(id=value.id).update(
            state=state, closed_at=ward.world.now, acted_at=ward.world.now, measure="treated", closed_because="x"
        )
    assert Transition.objects.count() == 2


def _minutes(value, state):
    return list(value.transitions.filter(step="escalate", from_state=state).values_list("minutes", flat=True))


def test_what_is_read_back_and_not_acted_on_goes_up_the_same_chain(ward):
    value = ward.told()
    services.escalate_due(ward.later(ward.system, 6))
    services.acknowledge(value_id=value.id, read_back="2.5", by=ward.later(ward.gp, 7))
    taken = [services.escalate_due(ward.later(ward.system, 7 + minute)) for minute in (29, 30, 31, 35, 46, 60, 75, 104)]
    assert taken == [0, 1, 0, 1, 2, 0, 1, 0]
    assert (_minutes(value, "notified"), _minutes(value, "acknowledged")) == ([5], [30, 35, 40, 45, 75])
    told = Notice.objects.filter(owed="action")
    assert told.get(minutes=30).staff_id == ward.gp.staff_id
    assert told.get(minutes=35).org == ward.world.township
    assert told.filter(minutes=40, role="manager", org=ward.world.lead).exists()
    services.act(value_id=value.id, measure="treated", by=ward.later(ward.gp, 120))
    assert services.escalate_due(ward.later(ward.system, 600)) == 0
    assert not list(checks.states())


def test_whoever_the_chain_reaches_may_act_and_it_waits_for_them_from_then_on(ward):
    value = ward.acknowledged()
    assert not selectors.waiting(ward.specialist).exists()
    services.escalate_due(ward.later(ward.system, 50))
    late = ward.later(ward.specialist, 50)
    assert selectors.waiting(late).get() == value
    assert worklists.counts(by=late) == {"critical_values": 1}
    assert worklists.waiting(by=late)[0].kind == "critical_values"
    assert selectors.next_escalation(CriticalValue.objects.get(), by=late) == ward.world.now + timedelta(minutes=75)
    services.act(value_id=value.id, measure="called", by=late)
    assert worklists.counts(by=late) == {"critical_actions": 1}


def test_of_a_call_that_was_written_down_the_whole_site_hears_when_nobody_acts(ward):
    value = services.phone(value_id=ward.told().id, read_back="2.5", to="示例护士长", by=ward.technician)
    assert services.escalate_due(ward.later(ward.system, 30)) == 1
    notice = Notice.objects.get(value=value, owed="action")
    assert (notice.staff_id, notice.org) == (None, ward.world.township)


def test_a_false_alarm_ends_the_second_clock_too(ward):
    value = ward.acknowledged()
    services.dismiss(value_id=value.id, reason="标本溶血", by=ward.gp)
    assert services.escalate_due(ward.later(ward.system, 600)) == 0


def test_a_clock_set_back_after_the_reading_back_silences_nobody(ward):
    value = ward.told()
    services.acknowledge(value_id=value.id, read_back="2.5", by=ward.later(ward.gp, 24 * 60))
    assert services.escalate_due(ward.system) == 1
    assert services.escalate_due(ward.later(ward.system, 5)) == 1
    assert _minutes(value, "acknowledged") == [30, 35]


def test_the_text_of_the_second_clock_says_that_nobody_acted(ward):
    Staff.objects.filter(id=ward.gp.staff_id).update(phone="13900000001")
    with override_settings(SMS="console"):
        ward.acknowledged()
        services.escalate_due(ward.later(ward.system, 30))
    assert sorted(TextMessage.objects.values_list("template", flat=True)) == ["critical_value", "critical_value_act"]
