"""Limits and chains, dated; the values, with every step and everybody who was told."""

from tongmai.care.critical_values.models.settings import LimitLine, Rung
from tongmai.care.critical_values.models.values import CriticalValue, Notice, Transition

__all__ = ["CriticalValue", "LimitLine", "Notice", "Rung", "Transition"]
