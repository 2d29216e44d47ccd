"""What a message leaves open: who is introduced, what names mean, what comes down, and the consent that is missing."""

from datetime import date

import pytest

from tongmai.care.referrals import services as referrals
from tongmai.care.referrals.models import Consent, Referral
from tongmai.commons.residents.models import KnownTo, Resident
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange import errors
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.hl7v2.tests.samples import NUMBER, down, referral
from tongmai.exchange.models import OrgMeaning
from tongmai.exchange.services import meanings, messages
from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, StepNotAllowed

SYSTEM = Actor.system(now=NOW)


@pytest.fixture
def coordinator(world):
    return world.actor(Role.REFERRAL_COORDINATOR)


def take_in(changes=None, raw=None):
    return messages.take_in(raw or referral(changes), by=SYSTEM)[0]


def what(message):
    return [fault.what for fault in message.faults.filter(n_try=message.n_tries)]


def correct(message, by, remember=False, **given):
    return messages.correct(message_id=message.id, by=by, given=Settled(**given), remember=remember)


class TestWhoIsUnknown:
    def test_a_whole_identity_is_introduced_and_the_message_goes_on(self, world):
        message = take_in()
        person = Resident.objects.get()
        assert (message.state, message.resident_id) == ("done", person.id)
        assert (person.name, person.sex, person.born_on.isoformat()) == ("示例周", "male", "1957-03-12")
        assert person.registered_org_id == world.township.id
        assert set(KnownTo.objects.values_list("org_id", flat=True)) == {world.township.id, world.lead.id}
        assert Event.objects.filter(name="residents.ResidentIntroduced", resident_id=person.id).count() == 1

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"|19570312|1|": "||1|"}, "incomplete-identity"),
            ({"|19570312|1|": "|19570312||"}, "incomplete-identity"),
            ({"|19570312|": "|19570313|"}, "contradicting-birth"),
            ({"|19570312|1|": "|19570312|2|"}, "contradicting-sex"),
            ({NUMBER: "340199195703120011"}, "bad-number"),
            ({NUMBER: ""}, "unknown-resident"),
        ],
        ids=lambda v: str(v)[-24:],
    )
    def test_what_is_incomplete_or_contradicts_is_held_with_the_reason(self, world, changes, expected):
        message = take_in(changes)
        assert (message.state, what(message)) == ("held", [expected])
        assert not Resident.objects.exists()

    def test_nobody_is_introduced_while_anything_else_is_open(self, world):
        assert take_in({"|甲镇卫生院|": "|某卫生院|"}).state == "held"
        assert not Resident.objects.exists()

    def test_who_was_introduced_is_taken_back_with_a_refused_referral(self, world):
        message = take_in({"UP^上转": "DOWN^下转", "示例周||": "示例周||"}, raw=down({"DOWN^下转": "UP^上转"}))
        assert (message.state, what(message), message.resident_id) == ("held", ["refused"], None)
        assert not Resident.objects.exists()

    def test_a_hospitals_own_number_needs_the_day_of_birth_beside_the_name(self, world):
        residents.resident("示例周", born_on=date(1957, 3, 13), sex="male", id_kind="health_file", id_number="000826")
        assert what(take_in({NUMBER: ""})) == ["other-birth"]

    def test_she_is_registered_in_place_with_another_document(self, world, coordinator):
        message = take_in({NUMBER: ""})
        person = messages.Person(id_kind="passport", id_issuer="USA", id_number="E12345678")
        done = messages.register_patient(message_id=message.id, by=coordinator, person=person)
        assert (done.state, Resident.objects.get().name) == ("done", "示例周")


class TestWhatNamesMean:
    def test_a_choice_is_remembered_and_the_next_message_passes(self, world, coordinator):
        first = take_in({"|甲镇卫生院|": "|某院|"})
        assert correct(first, coordinator, remember=True, sender_id=world.township.id).state == "done"
        said = OrgMeaning.objects.get()
        assert (said.system, said.text, said.org_id) == ("EHR/某院", "某院", world.township.id)
        second = {"|甲镇卫生院|": "|某院|", "|m-1|": "|m-2|", "ZZ1^JZ": "ZZ2^JZ", "I20.000": "K63.3"}
        assert take_in(second).state == "done"

    def test_without_the_wish_nothing_is_remembered(self, world, coordinator):
        correct(take_in({"|甲镇卫生院|": "|某院|"}), coordinator, sender_id=world.township.id)
        assert not OrgMeaning.objects.exists()

    def test_it_holds_for_its_own_system_only(self, world):
        meanings.remember(system="HIS/某院", text="某院", org_id=world.township.id, by=SYSTEM)
        assert take_in({"|甲镇卫生院|": "|某院|"}).state == "held"

    def test_an_application_alone_stands_for_all_its_facilities(self, world):
        meanings.remember_named(system="EHR", text="某院", org=world.township.name, by=SYSTEM)
        assert take_in({"|甲镇卫生院|": "|某院|"}).state == "done"

    def test_what_a_person_said_goes_before_the_directory(self, world):
        meanings.remember(system="EHR", text="甲镇卫生院", org_id=world.village.id, by=SYSTEM)
        take_in()
        assert Referral.objects.get().sender_id == world.village.id

    def test_said_twice_it_is_one_and_said_anew_it_is_replaced(self, world):
        for org in (world.township, world.township, world.village):
            meanings.remember(system="EHR", text="某院", org_id=org.id, by=SYSTEM)
        assert OrgMeaning.objects.get().org_id == world.village.id
        assert Event.objects.filter(name="exchange.MeaningRemembered").count() == 2

    def test_it_is_forgotten_by_who_may(self, world, coordinator):
        said = meanings.remember(system="EHR", text="某院", org_id=world.township.id, by=coordinator)
        with pytest.raises(NotFound):
            meanings.forget(meaning_id=said.id, by=world.actor(Role.REFERRAL_COORDINATOR, org=world.stranger))
        meanings.forget(meaning_id=said.id, by=coordinator)
        assert not OrgMeaning.objects.exists()

    def test_refusals(self, world, coordinator):
        with pytest.raises(NotPermitted):
            meanings.remember(system="E", text="x", org_id=world.lead.id, by=world.actor(Role.NURSE))
        with pytest.raises(InvalidInput):
            meanings.remember(system="E", text=" ", org_id=world.lead.id, by=coordinator)
        with pytest.raises(errors.UnknownOrg):
            meanings.remember_named(system="E", text="x", org="没有的医院", by=SYSTEM)


class TestWhatComesDown:
    def test_a_whole_plan_becomes_a_down_referral(self, world):
        message = take_in(raw=down())
        made = Referral.objects.get()
        assert (message.state, made.direction, made.state) == ("done", "down", "submitted")
        assert (made.sender_id, made.receiver_id) == (world.lead.id, world.township.id)
        assert (made.plan.group, made.plan.discharge_summary) == ("acute_recovery", "胸痛缓解，血压平稳。")
        assert made.plan.red_flags == "胸痛复发立即就医"
        told = [(m.name, m.dose, m.frequency) for m in made.plan.medicines.all()]
        assert told == [("阿司匹林肠溶片", "100 mg", "每日一次"), ("美托洛尔片", "25mg", "每日两次")]
        assert [(i.text, i.who) for i in made.plan.items.all()] == [
            ("一周后复查心电图", "township"),
            ("两周后测血压", "township"),
        ]

    def test_without_the_word_the_levels_say_which_way(self, world):
        assert take_in(raw=down({"DOWN^下转": ""})).state == "done"
        assert Referral.objects.get().direction == "down"

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"急性病恢复期": "病情平稳"}, "no-down-group"),
            ({"出院小结：": "小结 "}, "no-down-summary"),
            ({"用药：": "药 ", "后续安排：": "安排 ", "RXE|": "ZXE|"}, "no-down-plan"),
        ],
        ids=lambda v: str(v)[-20:],
    )
    def test_what_is_lacking_is_held_and_supplied_in_place(self, world, coordinator, changes, expected):
        message = take_in(raw=down(changes))
        assert (message.state, what(message)) == ("held", [expected])
        given = {
            "no-down-group": {"down_group": "acute_recovery"},
            "no-down-summary": {"discharge_summary": "好转出院"},
            "no-down-plan": {"arrangements": "一周后复查\n两周后随访"},
        }[expected]
        assert correct(message, coordinator, **given).state == "done"

    @pytest.mark.parametrize("wrong", [{"direction": "sideways"}, {"down_group": "other"}])
    def test_a_choice_that_there_is_not_is_refused(self, world, coordinator, wrong):
        with pytest.raises(InvalidInput):
            correct(take_in({NUMBER: ""}), coordinator, **wrong)

    def test_the_same_number_again_is_one_referral(self, world):
        take_in(raw=down())
        assert take_in(raw=down({"|d-1|": "|d-2|"})).state == "done"
        assert Referral.objects.count() == 1

    def test_without_rf1_a_person_says_the_way(self, world, coordinator):
        message = take_in({"RF1|P": "ZF1|P"})
        assert what(message) == ["no-referral-segment"]
        assert correct(message, coordinator, direction="up", reason="胸痛").state == "done"


class TestTheConsentThatIsMissing:
    def arrive(self, world, referral_id, role=Role.NURSE):
        return referrals.arrive(referral_id=referral_id, by=world.actor(role, org=world.lead))

    def accepted(self, world, changes=None):
        message = take_in({"A^急诊": "R^普通"} | (changes or {}))
        return referrals.accept(referral_id=message.referral_id, by=world.actor(Role.SPECIALIST))

    def given(self, **changes):
        return referrals.Given(**({"relation": "self", "how": "signature", "agreed_name": "示例周"} | changes))

    def test_it_is_written_down_as_missing_and_names_nobody(self, world):
        take_in()
        consent = Referral.objects.get().consent
        assert (consent.how, consent.relation, consent.agreed_name) == ("not_transmitted", "nobody", "")
        assert "ZZ1" in consent.note

    def test_the_receiver_answers_but_nobody_arrives_without_it(self, world):
        referral = self.accepted(world)
        with pytest.raises(StepNotAllowed):
            self.arrive(world, referral.id)

    def test_once_obtained_she_arrives_and_both_rows_stay(self, world):
        referral = self.accepted(world)
        nurse = world.actor(Role.NURSE, org=world.lead)
        done = referrals.record_consent(referral_id=referral.id, consent_given=self.given(), by=nurse)
        assert (done.consent.how, done.consent.replaces.how) == ("signature", "not_transmitted")
        assert Consent.objects.count() == 2
        assert self.arrive(world, referral.id).state == "arrived"
        with pytest.raises(StepNotAllowed):
            referrals.record_consent(referral_id=referral.id, consent_given=self.given(), by=nurse)

    @pytest.mark.parametrize("wrong", [{"how": "not_transmitted"}, {"agreed_name": ""}, {"how": "emergency"}])
    def test_a_person_cannot_say_that_it_is_missing_or_half_of_it(self, world, wrong):
        referral = self.accepted(world)
        with pytest.raises(InvalidInput):
            referrals.record_consent(
                referral_id=referral.id, consent_given=self.given(**wrong), by=world.actor(Role.SPECIALIST)
            )

    def test_an_emergency_goes_first_and_is_not_closed_without_it(self, world):
        doctor = world.actor(Role.SPECIALIST)
        message = take_in()
        referrals.accept(referral_id=message.referral_id, by=doctor)
        self.arrive(world, message.referral_id)
        steps = referrals.record_consent(
            referral_id=message.referral_id,
            consent_given=self.given(relation="nobody", how="emergency", agreed_name="", note="意识不清，无家属"),
            by=doctor,
        )
        assert steps.consent.how == "emergency"

    def test_who_came_down_is_not_received_without_it(self, world):
        message = take_in(raw=down())
        doctor = world.actor(Role.GENERAL_PRACTITIONER)
        referrals.accept(referral_id=message.referral_id, by=doctor)
        with pytest.raises(StepNotAllowed):
            referrals.receive(referral_id=message.referral_id, by=doctor)
        referrals.record_consent(referral_id=message.referral_id, consent_given=self.given(), by=doctor)
        assert referrals.receive(referral_id=message.referral_id, by=doctor).state == "received"

    def test_the_page_shows_it_and_takes_it(self, world, client):
        from django.urls import reverse

        from tongmai.foundation.orgs.tests.factories import sign_in_as

        referral = self.accepted(world)
        sign_in_as(client, Role.SPECIALIST, org=world.lead)
        page = client.get(reverse("referrals:detail", args=[referral.id])).content.decode()
        assert "知情同意待取得" in page
        address = reverse("referrals:consent", args=[referral.id])
        assert address in page
        assert client.get(address).status_code == 200
        assert client.post(address, {"consent_how": "signature"}).status_code == 422
        sent = {"consent_how": "signature", "consent_relation": "self", "consent_name": "示例周"}
        assert client.post(address, sent).status_code == 302
        assert client.get(address).status_code == 409
