"""Many at once: one code lives, one browser gets in, tries are not exceeded."""

from uuid import uuid4

from django.utils import timezone

from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Attempts
from tongmai.foundation.texting import sending, services
from tongmai.foundation.texting.errors import TooManyWrongCodes, TooSoon, WrongCode
from tongmai.foundation.texting.models import OneTimeCode
from tongmai.foundation.texting.services import Asker, Reached

NUMBER = "340199196005170021"
HER = Reached(uuid4(), "13900000000", "示例甲")
HERE = Asker("secret", "10.0.0.1")
N = 6


def _asked(monkeypatch):
    monkeypatch.setattr(services.rules, "new_code", lambda length: "424242")
    by = Actor.system(now=timezone.now())
    return services.ask(NUMBER, reached=HER, asker=HERE, by=by), by


def test_a_code_is_used_once(threads, monkeypatch):
    issued, by = _asked(monkeypatch)
    got = threads(N, lambda i: services.use(issued.code_id, "424242", number=NUMBER, asker=HERE, by=by))
    got.only_errors_of(WrongCode, TooManyWrongCodes)
    assert len(got.results) == 1
    assert OneTimeCode.objects.get().state == "used"


def test_tries_are_not_exceeded(threads, monkeypatch):
    issued, by = _asked(monkeypatch)
    got = threads(8, lambda i: services.use(issued.code_id, "000000", number=NUMBER, asker=HERE, by=by))
    got.only_errors_of(WrongCode, TooManyWrongCodes)
    assert OneTimeCode.objects.get().n_tries == 5
    assert Attempts.objects.filter(kind="factor").get().n_failures == 5


def test_one_code_lives(threads):
    by = Actor.system(now=timezone.now())
    got = threads(N, lambda i: services.ask(NUMBER, reached=HER, asker=HERE, by=by))
    got.only_errors_of(TooSoon)
    assert len(got.results) == 1
    assert OneTimeCode.objects.count() == 1


def test_two_workers_send_a_text_once(threads, monkeypatch):
    carried = []

    class Carrier:
        def send(self, phone, template, facts):
            carried.append(phone)

    monkeypatch.setattr(sending, "sender", Carrier)
    _issued, by = _asked(monkeypatch)
    threads(4, lambda i: sending.send_due(by)).only_errors_of()
    assert carried == [HER.phone]
