"""What can be done with examinations: one function per intent, each in one transaction."""

from tongmai.care.diagnostics.services.performing import data_arrived, perform, send
from tongmai.care.diagnostics.services.placing import Wanted, cancel, place

__all__ = ["Wanted", "cancel", "data_arrived", "perform", "place", "send"]
