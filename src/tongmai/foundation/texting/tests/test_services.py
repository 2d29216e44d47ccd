"""Codes: asked for, sent, entered, used once, in time, and by the browser that asked."""

import json
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import constant_time_compare

from tongmai.foundation.audit.models import Event
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.texting import sending, services
from tongmai.foundation.texting.errors import GatewayAway, TooManyCodes, TooManyWrongCodes, TooSoon, WrongCode
from tongmai.foundation.texting.models import OneTimeCode, TextMessage
from tongmai.foundation.texting.senders import NotCarried, Refused
from tongmai.foundation.texting.services import Asker, Reached

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NUMBER = "340199196005170021"
HER = Reached(uuid4(), "13900000000", "示例张小芳")
HERE = Asker("a-secret-of-this-browser", "10.0.0.1")


class Carrier:
    """A sender that keeps what it is given, or fails as it is told."""

    def __init__(self) -> None:
        self.carried, self.fails = [], None

    def send(self, phone, template, facts):
        if self.fails:
            raise self.fails
        self.carried.append((phone, dict(facts)))


@pytest.fixture
def carrier(db, monkeypatch):
    made = Carrier()
    monkeypatch.setattr(sending, "sender", lambda: made)
    return made


def at(seconds=0.0):
    return Actor.system(now=NOW + timedelta(seconds=seconds))


def ask(seconds=0.0, *, number=NUMBER, reached=HER, asker=HERE):
    return services.ask(number, reached=reached, asker=asker, by=at(seconds))


def use(issued, code, seconds=20.0, *, asker=HERE, number=NUMBER):
    return services.use(issued.code_id, code, number=number, asker=asker, by=at(seconds))


def sent(carrier, seconds=1.0):
    sending.send_due(at(seconds))
    return carrier.carried[-1][1]["code"]


def wrong(code):
    return "000000" if code != "000000" else "111111"


def test_a_code_is_sent_to_the_phone_and_lets_in_once(carrier):
    issued = ask()
    code = sent(carrier)
    phone, facts = carrier.carried[0]
    assert phone == HER.phone and facts == {"name": "示*芳", "code": code, "minutes": "5"}
    assert use(issued, code) == HER.resident_id
    with pytest.raises(WrongCode):
        use(issued, code)
    names = [name.partition(".")[2] for name in Event.objects.order_by("id").values_list("name", flat=True)]
    assert names == ["CodeAsked", "CodeUsed", "CodeRefused"]


def test_neither_code_nor_phone_is_kept_in_the_clear(carrier):
    ask()
    text = TextMessage.objects.get()
    assert text.sealed and HER.phone not in text.sealed
    code = sent(carrier)
    assert TextMessage.objects.get().sealed == ""
    kept = json.dumps([list(OneTimeCode.objects.values()), list(Event.objects.values("payload"))], default=str)
    assert code not in kept and NUMBER not in kept and HER.phone not in kept


@pytest.mark.parametrize("seconds", [299.9, 300.0])
def test_a_code_counts_for_its_life_and_no_longer(carrier, seconds):
    issued = ask()
    code = sent(carrier)
    if seconds < 300:
        assert use(issued, code, seconds)
    else:
        with pytest.raises(WrongCode):
            use(issued, code, seconds)


def test_another_browser_cannot_use_the_code(carrier):
    issued = ask()
    code = sent(carrier)
    with pytest.raises(WrongCode):
        use(issued, code, asker=Asker("another", HERE.address))
    assert OneTimeCode.objects.get().n_tries == 0, "others do not use up her tries"
    assert use(issued, code) == HER.resident_id


def test_wrong_codes_are_counted_and_the_right_one_comes_too_late(carrier):
    issued = ask()
    code = sent(carrier)
    for _ in range(4):
        with pytest.raises(WrongCode):
            use(issued, wrong(code))
    assert use(issued, code) == HER.resident_id


def test_five_wrong_codes_make_the_number_pause(carrier):
    issued = ask()
    code = sent(carrier)
    for _ in range(5):
        with pytest.raises(WrongCode):
            use(issued, wrong(code))
    with pytest.raises(TooManyWrongCodes) as pause:
        use(issued, code)
    assert pause.value.facts["minutes"] == 5
    again = ask(70)
    with pytest.raises(TooManyWrongCodes):
        use(again, sent(carrier, 71), 80)
    assert use(again, carrier.carried[-1][1]["code"], 340)


def test_a_code_has_its_own_limit_of_tries(carrier):
    issued = ask()
    code = sent(carrier)
    OneTimeCode.objects.update(n_tries=5)
    with pytest.raises(WrongCode):
        use(issued, code)


def test_the_newest_code_alone_counts(carrier):
    first = ask()
    old = sent(carrier)
    second = ask(61)
    new = sent(carrier, 62)
    with pytest.raises(WrongCode):
        use(first, old, 70)
    assert use(second, new, 70) == HER.resident_id


def test_a_replaced_code_is_not_sent_any_more(carrier):
    ask()
    ask(61)
    sending.send_due(at(62))
    assert len(carrier.carried) == 1


def test_the_next_code_waits_for_the_pause(carrier):
    ask()
    with pytest.raises(TooSoon) as wait:
        ask(20)
    assert wait.value.facts["seconds"] == 40
    assert ask(60)


def test_a_number_has_a_limit_for_the_day(carrier):
    for n in range(8):
        ask(n * 100)
        sending.send_due(at(n * 100 + 1))
    with pytest.raises(TooManyCodes):
        ask(900)
    assert ask(24 * 3600 + 1)


def test_an_address_has_a_limit_for_the_hour(carrier):
    for n in range(60):
        ask(n, number=f"{NUMBER[:-3]}{n:03}")
    with pytest.raises(TooManyCodes):
        ask(61, number="another")
    assert ask(61, number="another", asker=Asker("x", "10.0.0.2"))


def test_texts_that_never_went_out_do_not_count(carrier):
    for n in range(8):
        ask(n * 400)
        carrier.fails = NotCarried()
        sending.send_due(at(n * 400 + 1))
        sending.send_due(at(n * 400 + 290))
    carrier.fails = None
    assert ask(3600)


def test_a_number_that_reaches_nobody_costs_the_same_statements(carrier):
    ask(number="warms-up-the-policies")
    asked = {}
    for number, reached in (("known", HER), ("unknown", None)):
        with CaptureQueriesContext(connection) as queries:
            ask(number=number, reached=reached)
        asked[number] = [query["sql"].partition(" ")[0] for query in queries]
    assert asked["known"] == asked["unknown"]


@pytest.mark.parametrize("reached", [HER, None])
def test_a_number_that_reaches_nobody_is_answered_alike(carrier, reached):
    issued = ask(number="another", reached=reached)
    sending.send_due(at(1))
    text = TextMessage.objects.get(code__id=issued.code_id)
    assert (text.state, text.sealed) == ("sent", "")
    assert len(carrier.carried) == (1 if reached else 0)
    with pytest.raises(TooSoon):
        ask(10, number="another", reached=reached)
    with pytest.raises(WrongCode):
        use(issued, "no-code", number="another")


def test_nobody_is_let_in_by_a_code_to_nobody(carrier, monkeypatch):
    monkeypatch.setattr(services.rules, "new_code", lambda length: "424242")
    issued = ask(reached=None)
    with pytest.raises(WrongCode):
        use(issued, "424242")


def test_a_gateway_that_is_away_is_tried_again_while_the_code_counts(carrier):
    ask()
    carrier.fails = NotCarried("away")
    assert "away 1" in sending.send_due(at(1))
    assert sending.send_due(at(3)) == "", "it waits before the next try"
    carrier.fails = None
    assert "sent 1" in sending.send_due(at(7))
    assert len(carrier.carried) == 1


def test_while_the_gateway_is_away_no_code_is_made_and_none_counted(carrier):
    ask()
    carrier.fails = NotCarried("away")
    sending.send_due(at(1))
    for number, reached in ((NUMBER, HER), ("another", None)):
        with pytest.raises(GatewayAway):
            ask(70, number=number, reached=reached)
    assert OneTimeCode.objects.count() == 1
    assert ask(122), "after two minutes it is tried anew"


def test_an_expired_code_is_never_sent(carrier):
    ask()
    carrier.fails = NotCarried("away")
    sending.send_due(at(1))
    carrier.fails = None
    sending.send_due(at(275))
    assert carrier.carried == []
    text = TextMessage.objects.get()
    assert (text.state, text.sealed) == ("expired", "")


def test_one_refused_text_holds_nobody_up(carrier):
    ask(number="bad")
    carrier.fails = Refused("no such phone")
    assert "refused 1" in sending.send_due(at(1))
    carrier.fails = None
    ask(2)
    assert "sent 1" in sending.send_due(at(3))


def test_a_text_in_another_workers_hands_is_left_alone(carrier):
    ask()
    TextMessage.objects.update(claimed_until=NOW + timedelta(seconds=60))
    sending.send_due(at(1))
    assert not carrier.carried
    sending.send_due(at(61))
    assert len(carrier.carried) == 1


def test_without_a_gateway_nothing_is_made(db):
    with override_settings(SMS=""), pytest.raises(GatewayAway):
        ask()


def test_old_codes_are_forgotten(carrier):
    ask()
    sending.send_due(at(1))
    assert sending.forget_old(at(6 * 24 * 3600)) == 0
    assert sending.forget_old(at(8 * 24 * 3600)) == 1
    assert not OneTimeCode.objects.exists() and not TextMessage.objects.exists()


def test_the_database_refuses_nonsense(carrier):
    ask()
    row = OneTimeCode.objects.get()
    for change in ({"state": "used"}, {"n_tries": 6}, {"state": "odd"}, {"used_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OneTimeCode.objects.filter(id=row.id).update(**change)
    for change in ({"state": "sent"}, {"state": "expired"}, {"state": "odd", "sealed": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TextMessage.objects.update(**change)
    other = ask(number="another")
    with pytest.raises(IntegrityError), transaction.atomic():
        OneTimeCode.objects.filter(id=other.code_id).update(number_key=row.number_key)


def test_digests_are_compared_in_constant_time():
    assert services.constant_time_compare is constant_time_compare
