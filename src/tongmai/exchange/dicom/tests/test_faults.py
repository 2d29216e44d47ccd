"""What goes wrong: the device is told, what came is kept in quarantine, and the listener stays up."""

import random
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import pytest
from pydicom import dcmread
from pynetdicom import AE

from tongmai.commons.imaging import archive, checks, facts, part10, phantom, services
from tongmai.commons.imaging.facts import Unusable
from tongmai.commons.imaging.models import Held, Instance, Study
from tongmai.exchange.dicom.calling import caller_of
from tongmai.exchange.dicom.store_messages import Request
from tongmai.exchange.dicom.storing_worker import Storing, Writer
from tongmai.exchange.dicom.tests import peers
from tongmai.exchange.dicom.tests.conftest import listening, of
from tongmai.kernel.errors import StorageFull

pytestmark = pytest.mark.django_db(transaction=True)
EXPLICIT = "1.2.840.10008.1.2.1"


def message(content, data=None):
    """A C-STORE request as the handler gets it."""
    opened = part10.opened(content)
    data = bytes(opened.data_set) if data is None else data
    return Request(1, opened.sop_class, opened.sop_uid, 1, BytesIO(data))


@pytest.fixture
def storing(device):
    writer = Writer()
    yield lambda request, syntax=EXPLICIT: Storing(writer)(request, syntax, caller_of(device)).status
    writer.stop()


def film(order, **changed):
    return phantom.chest(of(order, **changed), n_rows=32, n_columns=32)


def data_set(content):
    return bytes(part10.opened(content).data_set)


@pytest.mark.parametrize(
    ("spoil", "status", "reason"),
    [
        (lambda said: said[:-700], 0xC004, "cut-off"),
        (lambda said: said[: len(said) // 3], 0xC004, "cut-off"),
        (lambda said: b"%PDF-1.4 this is no image" * 9, 0xC005, "unreadable"),
        (lambda said: b"", 0xA900, "no-number"),
    ],
)
def test_what_is_no_whole_image_is_told_and_quarantined(storing, order, spoil, status, reason):
    content = film(order)
    assert storing(message(content, spoil(data_set(content)))) == status
    held = Held.objects.get()
    assert (held.reason, held.org_id) == (reason, order.site_id) and not Instance.objects.exists()
    assert archive.archive().held(held.id)[128:132] == b"DICM"
    assert storing(message(content)) == 0x0000, "the whole one is taken afterwards"


def test_pixels_that_are_shorter_than_the_picture(storing, order):
    whole = dcmread(BytesIO(film(order)))
    whole.PixelData = whole.PixelData[:-200]
    out = BytesIO()
    whole.save_as(out)
    assert storing(message(out.getvalue())) == 0xC004


def test_a_full_disk_is_told_and_the_next_image_is_taken(storing, order, monkeypatch):
    def full(*_a, **_k):
        raise StorageFull()

    with monkeypatch.context() as patch:
        patch.setattr(archive.Archive, "_write", full)
        assert storing(message(film(order))) == 0xA700
    assert storing(message(film(order))) == 0x0000


def unit(sock):
    """One whole unit of the protocol, as it came."""
    head = sock.recv(6, socket.MSG_WAITALL)
    return head + sock.recv(int.from_bytes(head[2:], "big"), socket.MSG_WAITALL)


def test_an_association_that_is_cut_in_the_middle_leaves_nothing(port, order):
    """A real request, broken off within the data set."""
    content = film(order)
    with socket.create_server(("127.0.0.1", 0)) as between:

        def pass_on():
            client, _ = between.accept()
            server = socket.create_connection(("127.0.0.1", port))
            server.sendall(unit(client))
            client.sendall(unit(server))
            left = len(content) // 2  # however the net cuts it into pieces
            while left and (piece := client.recv(left)):
                server.sendall(piece)
                left -= len(piece)
            server.close()
            client.shutdown(socket.SHUT_WR)
            while client.recv(1 << 16):
                pass
            client.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(pass_on)
            ae = AE(ae_title="DX_JIA")
            ae.add_requested_context(part10.opened(content).sop_class, EXPLICIT)
            assoc = ae.associate("127.0.0.1", between.getsockname()[1])
            if assoc.is_established:
                assoc.send_c_store(dcmread(BytesIO(content)))
            assoc.abort()
    assert not Instance.objects.exists() and not Held.objects.exists() and not list(checks.files())
    assert peers.run("echoscu", port).returncode == 0


@pytest.mark.parametrize(
    "noise", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x01\x00\xff\xff\xff\xff", b"\x04\x00\x00\x00\x00\x04abcd"]
)
def test_what_is_no_association_at_all_ends_and_gives_its_place_to_the_next_one(device, noise):
    with listening(most_associations=1) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(noise)
            client.shutdown(socket.SHUT_WR)
        until_served(port)


def until_served(port):
    """The place of who went is given back within moments, and not after the minute for which silence is borne."""
    until = time.monotonic() + 5
    while peers.run("echoscu", port).returncode != 0:
        assert time.monotonic() < until


def test_a_message_that_is_longer_than_any_image_ends_its_association(device, order, tmp_path):
    path = tmp_path / "big.dcm"
    path.write_bytes(phantom.chest(of(order), n_rows=512, n_columns=512))
    with listening(most_bytes=100_000) as port:
        assert peers.run("storescu", port, path).returncode != 0
        assert peers.run("echoscu", port).returncode == 0
    assert not Instance.objects.exists()


def test_a_store_that_takes_longer_than_silence_may_is_answered(device, order, tmp_path, monkeypatch):
    """The device is silent because it waits for us."""
    keep = Storing.take

    def slowly(*given):
        time.sleep(2.5)
        return keep(*given)

    monkeypatch.setattr(Storing, "take", slowly)
    path = tmp_path / "film.dcm"
    path.write_bytes(film(order))
    with listening(idle_seconds=1) as port:
        assert peers.run("storescu", port, path).returncode == 0
    assert Instance.objects.count() == 1


def test_a_unit_of_gigabytes_is_not_waited_for(port):
    """Its length alone ends the connection, before anybody has said who she is."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"\x01\x00\xff\xff\xff\xff" + bytes(64))
        client.settimeout(5)
        with suppress(ConnectionResetError):
            assert client.recv(1) == b""
    assert peers.run("echoscu", port).returncode == 0


def test_too_many_at_once_are_told_so(device, order):
    with listening(most_associations=1) as port:
        ae = AE(ae_title="DX_JIA")
        ae.add_requested_context("1.2.840.10008.1.1")
        first = ae.associate("127.0.0.1", port)
        assert peers.run("echoscu", port).returncode != 0
        first.release()
        until_served(port)


def test_whatever_bytes_come_the_handler_answers(storing, order):
    """Fuzz: bytes changed, cut, put in and doubled, always with the same seed."""
    chance, content = random.Random(2026), film(order)
    said = data_set(content)
    for _ in range(150):
        broken = bytearray(said)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(broken))
            broken[at : at + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 6))
        del broken[chance.randrange(len(broken) // 2, len(broken) * 2) :]
        syntax = chance.choice([EXPLICIT, "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"])
        status = storing(message(content, bytes(broken)), syntax)
        assert status in {0x0000, 0xA900, 0xC001, 0xC002, 0xC003, 0xC004, 0xC005}, hex(status)
    assert not list(checks.files()) + list(checks.orphans()) + list(checks.counters())


def test_lengths_that_lie_are_no_reason_to_read_on(order):
    said = bytearray(data_set(film(order)))
    at = said.index(struct.pack("<HH", 0x0010, 0x0010))
    said[at + 6 : at + 8] = b"\xff\xff"
    with pytest.raises(Unusable):
        facts.read(bytes(said), transfer_syntax=EXPLICIT)


def test_four_devices_at_once_and_one_study(device, order, her):
    slices = list(phantom.ct(of(order), n_slices=24, size=32))
    order.modality = "CT"
    order.save()
    writer = Writer()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda each: Storing(writer)(message(each), EXPLICIT, caller_of(device)).status, slices * 2)
        )
    writer.stop()
    assert set(answers) == {0x0000}
    assert (Instance.objects.count(), Study.objects.get().resident_id) == (24, her.id)


def test_killed_between_the_file_and_its_row_it_is_named_and_the_device_sends_it_again(storing, order, device):
    content = film(order)
    opened = part10.opened(content)
    said = facts.read(opened.data_set, transfer_syntax=EXPLICIT)
    services.keep(services.storing.arrival(said, bytes(opened.data_set), org_id=order.site_id, device_id=device.id))
    assert "a file without a row" in str(*checks.files())
    assert storing(message(content)) == 0x0000
    assert not list(checks.files())
