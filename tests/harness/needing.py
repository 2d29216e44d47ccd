"""What a test needs of the machine."""

import os

import pytest


def need(is_there: bool, missing: str) -> None:
    """Skip where something is missing, saying what; a complete run does not do without.

    `missing`: what it is, and how it comes.
    """
    if is_there:
        return
    said = f"NOT RUN: {missing}"
    assert os.environ.get("TONGMAI_COMPLETE") != "1", said
    pytest.skip(said)
