"""The closed lists of recordings, shared by tables, pages and services."""

from enum import StrEnum


class Standing(StrEnum):
    LINKED = "linked"  # in a person's record
    HELD = "held"  # nobody is sure whose it is
    SET_ASIDE = "set_aside"  # a person decided that it is nobody's
