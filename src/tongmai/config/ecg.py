"""How electrocardiograms meet orders and images: what an order number means, and waveforms that a device sent as DICOM."""

from uuid import UUID

from tongmai.care.diagnostics import for_devices
from tongmai.commons.ecg import services
from tongmai.commons.ecg.orders import Ordered, provide
from tongmai.commons.imaging import archive
from tongmai.commons.imaging import selectors as imaging
from tongmai.commons.imaging.models import Study
from tongmai.foundation.orgs.actors import Actor

# 12-lead, general and ambulatory ECG waveforms.
WAVEFORMS = frozenset(f"1.2.840.10008.5.1.4.1.1.9.1.{n}" for n in (1, 2, 3))


def _by_number(number: str) -> Ordered | None:
    asked = for_devices.by_number(number)
    if asked is None or asked.modality != "ECG" or asked.state == "cancelled":
        return None
    return Ordered(asked.order_number, asked.resident_id, asked.org_id, asked.item_name)


def take_waveforms(study_id: UUID, *, by: Actor) -> None:
    """Keep the waveforms of a linked study as recordings; one that was taken out of the record meanwhile is left alone."""
    study = Study.objects.get(id=study_id)
    for instance in imaging.instances_of(study) if study.resident_id else ():
        if instance.sop_class in WAVEFORMS:
            services.receive(
                archive.store().read(imaging.place_of(study, instance)), resident_id=study.resident_id,
                order_number=study.order_number, org_id=study.org_id, received_from="dicom", by=by,
            )  # fmt: skip


provide(_by_number)
