"""Which machines may talk to us."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from tongmai.commons.imaging import access
from tongmai.commons.imaging.events import DeviceChanged, DeviceRegistered
from tongmai.commons.imaging.models import Device
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs import access as orgs
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput
from tongmai.kernel.text import N_

Facts = Mapping[str, Any]
_TITLE = re.compile(r"[ -\[\]-~]{1,16}")  # PS3.5: AE; no backslash, no control characters
_MODALITY = re.compile(r"[A-Z]{2,6}( [A-Z]{2,6})*")
_FINGERPRINT = re.compile(r"([0-9a-f]{64})?")


class TitleTaken(Conflict):
    code = "device-title-taken"
    sentence = N_("这个 AE 标题已登记给另一台设备，请换一个")


def register_device(org_id: UUID, *, facts: Facts, by: Actor) -> Device:
    """Enter a device; from then on it may connect.  `facts`: the columns of `Device`.

    Raises:
        NotPermitted: this post enters no devices.  NotFound: no such organisation.  InvalidInput.  TitleTaken.
    """
    orgs.require(by, Action.MANAGE_CONNECTIONS)
    site = orgs.org(org_id, by=by, to=Action.MANAGE_CONNECTIONS)
    try:
        with transaction.atomic():
            found = Device.objects.create(
                org=site, registered_at=by.now, registered_by_id=by.user_id, **_checked(facts)
            )
            audit.record(DeviceRegistered(device_id=found.id, org_id=site.id), by=by)
    except IntegrityError:
        raise TitleTaken() from None
    return found


def change_device(device_id: UUID, *, facts: Facts, by: Actor) -> Device:
    """Change what is entered of a device, or whether it may connect (errors as in `register_device`)."""
    orgs.require(by, Action.MANAGE_CONNECTIONS)
    found = access.device(device_id, by=by)
    try:
        with transaction.atomic():
            Device.objects.filter(id=found.id).update(version=F("version") + 1, **_checked(facts))
            audit.record(DeviceChanged(device_id=found.id), by=by)
    except IntegrityError:
        raise TitleTaken() from None
    found.refresh_from_db()
    return found


def _checked(facts: Facts) -> dict[str, Any]:
    said = dict(facts)
    if "ae_title" in said:
        said["ae_title"] = said["ae_title"].strip()
        if not _TITLE.fullmatch(said["ae_title"]):
            raise InvalidInput(field="ae_title", problem=N_("1–16 个英文字母、数字或符号，不含反斜杠"))
    if "modalities" in said:
        said["modalities"] = " ".join(said["modalities"].upper().replace(",", " ").split())
        if not _MODALITY.fullmatch(said["modalities"]):
            raise InvalidInput(field="modalities", problem=N_("请填写 DICOM 设备类型代码，如 DX CR，用空格隔开"))
    if said.get("host"):
        try:
            said["host"] = str(ipaddress.ip_network(said["host"].strip())).removesuffix("/32").removesuffix("/128")
        except ValueError:
            raise InvalidInput(field="host", problem=N_("请填写 IP 地址或网段，如 10.1.2.3 或 10.1.2.0/24")) from None
    _check_connection(said)
    return said


def _check_connection(said: Facts) -> None:
    if not _FINGERPRINT.fullmatch(said.get("certificate", "")):
        raise InvalidInput(field="certificate", problem=N_("请填写证书的 SHA-256，64 位小写十六进制"))
    if said.get("port") is not None and not 0 < said["port"] < 65536:
        raise InvalidInput(field="port", problem=N_("端口在 1 到 65535 之间"))
