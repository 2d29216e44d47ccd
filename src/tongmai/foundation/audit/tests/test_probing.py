"""What machines ask: without a session, without a cookie, and without a host name that must be right."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from tongmai.foundation.audit import measuring, probing
from tongmai.foundation.audit.models import Delivery
from tongmai.foundation.audit.tests import factories

PROBES = ("/healthz", "/readyz", "/metrics")


def _waiting(*, minutes: int, attempts: int = 0) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    row = factories.happened(now=at)
    Delivery.objects.create(event=row, subscriber="x", next_try_at=at, attempts=attempts)


def test_the_process_says_that_it_lives_without_asking_the_database(client):
    client.cookies["sessionid"] = "a-session-that-would-have-to-be-looked-up"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("path", PROBES)
def test_a_probe_leaves_no_cookie_and_no_language(client, db, path):
    answer = client.get(path, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200 and not answer.cookies
    assert "Content-Language" not in answer.headers and answer["Cache-Control"] == "no-store"
    assert client.post(path).status_code == 405


def test_it_is_ready_when_the_tables_are_current_and_events_flow(client, db):
    _waiting(minutes=5)
    _waiting(minutes=90, attempts=3)  # fails and is tried again: one subscriber's trouble closes nothing
    assert client.get("/readyz").json() == {"status": "ready", "reasons": []}


def test_it_is_not_ready_while_nobody_delivers(client, db):
    _waiting(minutes=25)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "25 minutes" in answer.json()["reasons"][0]


def test_it_is_not_ready_with_pending_migrations(client, db, monkeypatch):
    monkeypatch.setattr(probing._Schema, "is_current", False)
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="audit").order_by("-id").first().delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "1 migrations are pending" in answer.json()["reasons"][0]


def test_it_is_not_ready_without_its_database(client, db, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(probing, "_pending_migrations", away)
    assert client.get("/readyz").json()["reasons"] == ["the database does not answer"]


def test_metrics_are_in_the_format_of_prometheus(client, db):
    recorder = measuring.Recorder()
    for seconds in (0.003, 0.04, 20):
        recorder.add(("referrals:list", "GET", 200), seconds)
    recorder.flush(now=timezone.now())
    _waiting(minutes=2)
    lines = client.get("/metrics").content.decode().splitlines()
    assert 'tongmai_requests_total{route="referrals:list",method="GET",status="200"} 3' in lines
    assert 'tongmai_request_seconds_bucket{route="referrals:list",le="0.05"} 2' in lines
    assert 'tongmai_request_seconds_bucket{route="referrals:list",le="+Inf"} 3' in lines
    assert 'tongmai_outbox_deliveries{state="pending"} 1' in lines
    age = next(float(line.split()[-1]) for line in lines if line.startswith("tongmai_outbox_age_seconds "))
    assert 119 < age < 180
    assert any(line.startswith("tongmai_disk_free_bytes{path=") for line in lines)
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    assert all(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 for line in lines)


@pytest.mark.parametrize(
    ("headers", "address", "token", "status"),
    [
        ({}, "127.0.0.1", "", 200),
        ({}, "10.0.0.7", "", 404),
        ({"x-forwarded-for": "127.0.0.1"}, "127.0.0.1", "", 404),
        ({}, "127.0.0.1", "secret", 404),
        ({"authorization": "Bearer wrong"}, "127.0.0.1", "secret", 404),
        ({"authorization": "Bearer secret"}, "10.0.0.7", "secret", 200),
        ({"authorization": "Bearer 错"}, "10.0.0.7", "secret", 404),
    ],
)
def test_metrics_are_for_this_machine_or_for_who_has_the_token(client, db, settings, headers, address, token, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status
