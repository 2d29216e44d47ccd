"""What does an order number on an electrocardiogram mean?  Orders know; the electrocardiograms ask here."""

from tongmai.care.diagnostics import for_devices
from tongmai.commons.ecg.orders import Ordered, provide


def _by_number(number: str) -> Ordered | None:
    asked = for_devices.by_number(number)
    if asked is None or asked.modality != "ECG":
        return None
    return Ordered(asked.order_number, asked.resident_id, asked.org_id, asked.item_name)


provide(_by_number)
