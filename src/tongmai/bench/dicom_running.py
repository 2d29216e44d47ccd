"""The senders and the receivers of `tongmai bench dicom`, in a process with a new database."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tongmai.bench import apart, beside

_STORESCU, _ORTHANC = "/usr/bin/storescu", "/usr/sbin/Orthanc"
_TITLE = "BENCH_CT"
_FILMS = 5
_PATIENCE_SECONDS = 60.0
_NO_DELAY = {"TCP_NODELAY": "1"}


class NoPeer(Exception):
    """A program of others that this bench compares with is not installed."""


def measure(plan: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Send every round to both receivers, alternately, and return the images a second of each."""
    for program in (_STORESCU, _ORTHANC):
        if not Path(program).is_file():
            raise NoPeer(f"{program} is not installed (apt-get install dcmtk orthanc)")
    rates: dict[str, list[float]] = {"ours": [], "orthanc": []}
    site = _site()
    with _ours(plan["port"], plan["workers"]), _orthanc(plan["port"] + 1, folder):
        for n in range(plan["rounds"]):
            shares = _slices(folder / f"round-{n}", plan, n)
            order = ["ours", "orthanc"] if n % 2 == 0 else ["orthanc", "ours"]
            for name in order:
                port = plan["port"] + (name == "orthanc")
                rates[name].append(plan["slices"] / _sent(shares, port))
        worklist = [_film(site, folder, plan["port"], n) for n in range(_FILMS)]
    from tongmai.commons.imaging import checks
    from tongmai.commons.imaging.models import Instance

    return rates | {
        "worklist_seconds": worklist, "stored": Instance.objects.count(),
        "sent": plan["rounds"] * plan["slices"] + _FILMS, "findings": len(list(checks.files())),
    }  # fmt: skip


def _site() -> Any:
    """A township with its device and its centre."""
    from django.utils import timezone

    from tongmai.commons.imaging.models import Device
    from tongmai.foundation.orgs.models import Org

    common = {"county_code": "340199", "division_code": "340199", "kind": Org.Kind.values[0]}
    made = [
        Org.objects.create(code=f"BENCH{n}", name=name, short_name=name, level=level, **common)
        for n, (name, level) in enumerate([("示例镇卫生院", Org.Level.TOWNSHIP), ("示例县人民医院", Org.Level.COUNTY)])
    ]
    Device.objects.create(ae_title=_TITLE, name="CT", org=made[0], modalities="CT DX", registered_at=timezone.now())
    return made


def _slices(folder: Path, plan: dict[str, Any], n: int) -> list[Path]:
    """Write a CT of its own study, and return a folder for each sender."""
    from tongmai.commons.imaging import phantom

    shares = [folder / f"sender-{k}" for k in range(plan["senders"])]
    for share in shares:
        share.mkdir(parents=True)
    of = phantom.Of(number=f"B{n}", order_number=f"BENCH{n}")
    for k, content in enumerate(phantom.ct(of, n_slices=plan["slices"], size=512)):
        (shares[k % len(shares)] / f"{k}.dcm").write_bytes(content)
    return shares


def _sent(shares: list[Path], port: int) -> float:
    """Let every sender send its folder at once; return the seconds until the last is done."""
    started = time.monotonic()
    senders = [
        subprocess.Popen(
            [_STORESCU, "-aet", _TITLE, "-aec", "TONGMAI", "+sd", "127.0.0.1", str(port), str(share)],
            env=os.environ | _NO_DELAY,
        )
        for share in shares
    ]
    if any([each.wait() for each in senders]):
        raise RuntimeError(f"a sender to port {port} failed")
    return time.monotonic() - started


def _film(site: Any, folder: Path, port: int, n: int) -> float:
    """Send a chest film of an order as the township's device; return the seconds until its centre has it to read."""
    from datetime import date

    from django.utils import timezone

    from tongmai.care.diagnostics.models import Order
    from tongmai.commons.imaging import phantom
    from tongmai.commons.residents.models import Resident

    now, number = timezone.now(), f"340199F{n:07}"
    her = Resident.objects.create(name=f"示例{n}", sex="female", born_on=date(1960, 1, 1), registered_at=now)
    study_uid = phantom.uid(number)
    order = Order.objects.create(
        number=number, study_uid=study_uid, resident=her, state_since=now, item_code=f"DX-{n}", item_name="胸部正位片",
        category="imaging", modality="DX", clinical_question="咳嗽", orderer=site[0], site=site[0], centre=site[1],
        requested_at=now, clock_started_at=now,
    )  # fmt: skip
    of = phantom.Of(
        name=f"示例{n}", latin=f"Shili{n}", number=her.id.hex, sex="F", born_on=her.born_on, order_number=number,
        study_uid=study_uid,
    )  # fmt: skip
    path = folder / f"film-{n}.dcm"
    path.write_bytes(phantom.chest(of, n_rows=2048, n_columns=2048))
    started = time.monotonic()
    subprocess.run(
        [_STORESCU, "-aet", _TITLE, "-aec", "TONGMAI", "127.0.0.1", str(port), str(path)], env=os.environ | _NO_DELAY,
        check=True,
    )  # fmt: skip
    while Order.objects.filter(id=order.id, sent_at=None).exists():
        if time.monotonic() - started > _PATIENCE_SECONDS:
            raise RuntimeError("a film did not get to its centre")
        time.sleep(0.01)
    return time.monotonic() - started


@contextmanager
def _ours(port: int, workers: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tongmai", "serve-dicom", "--port", str(port), "--workers", str(workers)]
    with beside.running(command, port, is_up=beside.listens):
        yield


@contextmanager
def _orthanc(port: int, folder: Path) -> Iterator[None]:
    settings = {
        "Name": "bench", "StorageDirectory": str(folder / "orthanc"), "IndexDirectory": str(folder / "orthanc"),
        "DicomPort": port, "DicomAet": "TONGMAI", "DicomCheckCalledAet": False, "DicomAlwaysAllowStore": True,
        "HttpServerEnabled": False, "StorageCompression": False, "SyncStorageArea": True, "Plugins": [],
        "DicomServerEnabled": True, "DicomThreadsCount": 8,
    }  # fmt: skip
    path = folder / "orthanc.json"
    path.write_text(json.dumps(settings))
    with beside.running([_ORTHANC, str(path)], port, _NO_DELAY, is_up=beside.listens):
        yield


def _measured(plan: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tongmai-bench-", dir=os.environ["TONGMAI_VAR"]) as folder:
        return measure(plan, Path(folder))


if __name__ == "__main__":
    apart.answer(_measured)
