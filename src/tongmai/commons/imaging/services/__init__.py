"""What is done with images: stored, put into quarantine, put into a record or taken out; devices and what they tell."""

from tongmai.commons.imaging.services.deciding import link, reject, restore, unlink
from tongmai.commons.imaging.services.devices import change_device, register_device
from tongmai.commons.imaging.services.findings import keep_findings
from tongmai.commons.imaging.services.holding import dismiss, hold, settle_as_taken
from tongmai.commons.imaging.services.key_images import mark_key_image, unmark_key_image
from tongmai.commons.imaging.services.storing import Arrival, Outcome, Remembered, Whose, begin, keep, store, store_many
from tongmai.commons.imaging.services.telling import keep_commitment, note_answered, note_step

__all__ = [
    "Arrival", "Outcome", "Remembered", "Whose", "begin", "change_device", "dismiss", "hold", "keep", "keep_commitment",
    "keep_findings", "link", "mark_key_image", "note_answered", "note_step", "register_device", "reject", "restore",
    "settle_as_taken", "store", "store_many", "unlink", "unmark_key_image",
]  # fmt: skip
