"""No log, no stored failure, no error page and no output of a job holds anything of a person.

The county of these tests was lived in while everything of ours logged at DEBUG, with a subscriber and a job that choked
on all of her data.
"""

import io
import logging

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client

from tests.meta import routes
from tests.privacy import planted
from tongmai.commons.residents.tests import factories as people
from tongmai.config import logs
from tongmai.config.jobs import JOBS
from tongmai.foundation.audit import worker
from tongmai.foundation.audit.models import Delivery, JobRun
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    """What a server's log would hold, with everything of ours and of Django's requests at its most talkative."""
    stream, line = io.StringIO(), settings.LOGGING["formatters"]["line"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Line(line["format"]))
    loggers = [logging.getLogger(name) for name in ("tongmai", "django.request", "django.security", "django.server")]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield stream
    for logger, level in before:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _found(county, text):
    return [words for words in county.everything() if words in text]


def test_the_log_of_the_main_journeys_says_nothing_of_her(county, written):
    with transaction.atomic():
        namesake = people.resident(planted.PERSONAL["name"], phone=planted.PERSONAL["phone"], by=county.lived.clinic.gp)
        planted._treat(county.lived.clinic, namesake)
        planted._book(county.lived.clinic, namesake, first_day=11)
        planted.fail(county)
        _walk(county)
        for job in JOBS:
            worker.run_jobs([job], now=county.world.now, actor=Actor.system)
        transaction.set_rollback(True)
    text = written.getvalue()
    assert "failed" in text and "Unprocessable" in text, "nothing was logged: the test proves nothing"
    assert not _found(county, text)


def test_stored_failures_and_what_jobs_say_hold_nothing_of_her(county):
    with transaction.atomic():
        for job in JOBS:
            worker.run_jobs([job], now=county.world.now, actor=Actor.system)
        kept = [*Delivery.objects.values_list("last_error", flat=True)]
        kept += [text for row in JobRun.objects.values_list("said", "last_error") for text in row]
        transaction.set_rollback(True)
    assert any("which led to" in text for text in kept)
    assert not _found(county, "\n".join(kept))


def test_a_broken_page_says_nothing_and_sends_no_mail(county, written, monkeypatch):
    def breaks(*_args, **_more):
        raise ValueError(" ".join(county.everything()))

    monkeypatch.setattr("tongmai.commons.residents.selectors.search", breaks)
    client = Client(raise_request_exception=False)
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=county.world.township)
    page = client.post("/search/", {"q": planted.PERSONAL["name"]}, headers={"HX-Request": "true"})
    api = client.post("/api/v1/residents/search/", {"q": planted.PERSONAL["name"]}, content_type="application/json")
    assert (page.status_code, api.status_code) == (500, 500)
    assert not _found(county, page.content.decode() + api.content.decode())
    assert "ValueError" in written.getvalue() and not _found(county, written.getvalue())
    assert not mail.outbox


def test_django_writes_no_mail_and_no_statements():
    configured = settings.LOGGING["loggers"]
    assert configured["django"]["handlers"] == [] and configured["django.db.backends"]["level"] == "INFO"
    assert not any("AdminEmailHandler" in str(handler) for handler in logging.getLogger("django").handlers)
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"line"}


def _walk(county):
    """The pages of people once, and what is refused, too."""
    client = Client(raise_request_exception=False)
    factories.sign_in_as(client, Role.GENERAL_PRACTITIONER, org=county.world.township)
    for route in routes.all_routes():
        if route.name.startswith(
            ("residents:", "referrals:", "portal:", "api:re", "capacity:desk", "exchange:message")
        ):
            with transaction.atomic():
                client.get(route.address(county.lived.objects))
                client.post(route.address(county.lived.objects), {"name": planted.PERSONAL["name"], "q": "\x00"})
                transaction.set_rollback(True)
