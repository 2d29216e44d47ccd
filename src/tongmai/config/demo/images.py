"""Devices of two townships, and pictures (of nobody: phantoms) for the imaging orders that were performed."""

from dataclasses import replace
from datetime import datetime, timedelta

from tongmai.care.diagnostics.models import Order
from tongmai.commons.imaging import facts, part10, phantom, services
from tongmai.commons.imaging.models import Device
from tongmai.commons.imaging.services.storing import arrival
from tongmai.config.demo.days import Town
from tongmai.exchange.dicom import resolving
from tongmai.exchange.dicom.worklist import person_name
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.months import REPORTING_ZONE

_SEXES = {"male": "M", "female": "F"}
_NOT_YET = ("ordered", "rejected", "cancelled")  # what comes for a rejected one is its second attempt
_DEVICES = (("DR", "DX CR", "DX"), ("CT", "CT", "CT"), ("US", "US", "US"))


def build(towns: list[Town], *, now: datetime) -> None:
    """Enter the devices, and store what they would have sent; one film nobody can be sure of waits."""
    devices = _devices(towns[:2], now)
    sent = None
    for order in (
        Order.objects.filter(category="imaging").exclude(state__in=_NOT_YET).select_related("resident", "site")
    ):
        for content in _pictures(order):
            _store(content, order, devices, now)
            sent = order
    if sent is not None:
        doubtful = replace(_of(sent), order_number="", name="示例某", latin="Shili^Mou", study_uid=phantom.uid("waits"))
        _store(phantom.chest(doubtful, n_rows=512, n_columns=512), sent, devices, now)


def _devices(towns: list[Town], now: datetime) -> dict[tuple[str, str], Device]:
    by = Actor.system(now=now - timedelta(days=30))
    made = {}
    for n, town in enumerate(towns, start=1):
        for kind, modalities, modality in _DEVICES:
            entered = {"ae_title": f"{kind}_{n}", "name": f"{town.centre.short_name} {kind}", "modalities": modalities}
            made[str(town.centre.id), modality] = services.register_device(town.centre.id, facts=entered, by=by)
    return made


def _pictures(order: Order) -> list[bytes]:
    """Return what a device would send for an order; nothing for a kind that there is no phantom of."""
    of = _of(order)
    if order.modality in ("DX", "CR"):
        has_finding = "肺" in order.clinical_question or "胸" in order.clinical_question
        return [phantom.chest(of, modality=order.modality, n_rows=1024, n_columns=1024, nodule=has_finding)]
    if order.modality == "CT":
        return list(phantom.ct(of, n_slices=16, size=256))
    return [phantom.ultrasound(of, n_frames=16)] if order.modality == "US" else []


def _of(order: Order) -> phantom.Of:
    her = order.resident
    latin, _equals, written = person_name(her.name).partition("=")
    return phantom.Of(
        name=written, latin=latin, number=her.id.hex, sex=_SEXES.get(her.sex, "O"), born_on=her.born_on,
        order_number=order.number, study_uid=order.study_uid, description=order.item_name,
        at=(order.performed_at or order.requested_at).astimezone(REPORTING_ZONE),
    )  # fmt: skip


def _store(content: bytes, order: Order, devices: dict[tuple[str, str], Device], now: datetime) -> None:
    opened = part10.opened(content)
    said = facts.read(opened.data_set, transfer_syntax=opened.transfer_syntax)
    device = devices.get((str(order.site_id), said.modality))
    each = arrival(
        said, bytes(opened.data_set), org_id=order.site_id, device_id=device.id if device else None, channel="dimse"
    )
    services.store(each, resolve=resolving.whose, by=Actor.system(now=order.performed_at or now))
