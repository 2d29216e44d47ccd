"""The programs of others that the tests let talk to ours."""

import os
import subprocess
from pathlib import Path

from tests.harness.needing import need

PROGRAMS = Path("/usr/bin")


def dcmtk() -> Path:
    """Return where dcmtk's programs stand."""
    need((PROGRAMS / "storescu").is_file(), "dcmtk is not installed (apt-get install dcmtk)")
    return PROGRAMS


def run(program: str, port: int, *arguments: object, calling: str = "DX_JIA") -> subprocess.CompletedProcess:
    """Run one of dcmtk's programs against our port."""
    words = [str(dcmtk() / program), "-v", "-aet", calling, "-aec", "TONGMAI", "127.0.0.1", str(port)]
    return subprocess.run(
        [*words, *map(str, arguments)], capture_output=True, timeout=60, check=False,
        env={**os.environ, "TCP_NODELAY": "1", "DCMDICTPATH": "/usr/share/libdcmtk17/dicom.dic"},
    )  # fmt: skip
