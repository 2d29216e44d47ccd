"""Codes on paper as a scanner of others reads them: the PDF drawn by poppler, read by zbar."""

import subprocess
from pathlib import Path

from tests.harness.needing import need

_DRAW, _READ = Path("/usr/bin/pdftoppm"), Path("/usr/bin/zbarimg")


def read(pdf: bytes, folder: Path, *, dots: int = 300) -> set[tuple[str, str]]:
    """Return what stands on the pages, printed at so many dots an inch: ("CODE-128" or "QR-Code", text) each."""
    there = _DRAW.is_file() and _READ.is_file()
    need(there, "poppler or zbar is not installed (apt-get install poppler-utils zbar-tools)")
    (folder / "paper.pdf").write_bytes(pdf)
    stem = folder / f"page-{dots}"
    _run(_DRAW, "-png", "-gray", "-r", str(dots), str(folder / "paper.pdf"), str(stem))
    found: set[tuple[str, str]] = set()
    for page in sorted(folder.glob(f"{stem.name}-*.png")):
        said = _run(_READ, "--nodbus", "-q", str(page))
        found |= {(kind, text) for kind, _colon, text in (line.partition(":") for line in said.splitlines())}
    return found


def _run(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, timeout=60, check=False)
    assert done.returncode in (0, 4), done.stderr  # zbar's 4: nothing was read
    return done.stdout.decode()
