"""A real browser: the installed Chromium, driven by playwright; nothing may leave this machine."""

import json
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.harness.needing import need

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # No name but that of this machine leads anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOCAL = {"127.0.0.1", "localhost", "::1"}
# WCAG 2.1 A and AA; of what is well and what a person would have to look at no details are asked for.
AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def executable() -> str | None:
    """Return the installed Chromium, else None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def is_driven_by(file: Path) -> bool:
    """Whether tests in a browser may stand in that file: the stage that runs them reads no others."""
    return file.parent.name == "system" or file.stem.endswith("_browser")


@pytest.fixture(scope="session")
def browser():
    """The installed Chromium, without a window."""
    program = executable()
    need(program is not None, "no Chromium on PATH.  On Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    # The driver runs its event loop in this thread; Django would take every query for one made inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(browser):
    """`new_page(**options)` opens a page in a profile of its own; at the end, requests that would have left this machine
    and errors of scripts fail the test."""
    contexts, strangers, mistakes = [], [], []

    def note_strangers(request):
        """To stand in the way of each request would take a tenth of the time, and switch off what the browser keeps."""
        parts = urlsplit(request.url)
        if parts.hostname and parts.hostname not in LOCAL:
            strangers.append(request.url)

    def make(**options):
        defaults = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
        context = browser.new_context(**(defaults | options))
        context.on("request", note_strangers)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not strangers, f"requests left this machine: {strangers}"
    assert not mistakes, f"scripts failed: {mistakes}"


@pytest.fixture
def page(new_page):
    """A page of an ordinary old office screen."""
    return new_page()


@pytest.fixture(scope="session")
def axe():
    """`axe(page)` fails with the accessibility rules (WCAG 2 A and AA) that the page breaks, and where."""
    need(AXE.is_file(), "axe-core is not installed (npm ci)")
    script = AXE.read_text(encoding="utf-8")

    def check(page, allowed: tuple[str, ...] = ()) -> None:
        page.evaluate(script)  # evaluated by the driver, so the page's policy against inline scripts stays on
        found = page.evaluate(f"axe.run(document, {json.dumps(AXE_OPTIONS)})")
        broken = [
            f"{v['id']} ({v['impact']}): {v['help']}\n    "
            + "\n    ".join(node["html"][:160] for node in v["nodes"][:5])
            for v in found["violations"]
            if v["id"] not in allowed
        ]
        assert not broken, json.dumps(page.url) + "\n" + "\n".join(broken)

    return check
