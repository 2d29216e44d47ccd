"""A real PACS as a peer: Debian's Orthanc with its DICOMweb plugin, on a port and in a folder of its own."""

import base64
import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness.needing import need
from tongmai.bench import beside
from tongmai.bench.postgres import free_port

PROGRAM = Path("/usr/sbin/Orthanc")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
LOGIN = "tongmai:示例-password"


class Orthanc:
    """One server.  Kept apart from where it runs are its address and port, so that it can go away and come back."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.folder = folder
        self.port, self.dicom_port = free_port(), free_port()
        user, _, password = LOGIN.partition(":")
        said = {
            "Name": "test", "StorageDirectory": str(folder / "files"), "IndexDirectory": str(folder / "files"),
            "HttpPort": self.port, "DicomPort": self.dicom_port, "DicomAet": "ORTHANC", "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True, "RegisteredUsers": {user: password}, "Plugins": [str(PLUGIN)],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"}, "DefaultEncoding": "Chinese", **more,
        }  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "orthanc.json").write_text(json.dumps(said), encoding="utf-8")
        self.login = folder / "login"
        self.login.write_text(LOGIN, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/dicom-web"

    def start(self, prepare: Callable[[], None] | None = None) -> None:
        """Start it and wait until it answers; `prepare` runs in its process before it begins."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(PROGRAM), str(self.folder / "orthanc.json")], stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "TCP_NODELAY": "1"}, preexec_fn=prepare, restore_signals=prepare is None,
            )  # fmt: skip
        until = time.monotonic() + 20
        while not beside.listens(self.port):
            assert self._process.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def ask(self, method: str, path: str, said: Any = None) -> Any:
        """Ask its own REST interface; return the answer, read as JSON where it is that."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            heads = {"Authorization": f"Basic {base64.b64encode(LOGIN.encode()).decode()}"}
            body = said if said is None or isinstance(said, bytes) else json.dumps(said)
            connection.request(method, path, body, heads)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        assert response.status == 200, (response.status, answer[:500])
        return json.loads(answer) if answer[:1] in (b"[", b"{") else answer

    def empty(self) -> None:
        """Remove every study."""
        for each in self.ask("GET", "/studies"):
            self.ask("DELETE", f"/studies/{each}")


def program() -> None:
    """Say that Orthanc is needed."""
    need(PROGRAM.is_file() and PLUGIN.is_file(), "Orthanc is not installed (apt-get install orthanc orthanc-dicomweb)")


@pytest.fixture(scope="session")
def orthanc_of_session(tmp_path_factory):
    program()
    made = Orthanc(tmp_path_factory.mktemp("orthanc"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def orthanc(orthanc_of_session, settings, tmp_path):
    """A PACS without images, which keeps those of this test."""
    from tongmai.commons.imaging import archive

    settings.IMAGES, settings.IMAGES_SYNC = tmp_path / "images", False
    settings.PACS, settings.PACS_LOGIN = orthanc_of_session.address, str(orthanc_of_session.login)
    orthanc_of_session.empty()
    yield orthanc_of_session
    if settings.PACS:
        archive.store().caller.close()


@pytest.fixture(params=["folder", "orthanc"])
def each_archive(request):
    """Run a test twice: the images stand in the folder, and on a PACS."""
    return request.getfixturevalue("orthanc") if request.param == "orthanc" else None
