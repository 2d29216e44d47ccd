"""Devices over real sockets: dcmtk's programs and pynetdicom against the product's own listener."""

import subprocess
import time

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    DigitalXRayImageStorageForPresentation,
    ModalityPerformedProcedureStep,
    ModalityWorklistInformationFind,
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
)

from tongmai.commons.imaging import checks, phantom
from tongmai.commons.imaging.models import Commitment, Device, Held, Instance, PerformedStep, Study
from tongmai.exchange.dicom.tests import peers
from tongmai.exchange.dicom.tests.conftest import listening, of, order_of

pytestmark = pytest.mark.django_db(transaction=True)


def film(order, **changed):
    return phantom.chest(of(order, **changed), n_rows=96, n_columns=96)


def sent(tmp_path, port, *contents, **given):
    """Send files with storescu; return what it says."""
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    paths = []
    for n, content in enumerate(contents):
        path = folder / f"{len(list(folder.iterdir()))}-{n}.dcm"
        path.write_bytes(content)
        paths.append(path)
    return peers.run("storescu", port, *paths, **given)


def test_a_device_that_is_entered_may_connect_and_nobody_else(port):
    assert peers.run("echoscu", port).returncode == 0
    refused = peers.run("echoscu", port, calling="STRANGER")
    assert refused.returncode != 0 and b"Calling AE Title Not Recognized" in refused.stderr + refused.stdout


def test_a_device_is_refused_from_another_address_and_when_it_is_closed(device, tmp_path):
    Device.objects.filter(id=device.id).update(host="10.9.8.0/24")
    with listening() as port:
        assert peers.run("echoscu", port).returncode != 0
    Device.objects.filter(id=device.id).update(host="127.0.0.1")
    with listening() as port:
        assert peers.run("echoscu", port).returncode == 0
    Device.objects.filter(id=device.id).update(is_active=False)
    with listening() as port:
        assert peers.run("echoscu", port).returncode != 0


def test_a_film_from_the_worklist_stands_in_the_record(tmp_path, port, order, her):
    assert sent(tmp_path, port, film(order)).returncode == 0
    study = Study.objects.get()
    assert (study.resident_id, study.order_number, study.said_name) == (her.id, order.number, "欧阳示例")
    assert not list(checks.files())


@pytest.mark.parametrize(
    ("changed", "doubt"),
    [
        ({"order_number": ""}, ""),  # without a number the study's own UID, from the worklist, says which order
        ({"order_number": "340199X9999999"}, "unknown-order"),
        ({"name": "欧阳^旁人"}, "other-name"),
        ({"sex": "M"}, "other-sex"),
        ({"number": "17", "born_on": None}, "other-number"),
        ({"number": "", "born_on": None}, "too-little"),
        ({"name": "<script>alert(1)</script>", "latin": "<script>alert(1)</script>"}, "other-name"),
    ],
)
def test_only_what_is_plainly_the_same_person_gets_into_a_record(tmp_path, port, order, changed, doubt):
    assert sent(tmp_path, port, film(order, **changed)).returncode == 0, "it is kept, whosever it is"
    study = Study.objects.get()
    assert (study.doubts, study.resident_id is None) == (doubt, bool(doubt))


@pytest.mark.parametrize("charset", ["GB18030", "GBK", "ISO_IR 192"])
def test_chinese_names_are_read_in_every_set(tmp_path, port, order, charset):
    assert sent(tmp_path, port, film(order, charset=charset)).returncode == 0
    study = Study.objects.get()
    assert (study.said_name, study.doubts, study.is_repaired) == ("欧阳示例", "", False)


def latin_1(order, written="gb18030"):
    """A film whose Chinese is written in one set while it says another."""
    content = film(order, charset="ISO_IR 100", name="", latin="QQQQQQQQ", description="CHEST PA")
    return content.replace(b"QQQQQQQQ", "欧阳示例".encode(written)[:8].ljust(8))


def test_a_wrong_set_is_repaired_by_the_device_s_entry_and_waits_without_one(tmp_path, device, order):
    with listening() as port:
        assert sent(tmp_path, port, latin_1(order)).returncode == 0
    waiting = Study.objects.get()
    assert waiting.said_name == "欧阳示例" and "charset" in waiting.doubts.split()
    Device.objects.filter(id=device.id).update(assumed_charset="GB18030")
    second = order_of(order.resident, orgs_of(order), "340199X0000002")
    with listening() as port:
        assert sent(tmp_path, port, latin_1(second)).returncode == 0
    repaired = Study.objects.get(order_number=second.number)
    assert repaired.is_repaired and repaired.resident_id == order.resident_id


def orgs_of(order):
    class World:
        township, lead = order.site, order.centre

    return World


def test_duplicates_are_kept_once_and_other_content_is_told(tmp_path, port, order):
    assert sent(tmp_path, port, film(order), film(order)).returncode == 0
    told = sent(tmp_path, port, film(order, description="改过"))
    assert b"CannotUnderstand" in told.stdout + told.stderr
    assert (Instance.objects.count(), Held.objects.get().reason) == (1, "other-content")


def test_an_image_in_the_smallest_pieces_is_whole(tmp_path, port, order):
    path = tmp_path / "film.dcm"
    path.write_bytes(film(order))
    assert peers.run("storescu", port, "--max-send-pdu", 4096, path).returncode == 0
    assert Study.objects.get().order_number == order.number and not list(checks.files())


def test_a_file_of_five_hundred_frames(tmp_path, port, order):
    content = phantom.ultrasound(of(order), n_frames=500, n_rows=64, n_columns=64)
    assert sent(tmp_path, port, content).returncode == 0
    assert (Instance.objects.get().n_frames, Study.objects.get().doubts) == (500, "other-modality")


@pytest.mark.parametrize("syntax", ["lossless", "jpeg-ls", "rle"])
def test_compressed_images_are_kept_as_they_come(tmp_path, port, order, dcmtk, syntax):
    program = {"lossless": ["dcmcjpeg"], "jpeg-ls": ["dcmcjpls"], "rle": ["dcmcrle"]}[syntax]
    option = {"lossless": ["-xs"], "jpeg-ls": ["-xt"], "rle": ["-xr"]}[syntax]
    plain, packed = tmp_path / "plain.dcm", tmp_path / "packed.dcm"
    plain.write_bytes(film(order))
    subprocess.run([str(dcmtk / program[0]), str(plain), str(packed)], check=True, timeout=60)
    told = peers.run("storescu", port, *option, packed)
    assert told.returncode == 0, told.stderr
    row = Instance.objects.get()
    assert row.transfer_syntax != ExplicitVRLittleEndian and not list(checks.files())


def test_the_worklist_of_a_device_is_its_own(world, her, device, order):
    order_of(her, world, "340199X0000003", modality="CT", item_name="头颅CT")
    order_of(her, world, "340199X0000004", site=world.other_township)
    with listening() as port:
        [entry] = worklist(port)
    step = entry.ScheduledProcedureStepSequence[0]
    assert (entry.AccessionNumber, entry.StudyInstanceUID, step.Modality) == (order.number, order.study_uid, "DX")
    assert entry.SpecificCharacterSet == "GB18030"
    assert (str(entry.PatientName.ideographic), str(entry.PatientName.alphabetic)) == ("欧阳^示例", "Ouyang^Shili")
    assert (entry.PatientID, entry.PatientSex, entry.PatientBirthDate) == (her.id.hex, "F", "19510304")


def test_the_worklist_is_written_in_the_characters_of_the_device_and_asked_by_name(device, order, tmp_path):
    Device.objects.filter(id=device.id).update(charset="ISO_IR 192")
    with listening() as port:
        assert [each.SpecificCharacterSet for each in worklist(port, PatientName="Ouyang*")] == ["ISO_IR 192"]
        assert not worklist(port, PatientName="Zhang*")
        assert not worklist(port, station="OTHER")
        assert not worklist(port, day="20200101-20200102")
        dump = peers.run("findscu", port, "-W", "-k", "0010,0010", "-k", "0008,0050", "-X", "-od", tmp_path)
        assert dump.returncode == 0 and order.number.encode() in next(tmp_path.glob("rsp*.dcm")).read_bytes()


def worklist(port, *, day="", station="", **keys):
    ae = AE(ae_title="DX_JIA")
    ae.add_requested_context(ModalityWorklistInformationFind)
    query, step = Dataset(), Dataset()
    for name, value in {"PatientName": "", "AccessionNumber": "", **keys}.items():
        setattr(query, name, value)
    step.Modality, step.ScheduledStationAETitle, step.ScheduledProcedureStepStartDate = "DX", station, day
    query.ScheduledProcedureStepSequence = [step]
    assoc = ae.associate("127.0.0.1", port)
    assert assoc.is_established
    found = [entry for status, entry in assoc.send_c_find(query, ModalityWorklistInformationFind) if entry]
    assoc.release()
    return found


def test_storage_commitment_is_answered_on_the_same_association(tmp_path, port, order):
    content = film(order)
    sent(tmp_path, port, content)
    report = committed(port, kept=[Instance.objects.get()], lacking=["1.2.3.4"])
    assert [each.ReferencedSOPInstanceUID for each in report.FailedSOPSequence] == ["1.2.3.4"]
    assert len(report.ReferencedSOPSequence) == 1
    row = Commitment.objects.get()
    assert (row.n_asked, row.n_failed) == (2, 1) and row.answered_at


def test_storage_commitment_is_answered_where_the_device_listens(tmp_path, device, order):
    ae = AE(ae_title="DX_JIA")
    ae.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
    reports = []
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, told_to(reports))])
    try:
        Device.objects.filter(id=device.id).update(host="127.0.0.1", port=server.socket.getsockname()[1])
        with listening() as port:
            sent(tmp_path, port, film(order))
            committed(port, kept=[Instance.objects.get()], lacking=[], heard=reports, is_here=False)
    finally:
        server.shutdown()
    assert len(reports[0].ReferencedSOPSequence) == 1 and Commitment.objects.get().n_failed == 0


def told_to(reports):
    def handle(event):
        reports.append(event.event_information)
        return 0x0000, None

    return handle


def committed(port, *, kept, lacking, heard=None, is_here=True):
    ae, reports = AE(ae_title="DX_JIA"), heard if heard is not None else []
    ae.add_requested_context(StorageCommitmentPushModel)
    asked = Dataset()
    asked.TransactionUID = phantom.uid("commit", time.monotonic())
    pairs = [(row.sop_class, row.sop_uid) for row in kept]
    pairs += [(str(DigitalXRayImageStorageForPresentation), uid) for uid in lacking]
    asked.ReferencedSOPSequence = []
    for sop_class, uid in pairs:
        line = Dataset()
        line.ReferencedSOPClassUID, line.ReferencedSOPInstanceUID = sop_class, uid
        asked.ReferencedSOPSequence.append(line)
    handlers = [(evt.EVT_N_EVENT_REPORT, told_to(reports))] if is_here else []
    assoc = ae.associate("127.0.0.1", port, evt_handlers=handlers)
    assert assoc.is_established
    status, _ = assoc.send_n_action(asked, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance)
    assert status.Status == 0
    until = time.monotonic() + 15
    while not (reports and Commitment.objects.filter(answered_at__isnull=False).exists()) and time.monotonic() < until:
        time.sleep(0.05)
    assoc.release()
    return reports[0]


def test_a_device_tells_what_it_performed(port, order):
    ae = AE(ae_title="DX_JIA")
    ae.add_requested_context(ModalityPerformedProcedureStep)
    assoc = ae.associate("127.0.0.1", port)
    step, scheduled = Dataset(), Dataset()
    scheduled.AccessionNumber, scheduled.StudyInstanceUID = order.number, order.study_uid
    step.ScheduledStepAttributesSequence = [scheduled]
    step.PerformedProcedureStepStatus, step.Modality = "IN PROGRESS", "DX"
    step.PerformedProcedureStepStartDate, step.PerformedProcedureStepStartTime = "20261122", "093000"
    assert assoc.send_n_create(step, ModalityPerformedProcedureStep, "1.2.3.9")[0].Status == 0
    change = Dataset()
    change.PerformedProcedureStepStatus = "COMPLETED"
    assert assoc.send_n_set(change, ModalityPerformedProcedureStep, "1.2.3.9")[0].Status == 0
    change.PerformedProcedureStepStatus = "IN PROGRESS"
    assert assoc.send_n_set(change, ModalityPerformedProcedureStep, "1.2.3.9")[0].Status == 0x0110
    assert assoc.send_n_set(change, ModalityPerformedProcedureStep, "1.2.3.8")[0].Status == 0x0112
    assoc.release()
    assert [(row.state, row.order_number) for row in PerformedStep.objects.all()] == [("completed", order.number)]
