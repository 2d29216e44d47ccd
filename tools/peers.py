"""Fetches a peer of the tests that no Debian package brings: the OHIF Viewer (MIT), another viewer of DICOMweb.

It is never a part of the product.  npm fetches exactly this version, its hash is compared, and what the tests need of it
is unpacked into `build/peers/`.  Where it cannot be had the tests with it say so; a complete run does not do without.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "build" / "peers"
PACKAGE, VERSION = "@ohif/app", "3.12.10"
SHA512 = (
    "d24b85eba32af5cf5d303fbe6d4b138ccac9a57270699873f41e2e4b6e380dac"
    "008d2913c0860553dde9c4fb915108b16918bb4001e517715ed6ab9d06566b98"
)
OHIF = PEERS / f"ohif-{VERSION}"
MISSING = f"{PACKAGE} {VERSION} is not here (make build/done/peers fetches it with npm)"
# A model that finds organs and a viewer of microscopy: three quarters of it, and of no use to these tests.
_NOT_NEEDED = ("package/dist/ort/", "package/dist/dicom-microscopy-viewer/")
_DIST = "package/dist/"
_PATIENCE_SECONDS = 600


class NotHad(Exception):
    """It could not be fetched, or is not what was expected."""


def main() -> int:
    """Fetch what is missing.  `python -m tools.peers FILE` makes FILE when it is there.

    Ends with 0 also where it cannot be had, as whoever works without a network must be able to run the other tests.
    """
    try:
        if not OHIF.is_dir():
            _fetch()
    except NotHad as why:
        print(f"{PACKAGE} {VERSION} could not be had, so the tests with it will NOT RUN: {why}", file=sys.stderr)
        return 0
    for done in sys.argv[1:]:
        Path(done).touch()
    return 0


def _fetch() -> None:
    PEERS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PEERS) as folder:
        _unpacked(_packed(Path(folder)), Path(folder) / "dist").rename(OHIF)


def _packed(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise NotHad("there is no npm")
    words = [npm, "pack", "--loglevel=error", f"{PACKAGE}@{VERSION}", "--pack-destination", str(folder)]
    try:
        told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotHad(f"npm took longer than {_PATIENCE_SECONDS} s") from None
    found = next(folder.glob("*.tgz"), None)
    if told.returncode or found is None:
        raise NotHad(told.stderr.strip()[:200] or f"npm pack: {told.returncode}")
    with found.open("rb") as file:
        if hashlib.file_digest(file, "sha512").hexdigest() != SHA512:
            raise NotHad("its hash is not the one that stands here")
    return found


def _unpacked(archive: Path, to: Path) -> Path:
    with tarfile.open(archive) as packed:
        for each in packed:
            if each.isfile() and each.name.startswith(_DIST) and not each.name.startswith(_NOT_NEEDED):
                file = to / each.name.removeprefix(_DIST)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(packed.extractfile(each).read())
    return to


if __name__ == "__main__":
    sys.exit(main())
