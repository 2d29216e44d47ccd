"""A viewer of others as a peer: the built files of OHIF, as they are, beside the product under one address.

A web server before both gives the viewer's files and sends everything else on, as in a hospital.
"""

import base64
import http.client
import json
import mimetypes
import os
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from tools import peers

BASE = "/ohif"
# What a hospital writes into its `app-config.js` (docs/receiving-images.md), and: the processor draws, for want of a
# graphics card; the viewer's tour and its note that it is no medical product stay away.
CONFIG = {
    "routerBasename": BASE, "extensions": [], "modes": [], "showStudyList": True, "defaultDataSourceName": "tongmai",
    "dataSources": [{
        "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb", "sourceName": "tongmai",
        "configuration": {
            "friendlyName": "Tongmai", "name": "tongmai", "qidoRoot": "/dicom-web", "wadoRoot": "/dicom-web",
            "imageRendering": "wadors", "thumbnailRendering": "wadors", "enableStudyLazyLoad": True, "supportsStow": True,
            "supportsWildcard": True, "supportsFuzzyMatching": False, "bulkDataURI": {"enabled": True},
        },
    }],
    "useCPURendering": True, "showCPUFallbackMessage": False, "maxNumberOfWebWorkers": 1,
    "investigationalUseDialog": {"option": "never"},
}  # fmt: skip
_NO_TOUR = """localStorage.setItem("shownTours", '["basicViewerTour"]')"""


class _Front(ThreadingHTTPServer):
    """The web server; `behind`: where the product listens."""

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.behind = behind

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes on to another page ends its connections; whatever else is wrong is seen on the page."""


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Front

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        is_page = path == BASE or path.startswith(f"{BASE}/")
        file = peers.OHIF / ("index.html" if is_page else path.lstrip("/"))
        if path == "/app-config.js":
            self._give(f"window.config = {json.dumps(CONFIG)}".encode(), "text/javascript")
        elif file.is_file():
            self._give(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        else:
            self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind = http.client.HTTPConnection(self.server.behind, timeout=60)
        try:
            behind.request(self.command, self.path, body, dict(self.headers.items()))
            answer = behind.getresponse()
            content = answer.read()
        finally:
            behind.close()
        own = {"content-type", "content-length", "transfer-encoding", "connection", "date", "server"}
        heads = [(name, value) for name, value in answer.getheaders() if name.lower() not in own]
        self._give(content, answer.getheader("Content-Type", ""), answer.status, heads)

    def _give(self, content: bytes, kind: str, status: int = 200, heads: Iterable[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        for name, value in (*heads, ("Content-Type", kind), ("Content-Length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_said: Any) -> None:
        """Nothing is told."""


class Ohif:
    """The viewer on the page of somebody who has signed in to the product."""

    def __init__(self, page: Any, root: str) -> None:
        self.page, self.root = page, root
        page.set_default_timeout(60_000)  # its scripts are 20 MB
        page.add_init_script(_NO_TOUR)

    def lists(self) -> None:
        """Open its list of studies."""
        self.page.goto(f"{self.root}{BASE}/")
        self.part("input-patientName").wait_for()

    def part(self, name: str) -> Any:
        """Return the element that the viewer calls so."""
        return self.page.locator(f'[data-cy="{name}"]').locator("visible=true").first

    def goes_to(self, study_uid: str) -> None:
        """Go to a study by its address, without loading the viewer anew."""
        self.page.evaluate(
            "(to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate', { state: {} })); }",
            f"{BASE}/viewer?StudyInstanceUIDs={study_uid}",
        )

    def canvas(self) -> Any:
        return self.page.locator("canvas.cornerstone-canvas").first

    def picture(self) -> np.ndarray:
        """Return what it has drawn, without the words over it: grey values of its canvas."""
        said = self.canvas().evaluate("(canvas) => canvas.toDataURL('image/png')")
        content = base64.b64decode(said.partition(",")[2])
        return np.asarray(Image.open(BytesIO(content)).convert("L"), dtype=float)


def likeness(drawn: np.ndarray, frame: np.ndarray, spacing: tuple[float, float] = (1, 1)) -> float:
    """Return how alike a drawn picture is to the values of a frame that fills it: 1 where each grey follows its value.

    `spacing`: mm between rows and between columns.
    """
    (height, width), (n_rows, n_columns) = drawn.shape, frame.shape
    scale = min(height / (n_rows * spacing[0]), width / (n_columns * spacing[1]))
    y, x = np.mgrid[0:height:3, 0:width:3]
    row = (y - height / 2) / scale / spacing[0] + n_rows / 2
    column = (x - width / 2) / scale / spacing[1] + n_columns / 2
    inside = (row >= 0) & (row < n_rows) & (column >= 0) & (column < n_columns)
    shown, wanted = drawn[0:height:3, 0:width:3][inside], frame[row[inside].astype(int), column[inside].astype(int)]
    return float(np.corrcoef(shown, wanted)[0, 1]) if np.ptp(shown) else 0.0


@pytest.fixture
def ohif(live_server):
    """`ohif(page)` is the viewer on a page.  Skips where it was not fetched; a complete run does not do without."""
    if not peers.OHIF.is_dir():
        said = f"NOT RUN: {peers.MISSING}"
        assert os.environ.get("TONGMAI_COMPLETE") != "1", said
        pytest.skip(said)
    behind = urlsplit(live_server.url)
    front = _Front(behind.netloc)
    serving = threading.Thread(target=front.serve_forever, daemon=True)
    serving.start()
    yield lambda page: Ohif(page, f"http://{behind.hostname}:{front.server_port}")
    front.shutdown()
    front.server_close()
    serving.join(5)
