"""What pages, programs and the command line are told of messages and imports."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet

from tongmai.commons.residents import access as residents
from tongmai.exchange import access, formats
from tongmai.exchange.formats import Format
from tongmai.exchange.hl7v2 import highlighting, resolving
from tongmai.exchange.hl7v2.faults import Fault, Location
from tongmai.exchange.hl7v2.referral_in import ReferralFacts
from tongmai.exchange.models import ImportRun, InboundMessage, MessageFault, OrgMeaning
from tongmai.exchange.models.imports import Fate, Kind
from tongmai.exchange.states import DESK, IMPORT, MESSAGE, ImportState, ImportStep, MessageState, MessageStep
from tongmai.exchange.telling import Told
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action

REFUSED = (Fate.HELD, Fate.REJECTED)
SUPPLIED = ("diagnosis_code", "direction", "reason", "down_group", "discharge_summary", "arrangements")


@dataclass(frozen=True)
class FaultLine:
    """One fault: `what` is a key of `wording.MESSAGES`, `facts` fill its words."""

    code: str
    location: str
    what: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class SegmentLine:
    """One segment as it is read; each part with whether it is the place of a fault of the last try."""

    name: str
    parts: tuple[highlighting.Part, ...]
    is_wrong: bool


@dataclass(frozen=True)
class CorrectionLine:
    at: datetime
    by_name: str
    reason: str


@dataclass(frozen=True)
class MessageText:
    """What is read now, by segments and whole; `original` is what came, "" where nobody has corrected it."""

    segments: tuple[SegmentLine, ...]
    whole: str
    original: str
    corrections: tuple[CorrectionLine, ...]


@dataclass(frozen=True)
class AnswerLine:
    id: UUID
    at: datetime
    ack: str
    standing: str
    file_name: str
    state: str
    text: str


@dataclass(frozen=True)
class StepLine:
    at: datetime
    step: str
    to_state: str
    reason: str
    by_name: str
    fault: FaultLine | None  # the first thing that was wrong at that try


@dataclass(frozen=True)
class PatientLine:
    """The patient as the message states her: what the registration form begins with."""

    name: str = ""
    sex: str = ""
    born_on: date | None = None
    citizen_number: str = ""
    number: str = ""  # the first one that the message gives


@dataclass(frozen=True)
class MessageDetail:
    """A message with what was wrong at its last try, what it says, and what `by` may do with it now."""

    id: UUID
    version: int
    state: str
    format: str
    kind: str
    control_id: str
    application: str
    facility: str
    file_name: str
    received_at: datetime
    patient: PatientLine
    diagnosis: str
    direction: str
    number: str
    sender_id: UUID | None
    sender_name: str
    receiver_id: UUID | None
    receiver_name: str
    resident_id: UUID | None
    resident_name: str
    referral_id: UUID | None
    steps: tuple[MessageStep, ...]
    may_register: bool
    settled: dict[str, str]  # what a person has supplied
    sender_text: str  # what the message calls the sender, and the system that would be remembered for it
    receiver_text: str
    system: str
    faults: tuple[FaultLine, ...]
    text: MessageText
    outcome: str
    is_referral: bool
    answers: tuple[AnswerLine, ...]
    history: tuple[StepLine, ...]


def messages(*, by: Actor, state: str = "", what: str = "") -> QuerySet[InboundMessage, dict]:
    """Return the messages that `by` may see, newest first, as rows for a list.

    Of one state where one is named; `what`: the held ones whose last try found this wrong.
    """
    rows = access.visible_messages(by)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(id__in=access.held_for(what)) if what else rows
    names = (
        "id", "state", "format", "kind", "control_id", "application", "facility", "received_at", "referral_id", "outcome",
    )  # fmt: skip
    return rows.order_by("-received_at", "-id").values(*names, "sender__short_name", "receiver__short_name")


def held_reasons(*, by: Actor) -> list[tuple[str, int]]:
    """Return what keeps the held messages that `by` may see, the most frequent first."""
    held = access.visible_messages(by).filter(state=MessageState.HELD).order_by()
    faults = MessageFault.objects.filter(message__in=held.values("id"), n_try=F("message__n_tries")).order_by()
    return list(faults.values_list("what").annotate(n=Count("message_id", distinct=True)).order_by("-n", "what"))


def reasons_of(ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return what the last try of each of these messages found wrong.  The caller was shown the messages."""
    faults = MessageFault.objects.filter(message__in=list(ids), n_try=F("message__n_tries"))
    found: dict[UUID, list[str]] = {}
    for message_id, what in faults.values_list("message_id", "what"):
        found.setdefault(message_id, []).append(what)
    return found


def message_counts(*, by: Actor) -> dict[str, int]:
    """Return how many messages there are in each state."""
    rows = access.visible_messages(by).order_by().values_list("state").annotate(n=Count("id"))
    return dict.fromkeys(MessageState, 0) | dict(rows)


def message(message_id: UUID, *, by: Actor) -> MessageDetail:
    """Return one message.

    Raises:
        NotFound: absent, or not one that `by` may see.
    """
    row = access.message(message_id, by=by)
    said = _said(row)
    tries = _faults_by_try(row)
    faults = tuple(tries.get(row.n_tries, ()))
    steps = tuple(MESSAGE.open_to(MessageState(row.state), sides={DESK}, role=by.role))
    return MessageDetail(
        id=row.id,
        version=row.version,
        state=row.state,
        format=row.format,
        kind=row.kind,
        control_id=row.control_id,
        application=row.application,
        facility=row.facility,
        file_name=row.file_name,
        received_at=row.received_at,
        patient=_patient(said),
        diagnosis=" ".join(f"{d.code} {d.name}".strip() for d in said.diagnoses) if said else "",
        direction=row.direction or (said.direction if said else ""),
        number=said.number if said else "",
        sender_id=row.sender_id,
        sender_name=row.sender.name if row.sender else "",
        receiver_id=row.receiver_id,
        receiver_name=row.receiver.name if row.receiver else "",
        resident_id=row.resident_id,
        resident_name=_resident_name(row, by=by),
        referral_id=row.referral_id,
        steps=steps,
        may_register=bool(steps and said and not row.resident_id) and by.may(Action.REGISTER_RESIDENT),
        settled={name: getattr(row, name) for name in SUPPLIED},
        **_senders_words(said),
        faults=faults,
        text=_text(row, faults),
        outcome=row.outcome,
        is_referral=row.kind == "REF^I12" or (not row.kind and row.format == Format.HL7V2),
        answers=tuple(_answers(row)),
        history=tuple(_history(row, tries)),
    )


def _resident_name(row: InboundMessage, *, by: Actor) -> str:
    known = residents.names_of([row.resident_id], by=by) if row.resident_id else {}
    return known[row.resident_id].name if row.resident_id in known else ""


def _senders_words(said: ReferralFacts | Told | None) -> dict[str, str]:
    """What the sender calls itself and the receiver, and under which name that would be remembered."""
    if said is None:
        return {"sender_text": "", "receiver_text": "", "system": ""}
    sender, receiver = resolving.names_of(said.sender_facilities), resolving.names_of(said.receiver_facilities)
    return {"sender_text": next(iter(sender), ""), "receiver_text": next(iter(receiver), ""), "system": said.system}


def raw_message(message_id: UUID, *, by: Actor) -> tuple[bytes, str]:
    """Return the bytes as they came, and how files of their format end (errors as in `message`)."""
    row = access.message(message_id, by=by)
    return bytes(row.raw), formats.READERS[Format(row.format)].ending


def meanings(*, by: Actor) -> QuerySet[OrgMeaning, dict]:
    """Return what is remembered of source systems, as rows for a list."""
    names = ("id", "system", "text", "org__name", "chosen_at", "chosen_by__display_name")
    return access.visible_meanings(by).values(*names)


def _history(row: InboundMessage, tries: dict[int, list[FaultLine]]) -> Iterator[StepLine]:
    for t in row.transitions.all():
        first = next(iter(tries.get(t.n_try, ())), None)
        yield StepLine(t.at, t.step, t.to_state, t.reason, t.by_name, first)


def _faults_by_try(row: InboundMessage) -> dict[int, list[FaultLine]]:
    tries: dict[int, list[FaultLine]] = {}
    for fault in row.faults.all():
        tries.setdefault(fault.n_try, []).append(FaultLine(fault.code, fault.location, fault.what, fault.facts))
    return tries


def _patient(said: ReferralFacts | Told | None) -> PatientLine:
    if said is None:
        return PatientLine()
    told = said.patient
    return PatientLine(told.name, told.sex, told.born_on, told.citizen_number, next(iter(told.numbers), ""))


def _said(row: InboundMessage) -> ReferralFacts | Told | None:
    read = formats.opened(row.text_bytes, row.format)
    return None if isinstance(read, Fault) else read.told()


def _text(row: InboundMessage, wrong: Iterable[FaultLine]) -> MessageText:
    return MessageText(
        segments=tuple(_segments(row, wrong)),
        whole=formats.readable(row.text_bytes, row.format),
        original=_original(row),
        corrections=tuple(_corrections(row)),
    )


def _segments(row: InboundMessage, wrong: Iterable[FaultLine]) -> Iterator[SegmentLine]:
    places = [Location.parse(fault.location) for fault in wrong]
    for parts in highlighting.lines(formats.to_show(row.text_bytes, row.format), places):
        yield SegmentLine(parts[0][0][:3], parts, any(is_marked for _, is_marked in parts))


def _original(row: InboundMessage) -> str:
    if not row.corrected:
        return ""
    lines = highlighting.lines(formats.to_show(bytes(row.raw), row.format), [])
    return "\n".join("".join(part for part, _ in parts) for parts in lines)


def _corrections(row: InboundMessage) -> Iterator[CorrectionLine]:
    for each in row.corrections.order_by("-id"):
        yield CorrectionLine(each.at, each.by_name, each.reason)


def _answers(row: InboundMessage) -> Iterator[AnswerLine]:
    for answer in row.answers.order_by("created_at", "id"):
        yield AnswerLine(
            id=answer.id,
            at=answer.created_at,
            ack=answer.ack,
            standing=answer.standing,
            file_name=answer.file_name,
            state=answer.state,
            text=answer.text.replace("\r", "\n"),
        )


@dataclass(frozen=True)
class ImportReport:
    """An import with its counts by fate."""

    id: UUID
    kind: str
    source: str
    file_name: str
    state: str
    total_rows: int
    done_rows: int
    created_at: datetime
    counts: dict[str, int]
    steps: tuple[ImportStep, ...]
    head: tuple[str, ...]  # of the file, as it came
    places: dict[str, int]  # our field → index of its column
    unused: tuple[str, ...]  # the columns that mean nothing to us

    @property
    def percent(self) -> int:
        return self.done_rows * 100 // max(1, self.total_rows)

    @property
    def n_refused(self) -> int:
        return sum(self.counts.get(fate, 0) for fate in REFUSED)


def imports(*, by: Actor) -> QuerySet[ImportRun, dict]:
    """Return the imports that `by` may see, newest first."""
    names = (
        "id",
        "kind",
        "source",
        "file_name",
        "state",
        "total_rows",
        "done_rows",
        "created_at",
        "created_by__display_name",
    )
    return access.visible_runs(by).order_by("-created_at", "id").values(*names)


def import_report(run_id: UUID, *, by: Actor) -> ImportReport:
    """Return one import.

    Raises:
        NotFound: absent, or not one that `by` may see.
    """
    run = access.run(run_id, by=by)
    counted = dict(run.rows.order_by().values_list("fate").annotate(n=Count("id")))
    return ImportReport(
        id=run.id,
        kind=run.kind,
        source=run.source,
        file_name=run.file_name,
        state=run.state,
        total_rows=run.total_rows,
        done_rows=run.done_rows,
        created_at=run.created_at,
        counts={fate: counted.get(fate, 0) for fate in Fate.values if fate != Fate.UNKNOWN or counted.get(fate)},
        steps=tuple(IMPORT.open_to(ImportState(run.state), sides={DESK}, role=by.role)),
        head=tuple(run.head),
        places=run.places,
        unused=tuple(heading for at, heading in enumerate(run.head) if heading and at not in run.places.values()),
    )


def import_rows(run_id: UUID, *, by: Actor, fate: str = "") -> QuerySet:
    """Return the rows of an import in the order of the file, of one fate where one is named (errors as above)."""
    rows = access.run(run_id, by=by).rows.order_by("line")
    rows = rows.filter(fate=fate) if fate in Fate.values else rows
    return rows.values("line", "identity", "fate", "what", "facts", "cells", "is_applied")


def refused_rows(run_id: UUID, *, by: Actor) -> QuerySet:
    """Return the rows that were not taken, in the order of the file (errors as in `import_report`)."""
    return import_rows(run_id, by=by).filter(fate__in=REFUSED)


def importable_kinds(by: Actor) -> list[Kind]:
    """Return what `by` may import."""
    return [kind for kind, action in access.ACTION_OF.items() if by.may(action)]
