"""With a PACS: as the archive behind devices, DICOMweb and pages; and as a peer that sends to us and asks us."""

import json
import subprocess

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tongmai.commons.encounters.models import Encounter
from tongmai.commons.imaging import archive, checks, phantom
from tongmai.commons.imaging.models import Device, Held, Instance, Study
from tongmai.commons.imaging.tests import factories
from tongmai.exchange.dicom.tests import peers
from tongmai.exchange.dicom.tests.bodies import unpacked
from tongmai.exchange.dicom.tests.conftest import listening, of
from tongmai.exchange.dicom.web import multipart
from tongmai.foundation.orgs import services
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

pytestmark = pytest.mark.django_db(transaction=True)
KIND = 'multipart/related; type="application/dicom"; boundary=x'


def film(order, **changed):
    return phantom.chest(of(order, **changed), n_rows=96, n_columns=96)


def stowed(client, content):
    body = b"".join(multipart.written([multipart.Sent("application/dicom", multipart.at_once(content))], "x"))
    return client.post("/dicom-web/studies", body, content_type=KIND)


def treated(person, org):
    Encounter.objects.create(resident=person, org=org, kind="inpatient", state="in_progress", started_at=orgs.NOW)


def written(tmp_path, content):
    path = tmp_path / "out.dcm"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("program", ["", "dcmcjpeg", "dcmcjpls", "dcmcrle"])
def test_what_a_device_sends_stands_on_the_pacs_and_opens_with_the_programs_of_others(
    tmp_path, port, order, her, world, client, orthanc, dcmtk, program
):
    path = written(tmp_path, film(order))
    if program:
        packed = tmp_path / "packed.dcm"
        subprocess.run([str(dcmtk / program), str(path), str(packed)], check=True, timeout=60)
        path = packed
    option = {"dcmcjpeg": ["-xs"], "dcmcjpls": ["-xt"], "dcmcrle": ["-xr"]}.get(program, [])
    told = peers.run("storescu", port, *option, path)
    assert told.returncode == 0, told.stderr
    study, row = Study.objects.get(), Instance.objects.get()
    assert (study.resident_id, len(orthanc.ask("GET", "/instances"))) == (her.id, 1)
    assert not list(checks.files()) and not list(archive.archive().files())
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
    treated(her, world.lead)
    answer = client.get(
        f"/dicom-web/studies/{study.uid}/series/{row.series.uid}/instances/{row.sop_uid}",
        HTTP_ACCEPT='multipart/related; type="application/dicom"; transfer-syntax=*',
    )
    [part] = unpacked(answer.getvalue(), answer.headers["Content-Type"])
    served = tmp_path / "served.dcm"
    served.write_bytes(part.content)
    dump = subprocess.run([str(dcmtk / "dcmdump"), str(served)], capture_output=True, timeout=60, check=True)
    assert order.number.encode() in dump.stdout
    opens = {"": "dcmj2pnm", "dcmcjpeg": "dcmj2pnm", "dcmcjpls": "dcmdjpls", "dcmcrle": "dcmdrle"}[program]
    subprocess.run([str(dcmtk / opens), str(served), str(tmp_path / "shown")], check=True, timeout=60)


def test_with_the_pacs_away_devices_and_programs_are_refused_and_readers_are_told(
    tmp_path, port, order, her, world, client, orthanc, settings
):
    assert peers.run("storescu", port, written(tmp_path, film(order))).returncode == 0
    study, row = Study.objects.get(), Instance.objects.get()
    archive.store().caller.close()
    address, settings.PACS = settings.PACS, "http://127.0.0.1:1/dicom-web"
    settings.IMAGES = tmp_path / "without-copies"
    other = factories.film(order_number="340199A0007")
    told = peers.run("storescu", port, written(tmp_path, other))
    assert b"OutOfResources" in told.stdout + told.stderr
    orgs.sign_in_as(client, Role.TECHNICIAN, org=world.township)
    refused = stowed(client, other)
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert (Instance.objects.count(), Held.objects.count()) == (1, 0)
    reader = Client()
    orgs.sign_in_as(reader, Role.SPECIALIST, org=world.lead)
    treated(her, world.lead)
    shown = reader.get(reverse("imaging:frame", args=[row.id, 1]))
    assert shown.status_code == 503 and "影像归档系统" in shown.content.decode()
    assert reader.get(reverse("imaging:study", args=[study.id])).status_code == 200, "the page itself needs no PACS"
    settings.PACS = address
    assert stowed(client, other).status_code == 200
    assert reader.get(reverse("imaging:frame", args=[row.id, 1])).status_code == 200


@pytest.fixture
def beside(orthanc, settings):
    """Orthanc as somebody else's PACS; our images stand in the folder."""
    settings.PACS = ""
    return orthanc


def test_a_pacs_sends_us_a_study(beside, order, her, world):
    Device.objects.create(
        ae_title="ORTHANC", name="旧 PACS", org=world.township, modalities="DX", registered_at=timezone.now()
    )
    found = beside.ask("POST", "/instances", film(order))
    with listening() as port:
        ours = {"AET": "TONGMAI", "Host": "127.0.0.1", "Port": port, "Manufacturer": "Generic"}
        beside.ask("PUT", "/modalities/tongmai", ours)
        beside.ask("POST", "/modalities/tongmai/echo", {})
        sent = beside.ask("POST", "/modalities/tongmai/store", {"Resources": [found["ParentStudy"]]})
    assert (sent["InstancesCount"], sent["FailedInstancesCount"]) == (1, 0)
    assert Study.objects.get().resident_id == her.id and not list(checks.files())


def test_a_pacs_finds_and_fetches_our_studies_and_brings_its_own(beside, order, her, world, live_server):
    treated(her, world.lead)
    each = factories.store(factories.film(), world.lead.id, factories.of(her.id))
    ours = {"Url": f"{live_server.url}/dicom-web/", "HttpHeaders": bearer(Role.SPECIALIST, world.lead)}
    ours |= {"ChunkedTransfers": False}  # the server of tests reads none; the product's: tests/faults/test_bodies.py
    beside.ask("PUT", "/dicom-web/servers/tongmai", ours)
    [found] = beside.ask(
        "POST", "/dicom-web/servers/tongmai/qido", {"Uri": "/studies", "Arguments": {"PatientID": "R1"}}
    )
    assert each.facts.study_uid in json.dumps(found)
    asked = {"Resources": [{"Study": each.facts.study_uid}], "Synchronous": True}
    beside.ask("POST", "/dicom-web/servers/tongmai/retrieve", asked)
    assert len(beside.ask("GET", "/instances")) == 1
    beside.empty()
    theirs = beside.ask("POST", "/instances", film(order))
    beside.ask("PUT", "/dicom-web/servers/tongmai", ours | {"HttpHeaders": bearer(Role.TECHNICIAN, world.township)})
    beside.ask("POST", "/dicom-web/servers/tongmai/stow", {"Resources": [theirs["ID"]], "Synchronous": True})
    assert Study.objects.get(uid=order.study_uid).resident_id == her.id


def bearer(role, org):
    post = orgs.actor(role, org=org).post_id
    issued = services.issue_token(by=orgs.actor(Role.SECURITY_ADMIN, org=org), post_id=post, name="PACS", days=30)
    return {"Authorization": f"Bearer {issued.secret}"}


def test_a_study_that_was_read_says_nothing_of_the_pacs(orthanc, world, her, client):
    """What the browser gets names us, never the PACS behind us."""
    each = factories.store(factories.film(), world.lead.id, factories.of(her.id))
    orgs.sign_in_as(client, Role.SPECIALIST, org=world.lead)
    treated(her, world.lead)
    said = client.get(f"/dicom-web/studies/{each.facts.study_uid}/metadata")
    assert str(orthanc.port) not in json.dumps(json.loads(said.getvalue()))
