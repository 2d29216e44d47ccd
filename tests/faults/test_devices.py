"""Devices at a listener that really runs: it is killed in the middle of a study, and it speaks TLS."""

import datetime
import hashlib
import ipaddress
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.faults.devices import TITLE
from tongmai.bench import beside, postgres
from tongmai.commons.imaging import phantom
from tongmai.exchange.dicom.tests import peers

pytestmark = pytest.mark.database
_SENT = re.compile(r"Sending file: (\S+)|Received Store Response \((\w+)")
_SLICES, _SENDERS = 160, 2


class Listener:
    """`tongmai serve-dicom` of an installation."""

    def __init__(self, at, *words) -> None:
        self.at, self.port, self.words = at, postgres.free_port(), words

    def start(self) -> None:
        self.at.run("images", "serve-dicom", "--port", str(self.port), *map(str, self.words))
        until = time.monotonic() + 60
        while not beside.listens(self.port):
            assert time.monotonic() < until, self.at.log("images").read_text()[-3000:]
            time.sleep(0.1)


@pytest.fixture
def listener(installation):
    made = []

    def start(*words, certificate=""):
        installation.said("-m", "tests.faults.devices", certificate)
        made.append(Listener(installation, *words))
        made[-1].start()
        return made[-1]

    yield start
    installation.remove()


def _sending(port: int, folder: Path) -> subprocess.Popen:
    """A sender of all files of a folder, which says of each what it was answered."""
    command = [str(peers.dcmtk() / "storescu"), "-v", "-aet", TITLE, "-aec", "TONGMAI", "127.0.0.1", str(port), "+sd"]
    return subprocess.Popen(
        [*command, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"TCP_NODELAY": "1"},
    )  # fmt: skip


def _acknowledged(said: str) -> set[str]:
    """Return the numbers of the files that were answered with success."""
    found, last = set(), ""
    for path, status in _SENT.findall(said):
        last = path or last
        if status == "Success":
            found.add(Path(last).stem)
    return found


def _study(folder: Path, number: str) -> list[Path]:
    """Write a CT, named by its numbers, for two senders."""
    shares = [folder / f"sender-{n}" for n in range(_SENDERS)]
    of = phantom.Of(number=number)
    for n, content in enumerate(phantom.ct(of, n_slices=_SLICES, size=256)):
        uid = phantom.uid(phantom.uid(of.order_number, of.number, of.at.isoformat()), "CT", n + 1)
        shares[n % _SENDERS].mkdir(exist_ok=True)
        (shares[n % _SENDERS] / f"{uid}.dcm").write_bytes(content)
    return shares


def _findings(at) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tongmai", "check", "images"], cwd=at.folder, env=at.environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def _kept(at) -> set[str]:
    return {uid for (uid,) in at.rows("SELECT sop_uid FROM imaging_instance")}


@pytest.mark.parametrize("seconds", [0.35, 0.8])
def test_killed_in_the_middle_of_a_study_it_has_everything_that_it_answered_for(
    installation, listener, tmp_path, seconds
):
    serving, shares = listener(), _study(tmp_path, f"340199F{seconds}")
    senders = [_sending(serving.port, share) for share in shares]
    time.sleep(seconds)
    installation.kill("images")
    acknowledged = set().union(*(_acknowledged(each.communicate(timeout=60)[0]) for each in senders))

    serving.start()
    assert acknowledged <= _kept(installation)
    found = _findings(installation)
    assert "missing" not in found and "not the one that was received" not in found
    assert not any(uid in found for uid in acknowledged), "what is unfinished was answered for"

    for each in [_sending(serving.port, share) for share in shares]:
        said, _ = each.communicate(timeout=120)
        assert each.returncode == 0, said[-2000:]
    names = {path.stem for share in shares for path in share.iterdir()}
    assert names <= _kept(installation), "the devices sent it again"
    assert "a file without a row" not in _findings(installation)


def _key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(folder: Path, name: str, by=None):
    """Write a certificate and its key, signed by `by` (name, key), else by itself; return (its name, key)."""
    key, subject = _key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = by or (subject, key)
    now = datetime.datetime.now(datetime.UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .sign(signing, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    (folder / f"{name}.crt").write_bytes(made.public_bytes(pem))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )
    return subject, key, hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()


def test_with_tls_only_the_certificate_that_is_entered_gets_in(installation, listener, tmp_path):
    authority = _certificate(tmp_path, "authority")[:2]
    _certificate(tmp_path, "server", authority)
    fingerprint = _certificate(tmp_path, "device", authority)[2]
    _certificate(tmp_path, "colleague", authority)
    _certificate(tmp_path, "stranger")
    serving = listener(
        "--tls-certificate", tmp_path / "server.crt", "--tls-key", tmp_path / "server.key", "--tls-authority",
        tmp_path / "authority.crt", certificate=fingerprint,
    )  # fmt: skip
    film = tmp_path / "slice.dcm"
    film.write_bytes(next(phantom.ct(phantom.Of(number="340199F2", order_number="T1"), n_slices=1, size=64)))

    def sent(*tls) -> int:
        return peers.run("storescu", serving.port, *tls, film, calling=TITLE).returncode

    def as_(name: str) -> int:
        return sent("+tls", tmp_path / f"{name}.key", tmp_path / f"{name}.crt", "+cf", tmp_path / "authority.crt")

    before = len(_kept(installation))
    assert as_("stranger") != 0, "no certificate of the authority"
    assert as_("colleague") != 0, "of the authority, but another device's"
    assert sent("+tla", "-ic") != 0, "no certificate at all"
    assert sent() != 0, "plain speech"
    assert len(_kept(installation)) == before
    assert as_("device") == 0
    assert len(_kept(installation)) == before + 1
