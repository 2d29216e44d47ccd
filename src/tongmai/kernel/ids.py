"""Identifiers: UUIDs of version 7, so that rows inserted together lie together in an index."""

import os
import time
from collections.abc import Iterator
from uuid import UUID

AT_ONCE = 256


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then randomness."""
    return _made(os.urandom(10))


def new_ids() -> Iterator[UUID]:
    """Yield new ids without end: as `new_id` makes them, asking the system for the randomness of many at once."""
    while True:
        random = os.urandom(10 * AT_ONCE)
        for at in range(0, len(random), 10):
            yield _made(random[at : at + 10])


def _made(random: bytes) -> UUID:
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(random)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
