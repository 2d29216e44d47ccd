"""What may be done with an examination, and how long it may take.  Facts and policy in, verdicts out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from tongmai.care.diagnostics.states import AT_CENTRE, BEFORE, State, Step
from tongmai.kernel.money import round_half_up


class Phase(StrEnum):
    """Whose time runs: the site's, the centre's, the ordering doctor's."""

    PRE = "pre"
    IN = "in"
    POST = "post"


class RejectReason(StrEnum):
    """Why the quality check sends an examination back."""

    NO_QUESTION = "no_question"
    WRONG_PERSON = "wrong_person"
    WRONG_PART = "wrong_part"
    NO_DATA = "no_data"
    POSITIONING = "positioning"
    MOTION = "motion"
    EXPOSURE = "exposure"
    ARTEFACT = "artefact"
    INCOMPLETE = "incomplete"
    LEADS = "leads"
    SPECIMEN = "specimen"
    OTHER = "other"


class Answer(StrEnum):
    """What was said to a question that is asked before an examination."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class Second(StrEnum):
    """When policy wants a second person."""

    ALWAYS = "always"
    UNLESS_EMERGENCY = "unless_emergency"
    NEVER = "never"


LATE_SEEN = "late_seen"  # stands in the history of an order; it changes no state
_GROUPS = {"CR": "plain", "DX": "plain", "RF": "plain", "MG": "plain", "CT": "ct", "MR": "mr", "US": "us", "ECG": "ecg"}


def clock_group(category: str, modality: str) -> str:
    """Return the group of examinations that share a clock: plain, ct, mr, us, ecg, laboratory, pathology or other."""
    return _GROUPS.get(modality) or (category if category in {"ecg", "laboratory", "pathology"} else "other")


def phase_of(state: State, *, is_seen: bool) -> Phase | None:
    """Return whose time runs in a state; None where nobody is waited for."""
    if state in BEFORE:
        return Phase.PRE
    if state in AT_CENTRE:
        return Phase.IN
    return Phase.POST if state == State.PUBLISHED and not is_seen else None


def is_reported(state: State, n_versions: int) -> bool:
    """Whether a report is written that what comes now cannot be in."""
    return state in (State.PRELIMINARY, State.PUBLISHED) or n_versions > 0


def images_seen_until(
    state: State,
    *,
    claimed_at: datetime | None,
    submitted_at: datetime | None,
    published_at: datetime | None,
    looked_at: datetime | None,
) -> datetime | None:
    """Return up to when the images have been before a reader; what came later is new.  None where nobody reads yet.

    `published_at`: the last version of the report.  `looked_at`: when somebody last said that the late ones were seen.
    """
    known = {
        State.CLAIMED: published_at or claimed_at,
        State.PRELIMINARY: submitted_at,
        State.PUBLISHED: published_at,
    }.get(state)
    return max(known, looked_at) if known and looked_at else known


def escalates_at(*, started_at: datetime, due_at: datetime, part: float) -> datetime:
    """Return when the director is told: after `part` (0–1) of the time has gone, before the limit."""
    return started_at + (due_at - started_at) * part


def why_not_reader(
    *, role: str, licence_number: str, is_active: bool, post_org_id: UUID | None, centre_id: UUID
) -> str:
    """Return why somebody may not report for a centre, else "": role, post at the centre, licence."""
    if role != "reporting_doctor":
        return "role"
    if post_org_id != centre_id:
        return "post"
    if not is_active or not licence_number.strip():
        return "licence"
    return ""


def needs_second(*, second: Second, is_emergency: bool) -> bool:
    """Whether a second person must verify before the report is published."""
    return second == Second.ALWAYS or (second == Second.UNLESS_EMERGENCY and not is_emergency)


@dataclass(frozen=True)
class Facts:
    """What of one order decides, beside its state, whether a step can be taken."""

    is_published: bool  # a version of the report is in the record
    needs_second: bool
    is_author: bool = False  # the actor wrote the preliminary report


def applies(step: Step, facts: Facts) -> bool:
    """Whether a step that the table allows makes sense for this order.

    A report that is being amended stays with its reader until it is published again or the amendment is dropped.  Who
    wrote never verifies.
    """
    return {
        Step.RELEASE: not facts.is_published,
        Step.REJECT: not facts.is_published,
        Step.DROP_AMENDMENT: facts.is_published,
        Step.SUBMIT: facts.needs_second,
        Step.PUBLISH: not facts.needs_second,
        Step.VERIFY: not facts.is_author,
        Step.SEND_BACK: not facts.is_author,
    }.get(step, True)


@dataclass(frozen=True)
class Line:
    """One agreement, as the routing needs it.  `modality` "" means every modality of the category."""

    centre_id: UUID
    category: str
    modality: str
    starts_on: date
    ends_before: date | None


def centre_for(lines: Iterable[Line], *, category: str, modality: str, on: date) -> UUID | None:
    """Return who reports a site's examinations of this kind on a day: the line of the modality goes before the general."""
    fitting = [
        line
        for line in lines
        if line.category == category
        and line.modality in ("", modality)
        and line.starts_on <= on
        and (line.ends_before is None or on < line.ends_before)
    ]
    best = max(fitting, key=lambda line: bool(line.modality), default=None)
    return best.centre_id if best else None


def missing_for_sending(*, clinical_question: str, asked: Sequence[str], answered: Mapping[str, str]) -> list[str]:
    """Return the mandatory fields that are missing: checked by the machine before anybody reads."""
    flaws = [] if clinical_question.strip() else ["clinical_question"]
    return flaws + [check for check in asked if check not in answered]


def asked_of(checks: str, *, sex: str) -> list[str]:
    """Return which of an item's questions are asked before it of this person: no man is asked whether he is pregnant."""
    return [check for check in checks.split() if check != "pregnancy" or sex != "male"]


def dangers(answers: Mapping[str, str]) -> list[str]:
    """Return the questions that were answered with yes, or to which nobody knows the answer: they need a word."""
    return sorted(check for check, answer in answers.items() if answer != Answer.NO)


def least_loaded(on_duty: Iterable[UUID], load: Mapping[UUID, int]) -> UUID | None:
    """Return who on duty holds the fewest open studies; ties go to the first named."""
    people = list(on_duty)
    return min(people, key=lambda person: load.get(person, 0)) if people else None


def number_meant(text: str) -> str:
    """Return an order number as it is written on the slip: scanners add blanks, people write O for 0 and I or L for 1."""
    plain = "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def share_of(amount_fen: int, *, centre_rate: Decimal) -> tuple[int, int]:
    """Return (centre, site): the centre's part of a price by rate, half-up to the fen; the site has the rest."""
    centre = round_half_up(amount_fen * centre_rate)
    return centre, amount_fen - centre


def percentile(values: Iterable[timedelta], part: float) -> timedelta | None:
    """Return the nearest-rank percentile of lengths of time; None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = max(1, -(-len(ordered) * int(part * 100) // 100))
    return ordered[rank - 1]
