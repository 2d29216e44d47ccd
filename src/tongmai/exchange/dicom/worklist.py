"""Modality worklist (C-FIND): what a device has to do, from the orders, in the characters that it reads."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from pydicom.dataset import Dataset
from pynetdicom.events import Event

from tongmai.care.diagnostics import for_devices
from tongmai.care.diagnostics.for_devices import Asked
from tongmai.exchange.dicom.calling import Caller
from tongmai.kernel import pinyin, surnames
from tongmai.kernel.months import REPORTING_ZONE, local_day

PENDING, CANCELLED, FAILED = 0xFF00, 0xFE00, 0xA700
MOST_DAYS = 14
_SEXES = {"male": "M", "female": "F"}
_PRIORITIES = {"emergency": "STAT", "urgent": "HIGH"}
_NOT_IN_NAMES = re.compile(r"[\\^=\x00-\x1f\x7f]")
_ALIKE = {"DX": "CR", "CR": "DX"}


def find(event: Event, caller: Caller) -> Iterator[tuple[int, Dataset | None]]:
    """Answer one query, entry by entry."""
    try:
        entries = matching(event.identifier, caller, today=local_day(timezone.now()))
    except DatabaseError:
        yield FAILED, None
        return
    finally:
        close_old_connections()
    for entry in entries:
        if event.is_cancelled:
            yield CANCELLED, None
            return
        yield PENDING, entry


def matching(query: Dataset, caller: Caller, *, today: date) -> list[Dataset]:
    """Return the entries of a worklist that a query of a device asks for."""
    step = query.ScheduledProcedureStepSequence[0] if query.get("ScheduledProcedureStepSequence") else Dataset()
    wanted = str(step.get("Modality") or "").upper()
    station = str(step.get("ScheduledStationAETitle") or "").strip()
    if station not in ("", "*", caller.ae_title):
        return []
    modalities = [each for each in caller.modalities if not wanted or each == wanted]
    found: dict[str, tuple[Asked, str]] = {}
    for day in _days(str(step.get("ScheduledProcedureStepStartDate") or ""), today):
        for modality in modalities:
            for asked in for_devices.worklist(caller.org_id, modality=modality, on=day):
                found.setdefault(asked.order_number, (asked, _called(asked, caller, modality)))
    return [_entry(asked, modality, caller, today) for asked, modality in found.values() if _is_meant(asked, query)]


def _called(asked: Asked, caller: Caller, modality: str) -> str:
    """A computed radiography device that does orders of a digital one calls them its own."""
    return asked.modality if asked.modality in caller.modalities else modality


def _days(text: str, today: date) -> list[date]:
    """Return the days of a date, a range, or nothing (today); of a long range the first days."""
    if not text:
        return [today]
    begins, dash, ends = text.partition("-")
    first, last = _day(begins) or today, _day(ends) if dash else _day(begins)
    last = min(last or first + timedelta(days=MOST_DAYS - 1), first + timedelta(days=MOST_DAYS - 1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip().isdecimal() else None
    except ValueError:
        return None


def _is_meant(asked: Asked, query: Dataset) -> bool:
    texts = (
        (query.get("PatientID"), asked.local_number),
        (query.get("AccessionNumber"), asked.order_number),
        (query.get("RequestedProcedureID"), asked.order_number),
    )
    return all(_fits(str(said or ""), value) for said, value in texts) and _is_named(query, asked)


def _is_named(query: Dataset, asked: Asked) -> bool:
    """By the Chinese name, or by its reading; a device asks with the wildcards of DICOM."""
    said = str(query.get("PatientName") or "")
    if said.strip("*^= ") == "":
        return True
    name = f"{_latin(asked.name)}={asked.name}"
    plain = said.replace("^", "")
    return any(_fits(plain, each.replace("^", "")) for each in (name, *name.split("=")))


def _fits(pattern: str, value: str) -> bool:
    if not pattern:
        return True
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern.strip())
    return re.fullmatch("".join(parts), value, re.IGNORECASE) is not None


def _entry(asked: Asked, modality: str, caller: Caller, today: date) -> Dataset:
    at = (asked.scheduled_at or asked.requested_at).astimezone(REPORTING_ZONE)
    on = max(at.date(), today) if asked.scheduled_at is None else at.date()
    entry, step = Dataset(), Dataset()
    entry.SpecificCharacterSet = caller.charset
    entry.PatientName = person_name(asked.name)
    entry.PatientID, entry.PatientSex = asked.local_number, _SEXES.get(asked.sex, "O")
    entry.PatientBirthDate = asked.born_on.strftime("%Y%m%d") if asked.born_on else ""
    entry.AccessionNumber = entry.RequestedProcedureID = asked.order_number
    entry.StudyInstanceUID = asked.study_uid
    entry.RequestedProcedureDescription = asked.item_name[:64]
    entry.RequestedProcedurePriority = _PRIORITIES.get(asked.priority, "ROUTINE")
    entry.ReferringPhysicianName = entry.RequestingPhysician = ""
    step.Modality, step.ScheduledStationAETitle = modality, caller.ae_title
    step.ScheduledProcedureStepStartDate = on.strftime("%Y%m%d")
    step.ScheduledProcedureStepStartTime = at.strftime("%H%M%S")
    step.ScheduledProcedureStepDescription, step.ScheduledProcedureStepID = asked.item_name[:64], asked.order_number
    step.ScheduledPerformingPhysicianName = ""
    entry.ScheduledProcedureStepSequence = [step]
    return entry


def person_name(name: str) -> str:
    """Return a name as DICOM writes it: its reading first, then as it is written, family and given name apart."""
    plain = _NOT_IN_NAMES.sub(" ", name).strip()[:60]
    if plain.isascii():
        return plain
    family, given = _parts(plain)
    return f"{_latin(plain)}={family}^{given}" if given else f"{_latin(plain)}={family}"


def _latin(name: str) -> str:
    if name.isascii():
        return name
    family, given = _parts(name)
    whole = (pinyin.keys(name).full or ("",))[0]
    first = next((key for key in pinyin.keys(family).full if whole.startswith(key)), whole)
    return "^".join(part.capitalize() for part in (first, whole[len(first) :]) if part)


def _parts(name: str) -> tuple[str, str]:
    n = 2 if len(name) >= 3 and name[:2] in surnames.COMPOUND else 1
    return name[:n], name[n:]
