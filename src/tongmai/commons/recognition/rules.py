"""What is recognised, until when, and why not.  Pure: facts, policy and day in, verdict out.

The rule is 医疗机构检查检验结果互认管理办法 (国卫医发〔2022〕6号); docs/algorithms/recognition.md walks through it.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tongmai.commons.recognition.choices import Outcome, Standing, Strength, Why

_FINAL = frozenset({"final", "corrected"})
_BETWEEN = re.compile(r"[\s_\-—·,，、.。/／+()（）\[\]【】:：]+")
_STRONGEST = (Strength.MUST, Strength.MAY, Strength.NOT)
_BEST = (Why.OTHER_AREA, Why.EXPIRED, Why.WITHDRAWN, Why.NO_MARK)


@dataclass(frozen=True)
class Item:
    """One line of the list, as the rules need it.  Words are plain (`plain`)."""

    code: str
    category: str
    catalog_codes: frozenset[str] = frozenset()  # of what can be ordered
    charges: frozenset[str] = frozenset()  # codes of the community's list that mean this very examination
    loinc: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  # names of the very examination
    near: tuple[str, ...] = ()  # parts of names of what is close to it, and another examination
    quantities: frozenset[str] = frozenset()  # a report that holds all of these holds the item
    modalities: frozenset[str] = frozenset()  # DICOM
    body_part: str = ""  # DICOM
    by_images: bool = False  # modality and body part alone make it the same, whatever it is called
    needs_data: bool = False  # images or a tracing


@dataclass(frozen=True)
class Kept:
    """Images or a tracing of a report that are kept and can be looked at.  Blank: it does not say."""

    modality: str = ""
    body_part: str = ""


@dataclass(frozen=True)
class Result:
    """One existing report.  `charge_code`: what its code means in the community's own list; `kept` None: only words came."""

    category: str
    status: str
    name: str
    taken_on: date | None  # when the specimen or the picture was taken, else when it was reported
    issued_on: date | None
    code: str = ""
    is_ours: bool = False  # the code is of our own catalogue
    is_loinc: bool = False
    charge_code: str = ""
    quantities: frozenset[str] = frozenset()
    n_values: int = 0
    kept: Kept | None = None
    is_own: bool = False  # of the asking facility itself


@dataclass(frozen=True)
class Evaluated:
    """One evaluation of a facility's item by one quality body.  `areas`: beginnings of division codes, "" the whole country."""

    mark: str  # e.g. 安徽省HR
    areas: tuple[str, ...]
    outcome: Outcome
    evaluated_on: date
    ends_before: date | None = None
    order: int = 0  # of two on one day the higher was entered later


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a result.  `last_day`: until when it counts, None where the window decides nothing."""

    strength: Strength
    why: tuple[Why, ...] = ()
    mark: str = ""
    last_day: date | None = None
    failed_on: date | None = None


def plain(text: str) -> str:
    """Return a name as it is compared: small letters, nothing between them, Chinese brackets and blanks gone."""
    return _BETWEEN.sub("", text.strip().lower())


def why_not_same(item: Item, result: Result) -> Why | None:
    """Return None where the result is of the very item, else why it is another one.

    What tells: the code of what can be ordered; the LOINC code; the community's code for the charge; the name, word by
    word; the values that a panel holds; what the kept images say of themselves, which also speaks against a name.
    """
    if result.category != item.category:
        return Why.OTHER_ITEM
    named, kept = _is_named(item, result), result.kept or Kept()
    if (against := _images_say(item, kept)) is not None:
        return against if named else Why.OTHER_ITEM
    is_shown = item.by_images and kept.modality in item.modalities and kept.body_part == item.body_part
    return None if named or is_shown else Why.OTHER_ITEM


def is_near(item: Item, result: Result) -> bool:
    """Whether a result of another item is close enough to be told of: the doctor should know why it does not count."""
    return result.category == item.category and (_is_named(item, result) or _is_near(item, result))


def last_day_of(taken_on: date, *, window_days: int) -> date | None:
    """Return the last day on which a result of that day counts; None where the window is nought: it never does."""
    return taken_on + timedelta(days=window_days) if window_days > 0 else None


def standing(evaluations: Iterable[Evaluated], on: date) -> tuple[Standing, Evaluated | None]:
    """Return how one facility's item stands with one quality body on a day, and the evaluation that says so.

    The last one until that day decides: a failure ends the mark of the one before (article 13), and half a year without
    an evaluation ends it too (article 25).
    """
    known = [each for each in evaluations if each.evaluated_on <= on]
    if not known:
        return Standing.NONE, None
    last = max(known, key=lambda each: (each.evaluated_on, each.order))
    if last.outcome == Outcome.FAILED:
        return Standing.FAILED, last
    if last.outcome == Outcome.WITHDRAWN:
        return Standing.WITHDRAWN, last
    return (Standing.EXPIRED if last.ends_before is not None and on >= last.ends_before else Standing.VALID), last


def reaches(areas: Collection[str], county_code: str) -> bool:
    """Whether a mark holds in a county: it is national, or one of its areas is the county's or lies above it."""
    return any(area == "" or (county_code != "" and county_code.startswith(area)) for area in areas)


def judge(
    item: Item, result: Result, *, evaluations: Sequence[Evaluated], county_code: str, window_days: int, today: date
) -> Verdict:
    """Return whether the result counts instead of a repeat, asked in a county on a day.

    `evaluations`: of the reporting facility's item, by every quality body.  A mark counts that stood on the day of the
    report; an evaluation failed since then ends that, one merely lapsed since does not.
    """
    against = [*_hindrances(item, result, window_days=window_days, today=today)]
    last_day = last_day_of(result.taken_on, window_days=window_days) if result.taken_on else None
    if result.issued_on is None:
        return Verdict(Strength.NOT, tuple(against), last_day=last_day)
    mark = _mark(evaluations, result, county_code=county_code, today=today)
    why = tuple(dict.fromkeys([*against, *mark.why]))
    strength = Strength.NOT if against else mark.strength
    return Verdict(strength, why, mark.mark, last_day, mark.failed_on)


def mark_on(evaluations: Iterable[Evaluated], on: date) -> str:
    """Return the mark that a report issued on a day may carry: of those that are valid the widest; "" for none."""
    valid = [
        last
        for of_body in by_body(evaluations)
        for how, last in [standing(of_body, on)]
        if how == Standing.VALID and last is not None
    ]
    return min(valid, key=_width).mark if valid else ""


def by_body(evaluations: Iterable[Evaluated]) -> list[list[Evaluated]]:
    """Return the evaluations of each quality body for itself: those of one area are of one body."""
    found: dict[tuple[str, ...], list[Evaluated]] = {}
    for each in evaluations:
        found.setdefault(each.areas, []).append(each)
    return list(found.values())


def may_undo(*, decided_age: timedelta, within: timedelta) -> bool:
    """Whether a decision of that age can still be taken back; exactly `within` is in time."""
    return timedelta(0) <= decided_age <= within


def _hindrances(item: Item, result: Result, *, window_days: int, today: date) -> Iterable[Why]:
    if (other := why_not_same(item, result)) is not None:
        yield other
    if result.status not in _FINAL:
        yield Why.NOT_FINAL
    if result.taken_on is None or result.issued_on is None:
        yield Why.NO_DATE
    elif window_days <= 0:
        yield Why.FAST
    elif today > result.taken_on + timedelta(days=window_days):
        yield Why.OUTSIDE_WINDOW
    if (result.kept is None) if item.needs_data else (result.n_values == 0):
        yield Why.NO_DATA


def _mark(evaluations: Sequence[Evaluated], result: Result, *, county_code: str, today: date) -> Verdict:
    """Judge the mark alone.  Of several quality bodies the one that speaks best for the result decides."""
    assert result.issued_on is not None
    said = [_of_body(each, result.issued_on, county_code, today) for each in by_body(evaluations)]
    best = min(said, key=_rank, default=Verdict(Strength.MAY, (Why.NO_MARK,)))
    if result.is_own and best.strength != Strength.MUST and Why.FAILED not in best.why:
        return Verdict(Strength.MAY, (Why.OWN,), best.mark)
    return best


def _of_body(evaluations: list[Evaluated], issued_on: date, county_code: str, today: date) -> Verdict:
    at_issue, last = standing(evaluations, issued_on)
    now, newest = standing(evaluations, today)
    if now == Standing.FAILED or at_issue == Standing.FAILED:
        told = newest if now == Standing.FAILED else last
        return Verdict(Strength.NOT, (Why.FAILED,), failed_on=told.evaluated_on if told else None)
    if at_issue == Standing.WITHDRAWN or now == Standing.WITHDRAWN:
        return Verdict(Strength.MAY, (Why.WITHDRAWN,))
    if at_issue == Standing.VALID and last is not None:
        if reaches(last.areas, county_code):
            return Verdict(Strength.MUST, mark=last.mark)
        return Verdict(Strength.MAY, (Why.OTHER_AREA,), mark=last.mark)
    return Verdict(Strength.MAY, (Why.EXPIRED if at_issue == Standing.EXPIRED else Why.NO_MARK,))


def _rank(verdict: Verdict) -> tuple[int, int]:
    why = verdict.why[0] if verdict.why else None
    return _STRONGEST.index(verdict.strength), _BEST.index(why) if why in _BEST else 0


def _is_named(item: Item, result: Result) -> bool:
    if result.is_ours and result.code in item.catalog_codes:
        return True
    if result.is_loinc and result.code in item.loinc:
        return True
    if result.charge_code in item.charges:
        return True
    return plain(result.name) in item.words or bool(item.quantities) and item.quantities <= result.quantities


def _is_near(item: Item, result: Result) -> bool:
    name = plain(result.name)
    return any(word in name for word in item.near)


def _images_say(item: Item, kept: Kept) -> Why | None:
    if kept.modality and item.modalities and kept.modality not in item.modalities:
        return Why.OTHER_METHOD
    if kept.body_part and item.body_part and kept.body_part != item.body_part:
        return Why.OTHER_PART
    return None


def _width(evaluated: Evaluated) -> int:
    return min(len(area) for area in evaluated.areas)
