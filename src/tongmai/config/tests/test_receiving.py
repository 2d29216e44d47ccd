"""`tongmai receive`: exit codes, what is printed, mappings, and real messages on the county of the demonstration."""

import json
from datetime import date

import pytest

from tongmai.care.referrals.models import Referral
from tongmai.commons.residents.models import Resident
from tongmai.config import cli
from tongmai.config.demo import places
from tongmai.config.demo.clock import at
from tongmai.config.demo.command import DEFAULT
from tongmai.config.demo.county import load
from tongmai.exchange.hl7v2.resolving import Settled
from tongmai.exchange.hl7v2.tests.samples import NUMBER, referral
from tongmai.exchange.models import InboundMessage, OrgMeaning
from tongmai.exchange.services import messages
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

UP, FOREIGN = "06_REF_I12_referral_up.utf8.hl7", "REF-I12-01.hl7"


@pytest.fixture
def county(db):
    """A small county: the sample's organisations are in it, its patient is not."""
    from tongmai.foundation.catalog.tests import factories as catalog

    made = orgs.county_world()
    orgs.kinds()
    catalog.edition(rows=[("I20.0", "不稳定性心绞痛")])
    return made


def received(*words, capsys):
    status = cli.main(["receive", "--json", *map(str, words)])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def file(folder, changes=None):
    path = folder / "a.hl7"
    path.write_bytes(referral(changes))
    return path


def test_a_message_that_becomes_a_referral_answers_0_and_again_0(county, tmp_path, capsys):
    for is_repeated in (False, True):
        status, (one,) = received(file(tmp_path), capsys=capsys)
        assert (status, one["state"], one["is_repeated"]) == (0, "done", is_repeated)
    assert Referral.objects.count() == 1


def test_a_held_one_answers_1_and_says_why_in_words(county, tmp_path, capsys):
    assert cli.main(["receive", str(file(tmp_path, {NUMBER: ""}))]) == 1
    said = capsys.readouterr().out
    assert "待人工处理" in said
    assert "没有找到这位患者" in said


def test_what_cannot_be_read_answers_1(county, tmp_path, capsys):
    status, (gone, bad) = received(tmp_path / "gone.hl7", _bad(tmp_path), capsys=capsys)
    assert (status, gone["state"], bad["state"]) == (1, "unread", "rejected")


def _bad(folder):
    path = folder / "b.hl7"
    path.write_bytes(b"nothing")
    return path


def test_a_mapping_lets_the_held_one_and_the_next_pass(county, tmp_path, capsys):
    path = file(tmp_path, {"|甲镇卫生院|": "|X-17|"})
    status, (one,) = received(path, capsys=capsys)
    assert (status, one["faults"][0]["what"]) == (1, "unknown-sender")
    status, (one,) = received(path, "--map", f"EHR:X-17={county.township.code}", capsys=capsys)
    assert (status, one["state"]) == (0, "done")
    assert OrgMeaning.objects.count() == 1


@pytest.mark.parametrize("wrong", ["EHR:X-17", "X-17=甲镇卫生院", "EHR:X-17=没有的医院", ":X=甲镇卫生院"])
def test_a_wrong_mapping_answers_2_and_nothing_is_taken(county, tmp_path, capsys, wrong):
    good = f"EHR:X-18={county.township.name}"
    assert cli.main(["receive", str(file(tmp_path)), "--map", good, "--map", wrong]) == 2
    assert capsys.readouterr().err
    assert not OrgMeaning.objects.exists()
    assert not InboundMessage.objects.exists()


class TestRealMessagesOnTheCountyOfTheDemonstration:
    @pytest.fixture
    def lujiang(self, db):
        return places.build(load(DEFAULT), now=at(date(2026, 11, 20), 15))

    def test_both_go_in(self, lujiang, shared_data, tmp_path, capsys):
        folder = shared_data / "hl7v2"
        up, foreign = folder / "chinese_style" / UP, folder / "fhir_converter" / FOREIGN
        status, (one,) = received(up, "--out", tmp_path, capsys=capsys)
        assert (status, one["state"]) == (0, "done")
        made = Referral.objects.get()
        assert (made.sender.name, made.receiver.name) == ("庐江县汤池镇中心卫生院", "庐江县中医院")
        assert (made.urgency, made.consent.how) == ("emergency", "not_transmitted")
        assert Resident.objects.get().name == "周文海"

        status, (one,) = received(foreign, "--out", tmp_path, capsys=capsys)
        whats = {fault["what"] for fault in one["faults"]}
        assert (status, whats) == (1, {"unknown-sender", "unknown-receiver", "unknown-resident", "unknown-diagnosis"})
        maps = ["--map", "GHH:2.16.840.1.122848.1.30=汤池镇卫生院", "--map", "GHH:RHHFacility=县中医院"]
        status, (one,) = received(foreign, "--out", tmp_path, *maps, capsys=capsys)
        assert {fault["what"] for fault in one["faults"]} == {"unknown-resident", "unknown-diagnosis"}
        self._settle(one["message_id"])
        status, (one,) = received(foreign, "--out", tmp_path, capsys=capsys)
        assert (status, one["state"], one["is_repeated"]) == (0, "done", True)
        assert Referral.objects.filter(diagnosis_code="K63.500", resident__name="ADAM EVERYMAN").count() == 1

    def _settle(self, message_id):
        """What the coordinator of the receiver does on the page of the held message."""
        receiver = Org.objects.get(name="庐江县中医院")
        by = orgs.actor(Role.REFERRAL_COORDINATOR, org=receiver)
        messages.correct(message_id=message_id, by=by, given=Settled(diagnosis_code="K63.500"))
        person = messages.Person(id_kind="temporary", id_issuer="GHH", id_number="PATID1234")
        assert messages.register_patient(message_id=message_id, by=by, person=person).state == "done"

    def test_every_other_file_goes_in_or_says_why_not(self, lujiang, shared_data, tmp_path, capsys):
        folders = [f for f in sorted((shared_data / "hl7v2").iterdir()) if f.is_dir()]
        _, outcomes = received(*folders, "--out", tmp_path, capsys=capsys)
        taken = {o["file"].rpartition("/")[2]: o["state"] for o in outcomes if o["state"] != "rejected"}
        assert (taken[UP], taken[FOREIGN]) == ("done", "held")
        assert all(o["faults"][0]["problem"] for o in outcomes if o["state"] != "done")
