"""The tables of images."""

from tongmai.commons.imaging.models.devices import Commitment, Device, PerformedStep
from tongmai.commons.imaging.models.held import Held
from tongmai.commons.imaging.models.key_images import KeyImage
from tongmai.commons.imaging.models.studies import Instance, Series, Study, StudyDecision

__all__ = ["Commitment", "Device", "Held", "Instance", "KeyImage", "PerformedStep", "Series", "Study", "StudyDecision"]
