"""A viewer of others as a peer: the built files of OHIF, as they are, beside the product under one address.

nginx before both gives the viewer's files and sends everything else on, as in a hospital.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from tests.harness.needing import need
from tongmai.bench import beside
from tongmai.bench.postgres import free_port
from tools import peers

NGINX = Path("/usr/sbin/nginx")
MANUAL = Path(__file__).resolve().parents[2] / "docs" / "receiving-images.md"
BASE = "/ohif"
# Beside what a hospital writes into its `app-config.js`: the processor draws, for want of a graphics card; the viewer's
# tour and its note that it is no medical product stay away.
_OF_TESTS = {
    "useCPURendering": True, "showCPUFallbackMessage": False, "maxNumberOfWebWorkers": 1,
    "investigationalUseDialog": {"option": "never"},
}  # fmt: skip
# What stands around these lines; the rest, as Debian has it, is for a service that begins with the machine.
_AROUND = """
daemon off; user root; pid {folder}/pid; worker_processes 1;
events {{ }}
http {{
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; {lines} }}
}}
"""
_NO_TOUR = """localStorage.setItem("shownTours", '["basicViewerTour"]')"""


@contextmanager
def _in_front(folder: Path, *, behind: str) -> Iterator[int]:
    """Run nginx, and set up the viewer, with the lines that the manual gives; yield its port."""
    config = f"{_of_the_manual('window.config')}\nObject.assign(window.config, {json.dumps(_OF_TESTS)});"
    (folder / "app-config.js").write_text(config, encoding="utf-8")
    lines = _of_the_manual("proxy_pass")
    for there, here in (("127.0.0.1:8000", behind), ("/etc/tongmai/ohif", str(folder)), ("/srv/ohif", str(peers.OHIF))):
        assert there in lines
        lines = lines.replace(there, here)
    port = free_port()
    told = folder / "nginx.conf"
    told.write_text(_AROUND.format(folder=folder, port=port, lines=lines), encoding="utf-8")
    with beside.running([str(NGINX), "-c", str(told), "-e", str(folder / "errors")], port, is_up=beside.listens):
        yield port


def _of_the_manual(word: str) -> str:
    """Return the piece of code of the manual in which a word stands."""
    [found] = (each for each in MANUAL.read_text(encoding="utf-8").split("```")[1::2] if word in each)
    return found


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
def ohif(live_server, tmp_path):
    """`ohif(page)` is the viewer on a page."""
    need(peers.OHIF.is_dir(), peers.MISSING)
    need(NGINX.is_file(), "nginx is not installed (apt-get install nginx)")
    behind = urlsplit(live_server.url)
    with _in_front(tmp_path, behind=behind.netloc) as port:
        yield lambda page: Ohif(page, f"http://{behind.hostname}:{port}")
