"""Search keys of Chinese names: every reading that someone at a counter may type, in full and by initials."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style
from pypinyin import pinyin as readings_of

from tongmai.kernel import surnames

# A name of ten polyphones has thousands of readings; those nearest to the usual one are kept.
MOST_KEYS = 12
# Dictionaries list readings that no name uses; the first ones are the common ones.
MOST_READINGS = 3
_SEPARATORS = re.compile(r"[\s·•・.'’\-_,，、()（）]+")
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "aaaaeeeeiiiioooouuuuvvvvv")


@dataclass(frozen=True)
class SearchKeys:
    """What a name is found by: `full` like `shantianfang`, `initials` like `stf`; the usual reading first."""

    full: tuple[str, ...]
    initials: tuple[str, ...]


def keys(name: str, surname_first: bool = True) -> SearchKeys:
    """Return the search keys of `name`, at most `MOST_KEYS` of each form.

    Polyphones keep their alternatives; a surname's own reading comes first (单 shàn, 尉迟 yù chí).  ü is kept as v and
    as u.  Digits and Latin letters stand for themselves.  A text that is no person's name (a town, a diagnosis) is
    asked for with `surname_first=False`.
    """
    text = _SEPARATORS.sub("", name).lower()
    likely: list[tuple[int, str, str]] = []
    for penalty, syllables in _divisions(text, surname_first):
        likely += [(cost + penalty, full, initials) for cost, full, initials in _spellings(syllables)]
    likely.sort(key=lambda spelling: spelling[0])
    return SearchKeys(
        full=_first_distinct(full for _, full, _ in likely),
        initials=_first_distinct(initials for _, _, initials in likely),
    )


def usual(name: str) -> str:
    """Return the usual reading of `name`: the first of its full keys, "" where it has none."""
    text = _SEPARATORS.sub("", name).lower()
    return "".join(alternatives[0] for alternatives in _divisions(text, True)[0][1])


def query(text: str) -> str:
    """Return what someone typed in the form in which keys are stored: small, unspaced, without tones, ü as v."""
    return _SEPARATORS.sub("", text).lower().translate(_TONES)


def _divisions(text: str, surname_first: bool) -> list[tuple[int, list[Sequence[str]]]]:
    """Return the ways to read `text` as surname and given name, each with a penalty for being unlikely."""
    if not surname_first or not text:
        return [(0, [_readings(character) for character in text])]
    given: list[Sequence[str]] = [_in_given_names(character) for character in text]
    single: list[Sequence[str]] = [_as_surname(text[0]), *given[1:]]
    compound = surnames.COMPOUND.get(text[:2]) if len(text) >= 3 else None
    if compound is None:
        return [(0, single)]
    whole: list[Sequence[str]] = [*((reading,) for reading in compound), *given[2:]]
    return [(0, whole), (1, single)]


@lru_cache(maxsize=30_000)
def _in_given_names(character: str) -> tuple[str, ...]:
    return _merged(surnames.GIVEN.get(character, ()), _readings(character))


@lru_cache(maxsize=5_000)
def _as_surname(character: str) -> tuple[str, ...]:
    return _merged(surnames.SINGLE.get(character, ()), _readings(character))


def _merged(first: Iterable[str], rest: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *rest]))


@lru_cache(maxsize=30_000)
def _readings(character: str) -> tuple[str, ...]:
    """Return the readings of one character, the common one first; what is not Chinese stands for itself."""
    if character.isascii():
        return (character,)
    found = readings_of(character, style=Style.NORMAL, heteronym=True, errors="default")[0][:MOST_READINGS]
    plain = [reading.translate(_TONES) for reading in found]
    with_u = [reading.replace("v", "u") for reading in plain if "v" in reading]
    return _merged(plain, with_u)


def _spellings(syllables: Sequence[Sequence[str]]) -> list[tuple[int, str, str]]:
    """Return (departures from the usual readings, full, initials), those with the fewest departures first."""
    beam = [(0, "", "")]
    for alternatives in syllables:
        longer = [
            (cost + index, full + reading, initials + reading[:1])
            for cost, full, initials in beam
            for index, reading in enumerate(alternatives)
        ]
        beam = sorted(longer, key=lambda spelling: spelling[0])[: 2 * MOST_KEYS]
    return beam


def _first_distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))[:MOST_KEYS]
