"""Frames one after the other: only the first of a few seconds asks the database, and nobody reads on who may not."""

import json
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pydicom import dcmread

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.imaging import phantom
from tongmai.commons.imaging import services as imaging
from tongmai.commons.imaging.models import Instance, Study
from tongmai.commons.imaging.tests import factories
from tongmai.commons.residents.tests import factories as residents
from tongmai.exchange.dicom.tests.bodies import unpacked
from tongmai.exchange.dicom.web import leave, reading
from tongmai.exchange.dicom.web.leave import Frames
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

OCTETS = 'multipart/related; type="application/octet-stream"'


class Counting:
    """The application, and how often it was asked."""

    def __init__(self):
        self.behind, self.n = WSGIHandler(), 0

    def __call__(self, environ, start_response):
        self.n += 1
        return self.behind(environ, start_response)


class Clock:
    now = 1000.0


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(leave.time, "monotonic", lambda: Clock.now)
    return Clock


@pytest.fixture
def images(tmp_path, settings):
    settings.IMAGES, settings.IMAGES_SYNC = tmp_path, False
    return tmp_path


@pytest.fixture
def world(db, images):
    return orgs.county_world()


@pytest.fixture
def her(world):
    found = residents.resident("示例甲")
    Encounter.objects.create(resident=found, org=world.lead, kind="inpatient", state="in_progress", started_at=orgs.NOW)
    return found


@pytest.fixture
def study(world, her):
    for content in phantom.ct(factories.OF, n_slices=3, size=16):
        each = factories.store(content, world.lead.id, factories.of(her.id))
    return Study.objects.get(uid=each.facts.study_uid)


@pytest.fixture
def token(world):
    return token_of(orgs.actor(Role.SPECIALIST, org=world.lead), world.lead)


@pytest.fixture
def served(clock):
    """A test's connection is not the server's to close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Frames(Counting())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def token_of(who, org):
    by = orgs.actor(Role.SECURITY_ADMIN, org=org)
    return services.issue_token(by=by, post_id=who.post_id, name="阅片程序", days=30)


def addresses(study):
    rows = Instance.objects.filter(series__study=study).order_by("number")
    return [f"/dicom-web/studies/{study.uid}/series/{row.series.uid}/instances/{row.sop_uid}/frames/1" for row in rows]


def get(served, path, **heads):
    """Return (status, head lines, body) of what a server would be given."""
    said = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "HTTP_ACCEPT": OCTETS,
    }  # fmt: skip
    body = served(environ | heads, lambda status, lines, *_more: said.append((int(status[:3]), dict(lines))))
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return *said[0], content


def read(served, path, token):
    return get(served, path, HTTP_AUTHORIZATION=f"Bearer {token.secret}")


def test_only_the_first_frame_of_a_series_asks_the_application(served, study, token, clock, django_assert_num_queries):
    first, *others = addresses(study)
    begun = read(served, first, token)
    with django_assert_num_queries(0):
        answers = [read(served, path, token) for path in others]
    assert served.application.n == 1
    stored = [dcmread(BytesIO(each)) for each in phantom.ct(factories.OF, n_slices=3, size=16)]
    pixels = {each.SOPInstanceUID: each.PixelData for each in stored}
    for path, (status, heads, body) in zip(addresses(study), [begun, *answers], strict=True):
        [part] = unpacked(body, heads["Content-Type"])
        assert (status, part.content) == (200, pixels[path.split("/")[-3]])
        assert int(heads["Content-Length"]) == len(body)
    same = ("Cache-Control", "X-Content-Type-Options", "Content-Security-Policy")
    assert [answers[0][1][name] for name in same] == [begun[1][name] for name in same]
    assert "Set-Cookie" not in answers[0][1]
    clock.now += 2.1
    read(served, first, token)
    assert served.application.n == 2


def test_a_session_reads_as_a_token_does(served, study, world, client, django_assert_num_queries):
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    first, second, _third = addresses(study)
    assert get(served, first, HTTP_COOKIE=cookie)[0] == 200
    with django_assert_num_queries(0):
        assert get(served, second, HTTP_COOKIE=cookie)[0] == 200


def test_leave_is_for_who_was_asked_and_for_that_series_alone(served, study, world, her, token, clock):
    read(served, addresses(study)[0], token)
    stranger = token_of(orgs.actor(Role.SPECIALIST, org=orgs.org("示例医院", division=f"{orgs.COUNTY}101")), world.lead)
    assert read(served, addresses(study)[1], stranger)[0] == 403
    assert get(served, addresses(study)[1])[0] == 401
    other = factories.store(factories.film(order_number="340199A0009"), world.lead.id)  # nobody's yet
    inside = f"/dicom-web/studies/{study.uid}/series/{Instance.objects.filter(series__study=study).first().series.uid}"
    assert read(served, f"{inside}/instances/{other.facts.sop_uid}/frames/1", token)[0] == 404


@pytest.mark.parametrize("what", ["the token is revoked", "the study is taken out of the record"])
def test_who_may_no_longer_reads_on_for_seconds_at_most(served, study, world, token, clock, what):
    first, second, _third = addresses(study)
    read(served, first, token)
    if what == "the token is revoked":
        services.revoke_token(by=orgs.actor(Role.SECURITY_ADMIN, org=world.lead), token_id=token.id)
    else:
        imaging.unlink(study.id, reason="不是此人", by=orgs.actor(Role.TECHNICIAN, org=world.lead))
    clock.now += 2.1
    assert read(served, second, token)[0] in (401, 404)
    assert read(served, first, token)[0] in (401, 404)


def test_an_error_is_told_in_the_words_of_the_application(served, study, token, images):
    first, second, _third = addresses(study)
    read(served, first, token)
    for numbers, status, code in (("7", 404, "no-such-frame"), ("1,,", 422, "wrong-parameter")):
        answer = read(served, first.removesuffix("1") + numbers, token)
        assert (answer[0], json.loads(answer[2])["code"]) == (status, code)
    for path in images.glob("studies/*/*/*.dcm"):
        path.unlink()
    assert read(served, second, token)[0] == 404


def test_a_large_frame_is_sent_in_pieces_and_whole(served, world, her, token, monkeypatch):
    monkeypatch.setattr(reading, "LARGE", 100)
    monkeypatch.setattr(reading, "_PIECE", 70)
    content = factories.film()
    each = factories.store(content, world.lead.id, factories.of(her.id))
    [path] = addresses(Study.objects.get(uid=each.facts.study_uid))
    for _ in range(2):
        _status, heads, body = read(served, path, token)
        [part] = unpacked(body, heads["Content-Type"])
        assert part.content == dcmread(BytesIO(content)).PixelData
        assert int(heads["Content-Length"]) == len(body)
    assert served.application.n == 1


def test_leaves_of_many_readers_do_not_pile_up(served, study, token, clock, monkeypatch):
    monkeypatch.setattr(leave, "MOST", 2)
    first = addresses(study)[0]
    for n in range(5):
        get(served, first, HTTP_AUTHORIZATION=f"Bearer {token.secret}", HTTP_COOKIE=f"of={n}")
        assert len(served._leaves) <= 2
