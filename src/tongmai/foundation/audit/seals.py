"""Tamper evidence: a keyed hash chain over the rows of finished hours, made in the background.

Writers never wait for it.  A row that was changed, removed or put in afterwards is named by `check`, and so is a seal.
What the chain cannot show by itself is the removal of its newest links together with their rows: for that the last
link is noted elsewhere (`noting`, the backups, the audit administrator's paper).  Rows younger than two hours or so are
under no seal yet; they are protected by the database's own rights, and by the application, which cannot change them.
"""

from __future__ import annotations  # array is subscriptable for the type checker only, before Python 3.12

import hashlib
import hmac
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from tongmai.foundation.audit import rules
from tongmai.foundation.audit.models import AccessLog, AppendOnly, Event, Retirement, Seal
from tongmai.kernel import policy
from tongmai.kernel.months import local_day

CHUNK = 1_000
DIGEST_BYTES = 16
_FETCH = 400  # SQLite and PostgreSQL both take so many parameters
FIRST_MAC = bytes(32)

TABLES: dict[str, type[AppendOnly]] = {"event": Event, "access_log": AccessLog}
# The columns that are digested, by form.  A new column means a new form; old seals keep theirs.
FORM = 2
_EVENT = (
    "id", "name", "at", "by_user_id", "by_post_id", "by_org_id", "by_role", "by_name", "by_org_name",
    "by_county_code", "subject_id", "resident_id", "payload",
)  # fmt: skip
_ACCESS = (
    "id", "resident_id", "at", "by_user_id", "by_post_id", "by_org_id", "by_name", "by_org_name", "by_role",
    "by_county_code", "basis", "reason", "what",
)  # fmt: skip
COLUMNS: dict[int, dict[str, tuple[str, ...]]] = {
    1: {"event": _EVENT, "access_log": _ACCESS},
    2: {"event": _EVENT, "access_log": (*_ACCESS, "sensitive")},
}


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed.

    `kind`: changed | removed | inserted (a row), seal-changed | seal-missing | retired-early | end-missing (a seal) |
    note-changed (a line of the notes).
    """

    kind: str
    table: str
    row_id: int | None
    seal: int | None

    def __str__(self) -> str:
        return " ".join(
            part
            for part in (
                self.kind,
                f"{self.table} {self.row_id}" if self.row_id is not None else self.table,
                f"(seal {self.seal})" if self.seal is not None else "",
            )
            if part
        )


@dataclass(frozen=True)
class Link:
    """The end of the chain, to be noted down elsewhere."""

    number: int
    mac: str

    def __str__(self) -> str:
        return f"{self.number}:{self.mac}"

    @classmethod
    def parse(cls, text: str) -> Link:
        """Return the link written as `number:mac`.

        Raises:
            ValueError: it is not written so.
        """
        number, _, mac = text.partition(":")
        if len(bytes.fromhex(mac)) != 32:
            raise ValueError("a link is written as number:mac, the mac as 64 hexadecimal digits")
        return cls(int(number), mac.lower())


def seal_due(by: Any) -> int:
    """Seal all rows of finished hours that are not sealed yet, in chunks; return how many rows were sealed.

    Two workers may try at once: the number of a seal is unique, and the slower one stops.
    """
    delay = policy.shipped().value("audit.seal_delay", on=local_day(by.now)).timedelta()
    horizon = rules.seal_horizon(by.now, delay=delay)
    return sum(_seal_table(table, horizon, by.now) for table in TABLES)


def _seal_table(table: str, horizon: datetime, now: datetime) -> int:
    # The end of the chain is read first: if another worker appends while we look for rows, our number is taken.
    end = Seal.objects.order_by("-number").only("number", "mac").first()
    sealed = Seal.objects.filter(sealed_table=table).aggregate(last=Max("last_id"), horizon=Max("horizon"))
    due = Q(at__lt=horizon)
    if sealed["last"] is not None:
        # New rows, and those of an hour that was not over when their neighbours were sealed.
        due &= Q(id__gt=sealed["last"]) | Q(at__gte=sealed["horizon"])
    columns = COLUMNS[FORM][table]
    n_rows, after = 0, 0
    while rows := list(TABLES[table].objects.filter(due, id__gt=after).order_by("id").values(*columns)[:CHUNK]):
        end = _link(table, rows, horizon, now, end)
        try:
            with transaction.atomic():
                end.save()
        except IntegrityError:
            break
        n_rows += len(rows)
        after = rows[-1]["id"]
    return n_rows


def _link(table: str, rows: Sequence[dict[str, Any]], horizon: datetime, now: datetime, end: Seal | None) -> Seal:
    """Return the link over `rows` that follows `end`."""
    seal = Seal(
        number=end.number + 1 if end else 1,
        sealed_table=table,
        form=FORM,
        first_id=rows[0]["id"],
        last_id=rows[-1]["id"],
        n_rows=len(rows),
        newest_row_at=max(row["at"] for row in rows),
        horizon=horizon,
        ids=_packed([row["id"] for row in rows]),
        digests=b"".join(_digest(table, row) for row in rows),
        previous_mac=bytes(end.mac) if end else FIRST_MAC,
        sealed_at=now,
    )
    seal.mac = _mac_of(seal)
    return seal


def last_link() -> Link | None:
    """Return the end of the chain; None while nothing is sealed."""
    last = Seal.objects.order_by("-number").values("number", "mac").first()
    return Link(last["number"], bytes(last["mac"]).hex()) if last else None


def check(*, now: datetime, noted: Link | None = None) -> list[Finding]:
    """Compare every sealed row with its seal, and every seal with the chain; return what differs (empty: all is well).

    `noted` is a link that was noted down earlier: with it the removal of the newest seals is found, too.
    """
    findings: list[Finding] = []
    listed: dict[str, array[int]] = {table: array("q") for table in TABLES}
    expected, previous = 1, FIRST_MAC
    for seal in Seal.objects.select_related("retirement").order_by("number").iterator(chunk_size=20):
        findings += [Finding("seal-missing", "", None, number) for number in range(expected, seal.number)]
        if bytes(seal.previous_mac) != previous and seal.number == expected or not _is_genuine(seal):
            findings.append(Finding("seal-changed", seal.sealed_table, None, seal.number))
        expected, previous = seal.number + 1, bytes(seal.mac)
        if seal.sealed_table in TABLES and seal.form in COLUMNS:
            listed[seal.sealed_table].extend(_unpacked(seal.ids))
            findings += _rows_of(seal, now)
    for table in TABLES:
        findings += _inserted(table, listed[table])
    return findings + (end_missing(noted) if noted else [])


def retire(seal: Seal, *, now: datetime) -> int:
    """Remove the rows of `seal` and say so under its mac; return how many there were.

    The caller has made sure that their time is over and that nothing refers to them.
    """
    with transaction.atomic():
        rows = TABLES[seal.sealed_table].objects
        n_rows = sum(rows.filter(id__in=ids).retire() for ids in _pieces(_unpacked(seal.ids)))
        Retirement.objects.create(seal=seal, n_rows=n_rows, retired_at=now, mac=_retirement_mac(seal, n_rows, now))
    return n_rows


def ids_of(seal: Seal) -> array[int]:
    """Return the ids of the rows under `seal`, ascending."""
    return _unpacked(seal.ids)


def _rows_of(seal: Seal, now: datetime) -> Iterator[Finding]:
    """Yield what differs between a seal and its rows."""
    retirement = getattr(seal, "retirement", None)
    if retirement is not None:
        if retirement.retired_at > now or not _is_rightly_retired(seal, retirement):
            yield Finding("retired-early", seal.sealed_table, None, seal.number)
        return
    table = seal.sealed_table
    ids, digests = _unpacked(seal.ids), bytes(seal.digests)
    wanted = {row_id: digests[i * DIGEST_BYTES : (i + 1) * DIGEST_BYTES] for i, row_id in enumerate(ids)}
    for piece in _pieces(ids):
        rows = TABLES[table].objects.filter(id__in=piece).values(*COLUMNS[seal.form][table])
        found = {row["id"]: row for row in rows}
        for row_id in piece:
            if row_id not in found:
                yield Finding("removed", table, row_id, seal.number)
            elif not hmac.compare_digest(_digest(table, found[row_id]), wanted[row_id]):
                yield Finding("changed", table, row_id, seal.number)


def _inserted(table: str, listed: array[int]) -> Iterator[Finding]:
    """Yield the rows that lie among sealed ones of finished hours, but under no seal."""
    sealed = Seal.objects.filter(sealed_table=table).aggregate(last=Max("last_id"), horizon=Max("horizon"))
    if sealed["last"] is None:
        return
    known = iter(sorted(listed))
    at = next(known, None)
    rows = TABLES[table].objects.filter(id__lte=sealed["last"], at__lt=sealed["horizon"])
    for row_id in rows.order_by("id").values_list("id", flat=True).iterator(chunk_size=5_000):
        while at is not None and at < row_id:
            at = next(known, None)
        if at != row_id:
            yield Finding("inserted", table, row_id, None)


def end_missing(noted: Link) -> list[Finding]:
    """Return a finding when the link that was noted is not in the chain."""
    mac = Seal.objects.filter(number=noted.number).values_list("mac", flat=True).first()
    is_there = mac is not None and hmac.compare_digest(bytes(mac).hex(), noted.mac)
    return [] if is_there else [Finding("end-missing", "", None, noted.number)]


def _is_genuine(seal: Seal) -> bool:
    whole = len(bytes(seal.ids)) == 8 * seal.n_rows and len(bytes(seal.digests)) == DIGEST_BYTES * seal.n_rows
    return whole and hmac.compare_digest(_mac_of(seal), bytes(seal.mac))


def _is_rightly_retired(seal: Seal, retirement: Retirement) -> bool:
    """Whether our job retired the seal, and not before the law allows it."""
    floor = policy.shipped().value("audit.retention.floor", on=local_day(retirement.retired_at))
    old_enough = local_day(seal.newest_row_at) <= floor.before(local_day(retirement.retired_at))
    mac = _retirement_mac(seal, retirement.n_rows, retirement.retired_at)
    return old_enough and hmac.compare_digest(mac, bytes(retirement.mac))


def key_for(purpose: bytes) -> bytes:
    """Return a key for one purpose, so that the mac of one thing is never the mac of another."""
    return hmac.digest(settings.SEAL_KEY.encode(), purpose, hashlib.sha256)


def _digest(table: str, row: dict[str, Any]) -> bytes:
    canonical = orjson.dumps([table, row], option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    return hmac.digest(key_for(b"row"), canonical, hashlib.sha256)[:DIGEST_BYTES]


def _mac_of(seal: Seal) -> bytes:
    head = [
        seal.number, seal.sealed_table, seal.form, seal.first_id, seal.last_id, seal.n_rows,
        seal.newest_row_at, seal.horizon, seal.sealed_at,
    ]  # fmt: skip
    parts = (orjson.dumps(_utc(head)), bytes(seal.ids), bytes(seal.digests), bytes(seal.previous_mac))
    message = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
    return hmac.digest(key_for(b"seal"), message, hashlib.sha256)


def _retirement_mac(seal: Seal, n_rows: int, retired_at: datetime) -> bytes:
    message = orjson.dumps(_utc([seal.number, bytes(seal.mac).hex(), n_rows, retired_at]))
    return hmac.digest(key_for(b"retirement"), message, hashlib.sha256)


def _utc(values: Iterable[Any]) -> list[Any]:
    """The same instant is written in the same way, whichever zone it came in."""
    return [f"{value.timestamp():.6f}" if isinstance(value, datetime) else value for value in values]


def _packed(ids: Sequence[int]) -> bytes:
    return struct.pack(f">{len(ids)}q", *ids)


def _unpacked(packed: Any) -> array[int]:
    data = bytes(packed)
    data = data[: len(data) // 8 * 8]
    return array("q", struct.unpack(f">{len(data) // 8}q", data))


def _pieces(ids: array[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _FETCH):
        yield list(ids[start : start + _FETCH])


def age_of_chain(now: datetime) -> timedelta | None:
    """Return how long ago the last seal was made; None while nothing is sealed."""
    last = Seal.objects.aggregate(at=Max("sealed_at"))["at"]
    return now - last if last else None
