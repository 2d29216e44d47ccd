"""Paper: PDF by typst.  Data goes in as JSON, never as markup, so that a `#` or `*` somebody typed stays one.

A template lies in its app's `printing/` folder and is named like a page: "referrals/slip.typ".  It begins with
`#import "/ui/printing/sheet.typ": *` and gets its data by `#let data = given()`.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.apps import apps
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongmai.kernel.errors import Unavailable
from tongmai.kernel.text import N_

PACKAGE = Path(__file__).resolve().parents[2]
FONTS = Path(__file__).resolve().parents[1] / "fonts"
NEEDED = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
WORKER = Path(__file__).with_name("worker.py")
LIMIT_SECONDS = 30


class FontMissing(Exception):
    """The build has not put the Chinese font in its place; a PDF without it would be empty boxes."""


class TemplateBroken(Exception):
    """A mistake of a programmer: typst refuses the template or the data it was given."""


class PrinterBusy(Unavailable):
    code = "printer-busy"
    sentence = N_("打印没有按时完成，请稍后再试")


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PDF of `template` ("<app>/<name>.typ") filled with `data` (JSON values only).

    Typst runs in a process of its own, which is ended when it takes longer than `LIMIT_SECONDS`.

    Raises:
        FontMissing: run `node tools/build-assets.mjs`.
        TemplateBroken: the template does not compile with this data.
        PrinterBusy: it took too long.
    """
    missing = [name for name in NEEDED if not (FONTS / name).is_file()]
    if missing:
        raise FontMissing(f"{', '.join(missing)} not in {FONTS}: run `node tools/build-assets.mjs`")
    order = {
        "template": str(_path_of(template)),
        "root": str(PACKAGE),
        "fonts": str(FONTS),
        "data": json.dumps({"words": _words(), **data}, ensure_ascii=False),
    }
    try:
        answer = subprocess.run(
            [sys.executable, "-I", str(WORKER)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PrinterBusy() from None
    if answer.returncode:
        raise TemplateBroken(f"{template}: {answer.stderr.decode(errors='replace')[-2000:]}")
    return answer.stdout


def qr(text: str) -> str:
    """Return a QR code of `text` as SVG, for a template's `code()`; error correction M stands a fold in the paper."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=2)
    return out.getvalue().decode()


def _words() -> dict[str, str]:
    """What the sheet itself says, in the language of the page from which it is printed."""
    return {
        "language": "en" if (get_language() or "").startswith("en") else "zh",
        "pages": _("第 {page} 页，共 {all} 页"),
        "colon": _("："),
    }


def _path_of(template: str) -> Path:
    label, _slash, name = template.partition("/")
    return Path(apps.get_app_config(label).path) / "printing" / name
