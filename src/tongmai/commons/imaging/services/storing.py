"""Storing instances: the file first, then its row; both, or nothing is acknowledged.

Many instances go into one transaction (`store_many`), whoever brings them: a commit costs more than an insert.  Whose a
study is says the caller's `resolve`, once, when its first instance comes.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.imaging import archive, marking, part10
from tongmai.commons.imaging.archive import NotTaken, Pieces, Place, Written
from tongmai.commons.imaging.events import StudyArrived, StudyGrew, StudyHeld
from tongmai.commons.imaging.facts import Facts
from tongmai.commons.imaging.models import Held, Instance, Series, Study, StudyDecision
from tongmai.commons.imaging.services import holding
from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import KnownTo
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit import together
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import TongmaiError

_Row = TypeVar("_Row", Study, Series)
_MOST_TRIES = 4
_MOST_REMEMBERED = 10_000
# Images that come so soon after the first are the study itself; later ones are told, at most once in this time.
_LATE = timedelta(minutes=1)


class Outcome(StrEnum):
    """What became of one file."""

    STORED = "stored"
    SAME = "same"  # it was there already, byte by byte
    HELD = "held"  # in quarantine


@dataclass(frozen=True)
class Whose:
    """Whose a study is.  With `doubts` nobody knows, and a person decides."""

    resident_id: UUID | None = None
    order_number: str = ""
    doubts: str = "no-order"


Resolve = Callable[[Facts, UUID, "UUID | None"], Whose]  # what it says, where it was taken, by which device


@dataclass
class Arrival:
    """One file on its way in.  `outcome` and `reason` are filled when it was stored."""

    facts: Facts
    pieces: Pieces
    org_id: UUID
    device_id: UUID | None = None
    channel: str = "dimse"
    written: Written = field(default=Written("", 0))
    outcome: Outcome | None = None
    reason: str = ""
    not_kept: str = ""  # why its bytes did not go to where images stand: the quarantine's reason
    detail: str = ""

    @property
    def place(self) -> Place:
        said = self.facts
        return Place(said.study_uid, said.series_uid, said.sop_uid, self.written.sha256)


class Remembered:
    """The studies and series that somebody who stores one image after the other has seen.

    What is asked of them here never changes: whose numbers they carry, and which study a series is of.
    """

    def __init__(self) -> None:
        self.studies: dict[str, Study] = {}
        self.series: dict[str, Series] = {}
        self.grew: dict[str, datetime] = {}  # when it was last told that images came to a study
        self.is_new = False

    def expects_new(self, arrivals: Sequence["Arrival"], *, now: datetime) -> bool:
        """Whether these are most likely more of what came just now, none of which was there before, and no more than that."""
        studies = [self.studies.get(each.facts.study_uid) for each in arrivals]
        return (
            self.is_new
            and all(each.facts.series_uid in self.series for each in arrivals)
            and all(study is not None and not self.is_late(study, now) for study in studies)
        )

    def is_late(self, study: Study, now: datetime) -> bool:
        """Whether an image that comes now is no longer of the study's first, and that was not told lately."""
        return now - self.grew.get(study.uid, study.received_at) >= _LATE

    def keep(self, studies: dict[str, Study], series: dict[str, Series], *, is_new: bool) -> None:
        """Remember what stands in the database now; `is_new`: none of the last images was there before."""
        self.is_new = is_new
        if len(self.series) + len(series) > _MOST_REMEMBERED:
            self.studies, self.series, self.grew = {}, {}, {}
        self.studies.update(studies)
        self.series.update(series)


def arrival(
    facts: Facts, data_set: bytes | memoryview, *, org_id: UUID, device_id: UUID | None = None, channel: str = "dimse"
) -> Arrival:
    """Return a data set with the file's beginning before it."""
    before = part10.preamble(sop_class=facts.sop_class, sop_uid=facts.sop_uid, transfer_syntax=facts.transfer_syntax)
    return Arrival(facts, (before, data_set), org_id, device_id, channel)


def keep(each: Arrival) -> None:
    """Write the file of an arrival; its row comes with `store_many` (errors as in `begin`)."""
    begin(each)()


def begin(each: Arrival) -> Callable[[], None]:
    """Write the file of an arrival, and return what is to be called before anybody is told that it is kept.

    That waits for the disk, and the row can be written meanwhile.

    Raises:
        StorageFull: there is no room; nothing is left of it.
        ArchiveAway: the PACS cannot be asked; it is not sure that anything is kept.
    """
    each.written = archive.digest(each.pieces)
    store = archive.store()
    if store.keeps_one and _is_known_otherwise(each):
        each.not_kept = Held.Reason.OTHER_CONTENT
        return archive.nothing
    try:
        return store.begin(each.place, each.pieces, each.written.n_bytes)
    except NotTaken as why:
        each.not_kept, each.detail = why.reason, why.detail
        return archive.nothing


def _is_known_otherwise(each: Arrival) -> bool:
    known = Instance.objects.filter(sop_uid=each.facts.sop_uid).values_list("sha256", flat=True).first()
    return known not in (None, each.written.sha256)


def store(each: Arrival, *, resolve: Resolve, by: Actor) -> Outcome:
    """Keep one file and its row (errors as in `keep`)."""
    keep(each)
    store_many([each], resolve=resolve, by=by)
    assert each.outcome is not None
    return each.outcome


def store_many(
    arrivals: Sequence[Arrival], *, resolve: Resolve, by: Actor, remembered: Remembered | None = None
) -> None:
    """Write the rows of files that `keep` has written, in one transaction; fill in what became of each.

    More images of series that stand already are one statement, and that is a transaction by itself.

    The same bytes again change nothing.  Other content under the same number goes into quarantine, the first stays.
    `remembered`: kept by who calls this again and again.
    """
    remembered = remembered or Remembered()
    for n in range(_MOST_TRIES):
        is_asked = n > 0 or not remembered.expects_new(arrivals, now=by.now)
        try:
            with transaction.atomic() if is_asked else nullcontext():
                known = _known_hashes(arrivals) if is_asked else {}
                studies, series = _rows(arrivals, known, remembered, resolve, by)
            remembered.keep(studies, series, is_new=all(each.outcome == Outcome.STORED for each in arrivals))
            break
        except IntegrityError:  # it was there, or another process was faster: now its row is seen
            if n == _MOST_TRIES - 1:
                raise
    for each in arrivals:
        if each.outcome == Outcome.HELD:
            _to_quarantine(each, by)


def _rows(
    arrivals: Sequence[Arrival], known: dict[str, str], remembered: Remembered, resolve: Resolve, by: Actor
) -> tuple[dict[str, Study], dict[str, Series]]:
    studies = _known(Study, {each.facts.study_uid for each in arrivals}, remembered.studies)
    series = _known(Series, {each.facts.series_uid for each in arrivals}, remembered.series)
    new: list[Instance] = []
    for each in arrivals:
        uid, digest = each.facts.sop_uid, each.written.sha256
        if each.not_kept:
            each.outcome, each.reason = Outcome.HELD, each.not_kept
            continue
        if uid in known:
            _judge_again(each, is_same=known[uid] == digest)
            continue
        study = studies.get(each.facts.study_uid) or _new_study(each, resolve, by)
        studies[study.uid] = study
        if reason := _contradiction(each, study, series.get(each.facts.series_uid)):
            each.outcome, each.reason = Outcome.HELD, reason
            continue
        its = series.get(each.facts.series_uid) or _new_series(each, study, by)
        series[its.uid] = its
        new.append(_instance(each, its, by))
        known[uid] = digest
        each.outcome = Outcome.STORED
    together.insert(*new)
    _tell_grown(studies, {row.series.study_id for row in new if row.n_rows}, remembered, by)
    return studies, series


def _tell_grown(studies: dict[str, Study], with_pictures: set[UUID], remembered: Remembered, by: Actor) -> None:
    for study in studies.values():
        if study.id in with_pictures and remembered.is_late(study, by.now):
            audit.record(StudyGrew(study_id=study.id), by=by)
            transaction.on_commit(partial(remembered.grew.__setitem__, study.uid, by.now))


def _known_hashes(arrivals: Sequence[Arrival]) -> dict[str, str]:
    rows = Instance.objects.filter(sop_uid__in={each.facts.sop_uid for each in arrivals}).order_by()
    return dict(rows.values_list("sop_uid", "sha256"))


def _known(kind: type[_Row], uids: set[str], remembered: dict[str, _Row]) -> dict[str, _Row]:
    found = {uid: remembered[uid] for uid in uids if uid in remembered}
    if missing := uids - found.keys():
        found |= {row.uid: row for row in kind.objects.filter(uid__in=missing).order_by()}
    return found


def _judge_again(each: Arrival, *, is_same: bool) -> None:
    each.outcome = Outcome.SAME if is_same else Outcome.HELD
    each.reason = "" if is_same else Held.Reason.OTHER_CONTENT


def _contradiction(each: Arrival, study: Study, series: Series | None) -> str:
    said = each.facts
    if series is not None and series.study_id != study.id:
        return Held.Reason.OTHER_STUDY
    person = (said.patient_number, said.patient_name, said.patient_born_on)
    if person != (study.said_number, study.said_name, study.said_born_on):
        return Held.Reason.OTHER_PERSON
    return ""


def _new_study(each: Arrival, resolve: Resolve, by: Actor) -> Study:
    whose = resolve(each.facts, each.org_id, each.device_id)
    if whose.resident_id is not None and not whose.doubts:
        try:
            with transaction.atomic():
                return _linked(each, whose, by)
        except TongmaiError:  # whoever hears of it refuses: the order is not one that can be performed now
            whose = Whose(doubts="not-performable")
    study = _study(each, by, doubts=whose.doubts or "no-order")
    study.save(force_insert=True)
    audit.record(StudyHeld(study_id=study.id, org_id=study.org_id, doubts=study.doubts), by=by)
    return study


def _linked(each: Arrival, whose: Whose, by: Actor) -> Study:
    study = _study(each, by)
    study.resident_id, study.order_number = whose.resident_id, whose.order_number
    study.linked_at, study.linked_by_id = by.now, by.user_id
    study.save(force_insert=True)
    StudyDecision.objects.create(
        study=study, what=StudyDecision.What.LINK, resident_id=study.resident_id, order_number=study.order_number,
        at=by.now, by_user_id=by.user_id, by_name=by.name,
    )  # fmt: skip
    tell_arrived(study, by=by)
    return study


def _study(each: Arrival, by: Actor, doubts: str = "") -> Study:
    said = each.facts
    return Study(
        uid=said.study_uid, org_id=each.org_id, device_id=each.device_id, modality=said.modality,
        description=said.study_description, studied_at=said.studied_at, said_accession=said.accession,
        said_number=said.patient_number, said_name=said.patient_name, said_sex=said.patient_sex,
        said_born_on=said.patient_born_on, charset=said.charset, is_repaired=said.is_repaired, doubts=doubts,
        sensitivity=marking.of_study(said.study_description, on=by.today), received_at=by.now,
    )  # fmt: skip


def tell_arrived(study: Study, *, by: Actor) -> None:
    """Say that a study stands in a person's record, and make her known to who took it."""
    assert study.resident_id is not None
    residents.make_known(study.resident_id, org_id=study.org_id, via=KnownTo.Via.ENCOUNTER, by=by)
    audit.record(
        StudyArrived(
            study_id=study.id, study_uid=study.uid, resident_id=study.resident_id, order_number=study.order_number,
            org_id=study.org_id, modality=study.modality,
        ),
        by=by,
    )  # fmt: skip


def _new_series(each: Arrival, study: Study, by: Actor) -> Series:
    said = each.facts
    return Series.objects.create(
        uid=said.series_uid, study=study, modality=said.modality, number=said.series_number,
        description=said.series_description, body_part=said.body_part, received_at=by.now,
    )  # fmt: skip


def _instance(each: Arrival, series: Series, by: Actor) -> Instance:
    said = each.facts
    return together.fresh(
        Instance, sop_uid=said.sop_uid, series=series, sop_class=said.sop_class, transfer_syntax=said.transfer_syntax,
        number=said.number, n_rows=said.n_rows, n_columns=said.n_columns, n_frames=said.n_frames,
        sha256=each.written.sha256, n_bytes=each.written.n_bytes, charset=said.charset, device_id=each.device_id,
        received_at=by.now,
    )  # fmt: skip


def _to_quarantine(each: Arrival, by: Actor) -> None:
    holding.hold(
        each.pieces, reason=each.reason, detail=each.detail, written=each.written, sop_uid=each.facts.sop_uid,
        study_uid=each.facts.study_uid, org_id=each.org_id, device_id=each.device_id, channel=each.channel, by=by,
    )  # fmt: skip
    archive.archive().drop(each.place)
