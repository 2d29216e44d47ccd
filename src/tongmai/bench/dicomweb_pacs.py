"""The first picture in a browser where a PACS keeps the images: Debian's Orthanc, on the same machine and disk.

A film and a series are stored through the product, so that the PACS alone has them.  Each look is that of a browser that
has seen nothing before: with the PACS asked anew, and with the copy that the product keeps of what was read lately.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tongmai.bench import beside, dicomweb_served, postgres

ORTHANC = Path("/usr/sbin/Orthanc")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
_LOOKS = 3


def is_installed() -> bool:
    """Whether there is such a PACS on this machine."""
    return ORTHANC.is_file() and PLUGIN.is_file()


def kept(contents: list[bytes], world: Any, person: Any) -> Any:
    """Store images of a person through the product, and return what the last of them says of itself."""
    from tongmai.commons.imaging import facts, part10, services
    from tongmai.commons.imaging.services import Whose
    from tongmai.commons.imaging.services.storing import arrival
    from tongmai.foundation.orgs.actors import Actor

    for content in contents:
        opened = part10.opened(content)
        said = facts.read(opened.data_set, transfer_syntax=opened.transfer_syntax)
        each = arrival(said, bytes(opened.data_set), org_id=world.lead.id)
        services.store(each, resolve=lambda *_: Whose(person.id, "B1", ""), by=Actor.system(now=world.now))
    return said


def measured(made: dict[str, list[bytes]], world: Any, person: Any, cookies: dict[str, str]) -> list[dict[str, Any]]:
    """Return the milliseconds of each look at each of these studies, asked anew and from the copy; None without a browser."""
    from django.conf import settings
    from django.test.utils import override_settings
    from django.urls import reverse

    from tongmai.commons.imaging.models import Study

    found, port = [], postgres.free_port()
    server = f"http://127.0.0.1:{port}"
    copies = Path(settings.IMAGES) / "copies"
    with _orthanc(Path(os.environ["TONGMAI_VAR"]) / "orthanc") as address, override_settings(PACS=address):
        pages = {}
        for what, contents in made.items():
            study = Study.objects.get(uid=kept(contents, world, person).study_uid)
            pages[what] = reverse("imaging:study", args=[study.id])
        with dicomweb_served.served(port, {"TONGMAI_PACS": address}):
            for what, page in pages.items():
                looks: dict[str, list[float] | None] = {"copy": [], "anew": []}
                for name in ("anew", "copy") * _LOOKS:
                    if name == "anew":
                        shutil.rmtree(copies, ignore_errors=True)
                    took = dicomweb_served.first_images(server, page, cookies, looks=1)
                    looks[name] = None if took is None else [*(looks[name] or []), *took]
                found.append({"what": what} | looks)
    return found


@contextmanager
def _orthanc(folder: Path) -> Iterator[str]:
    """Start one, and return the address of its DICOMweb."""
    port, files = postgres.free_port(), str(folder / "files")
    said = {
        "Name": "bench", "StorageDirectory": files, "IndexDirectory": files, "HttpPort": port, "DicomServerEnabled": False,
        "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "Plugins": [str(PLUGIN)], "SyncStorageArea": True,
        "StorageCompression": False, "DicomWeb": {"Enable": True, "Root": "/dicom-web/"}, "DefaultEncoding": "Chinese",
    }  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "orthanc.json").write_text(json.dumps(said), encoding="utf-8")
    with beside.running([str(ORTHANC), str(folder / "orthanc.json")], port, {"TCP_NODELAY": "1"}, is_up=beside.answers):
        yield f"http://127.0.0.1:{port}/dicom-web"
