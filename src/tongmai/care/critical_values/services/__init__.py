"""The intents of critical values.  Import this module and call it by its name."""

from tongmai.care.critical_values.services.answering import acknowledge, act, close, dismiss, phone
from tongmai.care.critical_values.services.drills import start_drill
from tongmai.care.critical_values.services.escalating import escalate_due
from tongmai.care.critical_values.services.raising import correct, raise_value, reject, release
from tongmai.care.critical_values.services.settings import (
    LimitInput,
    RungInput,
    end_limit,
    end_rung,
    set_limit,
    set_rung,
)

__all__ = [
    "LimitInput",
    "RungInput",
    "acknowledge",
    "act",
    "close",
    "correct",
    "dismiss",
    "end_limit",
    "end_rung",
    "escalate_due",
    "phone",
    "raise_value",
    "reject",
    "release",
    "set_limit",
    "set_rung",
    "start_drill",
]
