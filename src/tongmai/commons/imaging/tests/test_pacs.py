"""A PACS as the archive: what it gives back is what was received, and what becomes of images when it is not itself."""

import datetime
import http.client
import ipaddress
import resource
import signal
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.harness.orthanc import Orthanc, program
from tongmai.commons.imaging import archive, checks, part10, phantom
from tongmai.commons.imaging.archive import Archive, NotTaken, Place, digest
from tongmai.commons.imaging.errors import Altered, ArchiveAway
from tongmai.commons.imaging.models import Held, Instance
from tongmai.commons.imaging.pacs import Pacs, parts
from tongmai.commons.imaging.pacs.calling import Caller, Setup
from tongmai.commons.imaging.pacs.copies import Copies
from tongmai.commons.imaging.tests import samples
from tongmai.commons.imaging.tests.factories import OF, film, nobodys, store

SYNTAXES = (
    "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "image_dfl.dcm", "MR_small_RLE.dcm", "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm", "JPEG-LL.dcm", "JPGExtended.dcm", "SC_rgb_dcmtk_+eb+cr.dcm", "693_J2KI.dcm",
)  # fmt: skip


def reading(peer, tmp_path, *, seconds=10.0, address="", **setup) -> Pacs:
    """Return a store on that PACS, without the database."""
    said = Setup(address or peer.address, setup.pop("login", peer and peer.login), seconds=seconds, **setup)
    return Pacs(Caller(said), Copies(tmp_path / "copies", 1 << 30), Archive(tmp_path / "before", is_synced=False))


@contextmanager
def closed_afterwards(pacs):
    try:
        yield pacs
    finally:
        pacs.caller.close()


@contextmanager
def running(tmp_path, prepare=None, **more):
    """An Orthanc of this test's own, to be killed."""
    program()
    peer = Orthanc(tmp_path / "orthanc", **more)
    peer.start(prepare)
    try:
        yield peer
    finally:
        peer.kill()


def place_of(content):
    opened = part10.opened(content)
    found = samples.dcmread(samples.BytesIO(content), stop_before_pixels=True, force=True)
    uids = [str(found[name].value) for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")]
    assert opened.sop_uid == uids[-1]
    return Place(*uids, digest([content]).sha256)


def put(pacs, content):
    place = place_of(content)
    pacs.put(place, (content[:200], content[200:]), len(content))
    return place


def large(number):
    """Eight megabytes."""
    return phantom.chest(replace(OF, order_number=f"L{number}"), n_rows=2000, n_columns=2000)


def without_copies(pacs, tmp_path):
    return Pacs(pacs.caller, Copies(tmp_path / "other-copies", 1 << 30), Archive(tmp_path / "before"))


@pytest.mark.parametrize("name", SYNTAXES)
def test_every_encoding_comes_back_byte_by_byte(orthanc, tmp_path, name):
    content = samples.shipped_as(name, OF)
    with closed_afterwards(reading(orthanc, tmp_path)) as pacs:
        place = put(pacs, content)
        fresh = without_copies(pacs, tmp_path)
        assert fresh.read(place) == content and fresh.digest_of(place) == place.sha256
        assert pacs.has(place)
        put(pacs, content)
    assert len(orthanc.ask("GET", "/instances")) == 1


def test_what_is_read_often_is_read_once(orthanc, tmp_path):
    with closed_afterwards(reading(orthanc, tmp_path)) as pacs:
        place = put(pacs, film())
        fresh = without_copies(pacs, tmp_path)
        fresh.read(place)
        orthanc.empty()
        assert fresh.read(place) == film() and not fresh.has(place)
        with pytest.raises(FileNotFoundError):
            fresh.digest_of(place)


def test_what_stands_in_the_folder_from_before_is_read_there(orthanc, tmp_path):
    with closed_afterwards(reading(orthanc, tmp_path)) as pacs:
        place, content = place_of(film()), film()
        Archive(tmp_path / "before", is_synced=False).put(place, (content,), len(content))
        put(pacs, content)
        assert pacs.read(place) == content and pacs.digest_of(place) == place.sha256 and pacs.has(place)
    assert not orthanc.ask("GET", "/instances")


def test_other_content_that_the_pacs_has_under_a_number_is_never_taken_for_ours(orthanc, tmp_path):
    with closed_afterwards(reading(orthanc, tmp_path)) as pacs:
        place = put(pacs, film())
        orthanc.empty()
        put(pacs, film(description="改过"))
        with pytest.raises(Altered):
            without_copies(pacs, tmp_path).read(place)
        with pytest.raises(NotTaken) as refused:
            put(pacs, film())
        assert refused.value.reason == Held.Reason.OTHER_CONTENT


def test_what_the_pacs_refuses_or_alters_goes_into_quarantine(orthanc, world, monkeypatch):
    content = film()
    written = parts.wrapped
    monkeypatch.setattr(parts, "wrapped", lambda pieces: written([b"".join(pieces).replace(b"CHEST", b"chest")]))
    each = store(content, world.lead.id, nobodys)
    assert (each.outcome, each.reason) == ("held", "not-taken")
    monkeypatch.setattr(parts, "wrapped", lambda pieces: written([b"no image"]))
    each = store(film(order_number="340199A0002"), world.lead.id, nobodys)
    assert (each.outcome, each.reason, Instance.objects.count()) == ("held", "not-taken", 0)
    assert archive.archive().held(Held.objects.latest("held_at").id)[128:132] == b"DICM"


def test_other_content_is_not_sent_where_a_row_has_the_number(orthanc, world):
    store(film(), world.lead.id)
    orthanc.empty()  # as if it had lost it: then it would take the other
    each = store(film(description="改过"), world.lead.id)
    assert (each.outcome, each.reason, orthanc.ask("GET", "/instances")) == ("held", "other-content", [])


def test_check_images_names_what_the_pacs_has_lost_and_stops_when_it_is_away(orthanc, world, settings):
    store(film(), world.lead.id)
    assert not list(checks.files())
    orthanc.empty()
    assert "its file is missing" in str(*checks.files())
    archive.store().caller.close()
    settings.PACS = "http://127.0.0.1:1/dicom-web"
    [said] = checks.files()
    assert "not looked at" in str(said) and "refused" in str(said)


def test_killed_while_it_takes_an_image_it_has_it_whole_or_is_sent_it_again(tmp_path):
    content = large("0")
    with running(tmp_path) as peer, closed_afterwards(reading(peer, tmp_path)) as pacs:
        killer = threading.Timer(0.02, peer.kill)
        killer.start()
        with pytest.raises(ArchiveAway):
            for n in range(50):  # until it is gone
                put(pacs, large(f"{n}"))
        killer.join()
        began = time.monotonic()
        with pytest.raises(ArchiveAway):
            put(pacs, content)
        assert time.monotonic() - began < 1, "whoever comes next is told at once"
        peer.start()
        time.sleep(1.1)
        place = put(pacs, content)
        assert without_copies(pacs, tmp_path).read(place) == content


def test_full_it_says_that_it_stored_and_is_not_believed(tmp_path):
    def small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))

    with running(tmp_path, small_disk) as peer, closed_afterwards(reading(peer, tmp_path)) as pacs:
        put(pacs, film())
        with pytest.raises(ArchiveAway) as away:
            put(pacs, large("0"))
        assert "disk full" in away.value.facts["why"]


def test_with_a_wrong_password_nothing_is_stored_and_a_changed_one_needs_no_restart(orthanc, tmp_path):
    login = tmp_path / "login"
    login.write_text("tongmai:wrong")
    with closed_afterwards(reading(orthanc, tmp_path, login=login)) as pacs:
        for asks in (
            lambda: put(pacs, film()),
            lambda: pacs.read(place_of(film())),
            lambda: pacs.has(place_of(film())),
        ):
            with pytest.raises(ArchiveAway) as refused:
                asks()
            assert refused.value.facts["why"].startswith("HTTP 401")
        login.write_text(orthanc.login.read_text())
        assert pacs.has(put(pacs, film()))
        login.write_text("Bearer a\nb")
        with pytest.raises(ArchiveAway) as refused:
            pacs.has(place_of(film()))
        assert refused.value.facts["why"] == "ValueError", "the log does not repeat what is in the file"


def test_a_certificate_that_nobody_vouches_for_is_no_pacs(orthanc, tmp_path):
    certificate, key = own_certificate(tmp_path)
    with behind_tls(orthanc.port, certificate, key) as address:
        with (
            closed_afterwards(reading(orthanc, tmp_path, address=address)) as pacs,
            pytest.raises(ArchiveAway) as refused,
        ):
            put(pacs, film())
        assert "CERTIFICATE_VERIFY_FAILED" in refused.value.facts["why"]
        with closed_afterwards(reading(orthanc, tmp_path, address=address, authority=certificate)) as pacs:
            assert pacs.has(put(pacs, film()))


@contextmanager
def behind_tls(port, certificate, key):
    """A proxy that speaks TLS to us and plainly to what stands behind it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening = socket.create_server(("127.0.0.1", 0))
    opened = [listening]

    def pump(source, sink):
        with suppress(OSError, ValueError):
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_RDWR)

    def serve():
        with suppress(OSError):
            while True:
                client = listening.accept()[0]
                opened.append(client)
                with suppress(ssl.SSLError):
                    client = context.wrap_socket(client, server_side=True)
                    behind = socket.create_connection(("127.0.0.1", port))
                    opened.extend((client, behind))
                    for pair in ((client, behind), (behind, client)):
                        threading.Thread(target=pump, args=pair, daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{listening.getsockname()[1]}/dicom-web"
    listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for each in opened:
        each.close()


def own_certificate(folder):
    """Write a certificate of 127.0.0.1 that is its own authority, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PACS")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    shown = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (folder / "certificate.pem").write_bytes(shown)
    (folder / "key.pem").write_bytes(private)
    return folder / "certificate.pem", folder / "key.pem"


@contextmanager
def answering(*pieces, every=0.1):
    """A server that reads nothing, and sends these pieces one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def serve():
            with listening.accept()[0] as client:
                for piece in pieces:
                    if stop.wait(every):
                        return
                    try:
                        client.sendall(piece)
                    except OSError:
                        return
                stop.wait(10)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/dicom-web"
        stop.set()
        thread.join(5)


@pytest.mark.parametrize(
    "said", [(), (b"HTTP/1.1 200 OK\r\n",), (b"H",) * 60, (b"HTTP/1.1 200 OK\r\n\r\n", *(b"x",) * 60)]
)
def test_nobody_waits_longer_than_the_limit(tmp_path, said):
    with answering(*said) as address, closed_afterwards(reading(None, tmp_path, seconds=0.5, address=address)) as pacs:
        began = time.monotonic()
        with pytest.raises(ArchiveAway):
            pacs.read(place_of(film()))
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_no_answer_of_a_pacs_is_none(tmp_path, said):
    with answering(said, b"", every=0) as address:
        with closed_afterwards(reading(None, tmp_path, seconds=0.5, address=address)) as pacs:
            with pytest.raises(ArchiveAway):
                pacs.read(place_of(film()))


def test_a_body_is_unwrapped_only_whole():
    media_type, pieces, n_bytes = parts.wrapped((b"DICM\r\n--x", b"--\r\n"))
    body = b"".join(pieces)
    assert len(body) == n_bytes and parts.unwrapped(body, media_type) == b"DICM\r\n--x--\r\n"
    assert parts.unwrapped(body, parts.MEDIA) == body
    for wrong, said in ((body[:-4], media_type), (b"", media_type), (body, "text/html"), (body, parts.ANSWER)):
        assert parts.unwrapped(wrong, said) is None
    assert parts.failure(b'{"00081198":{"vr":"SQ","Value":[{"00081197":{"vr":"US","Value":[42752]}}]}}') == 0xA700
    assert [parts.failure(each) for each in (b"", b"[]", b'{"00081198":{"vr":"SQ"}}')] == [0, 0, 0]


def test_copies_stay_below_their_size(tmp_path, monkeypatch):
    monkeypatch.setattr("tongmai.commons.imaging.pacs.copies._SWEPT_EACH", 1)
    copies = Copies(tmp_path, 2500)
    for n in range(4):
        copies.keep(f"{n}" * 64, (b"x" * 1000,))
        time.sleep(0.01)
        copies.open("0" * 64).close() if n < 3 else None
    assert [n for n in range(4) if (file := copies.open(f"{n}" * 64)) and not file.close()] == [0, 3]


def test_the_library_tells_a_stale_connection(orthanc, tmp_path):
    """Orthanc closes an idle connection after a second; what is asked then is asked on a new one."""
    with closed_afterwards(reading(orthanc, tmp_path)) as pacs:
        place = put(pacs, film())
        kept: http.client.HTTPConnection = pacs.caller._kept[-1][0]
        pacs.caller._kept[-1] = (kept, time.monotonic() + 60)
        kept.sock.shutdown(socket.SHUT_RDWR)
        assert pacs.has(place)
