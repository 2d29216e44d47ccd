"""Which codes of the unified set a local code may mean.  Suggestions are shown to a person and never applied by themselves.

The names of an edition are held in memory, found by the pairs of characters that they share with the local name; the few
that share most are compared in full.  An edition of 33,000 names takes a second to read and about 20 MB.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import Count, Max

from tongmai.foundation.catalog.models import Code, CodeList
from tongmai.foundation.catalog.search import BAR, pinyin_of, squeezed
from tongmai.foundation.catalog.selectors import in_force
from tongmai.foundation.catalog.services import SAID_BY_PEOPLE
from tongmai.foundation.terminology.choices import CodeSet
from tongmai.foundation.terminology.rules import likeness, shared_beginning
from tongmai.kernel.text import is_chinese

SHOWN = 5
LEAST = 0.5  # names less alike than this suggest nothing
_LOOKED_AT = 120  # candidates that are compared in full
_CATEGORY = 3  # characters of an ICD code that name its category
_BRACKETS = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_CODE_WEIGHT = 0.02  # for each further character that the codes have in common

SAME_CODE, SAME_NAME, SAME_SOUND, ALIKE, CATEGORY = "same-code", "same-name", "same-sound", "alike", "category"


@dataclass(frozen=True)
class Suggestion:
    """A code of the unified set; `why` is how it was found, `score` how likely it is, 0–1."""

    code: str
    name: str
    why: str
    score: float


@dataclass(frozen=True)
class _Edition:
    """An edition in the shape in which it is compared."""

    codes: list[str]
    names: list[str]
    keys: list[tuple[str, ...]]  # squeezed names: the official one and what people say
    by_code: dict[str, int]
    by_key: dict[str, list[int]]
    by_sound: dict[str, list[int]]
    by_pair: dict[str, list[int]]
    by_category: dict[str, list[int]]


def suggestions(code_set: str, code: str, name: str, on: date, most: int = SHOWN) -> list[Suggestion]:
    """Return what a local code may mean, the likeliest first; empty where the set has no edition or nothing is alike."""
    edition = _in_force(code_set, on)
    return _suggested(edition, code_set, code, name)[:most] if edition else []


def _suggested(edition: _Edition, code_set: str, code: str, name: str) -> list[Suggestion]:
    spoken = "" if name == code and not is_chinese(name) else name  # where there is no code, the name stands for it
    found = _Found(edition, code_set, code, squeezed(spoken), squeezed(_BRACKETS.sub("", spoken)))
    found.by_code()
    if found.name:
        found.by_name()
    elif not found.best:
        found.by_category()
    return sorted(found.best.values(), key=lambda each: (-each.score, len(each.name), each.code))


@dataclass
class _Found:
    """The codes of an edition that a local code may mean, each with its best reason."""

    edition: _Edition
    code_set: str
    code: str
    name: str  # squeezed; "" where it says no more than the code
    bare_name: str  # without what stands in brackets: a method, a brand, a packing
    best: dict[int, Suggestion] = field(default_factory=dict)

    def by_code(self) -> None:
        """The same code; how likely it means the same is for the name to say."""
        index = self.edition.by_code.get(self.code)
        if index is not None:
            self._take(index, SAME_CODE, 0.6 + 0.4 * (self._alike(index) if self.name else 1.0))

    def by_name(self) -> None:
        """The same name, the same sound, and names that are alike."""
        for index in self.edition.by_key.get(self.name, ()):
            self._take(index, SAME_NAME, 1.0 if self.edition.codes[index] == self.code else 0.95)
        for index in self.edition.by_sound.get(pinyin_of(self.name)[0], ()):
            self._take(index, SAME_SOUND, 0.9)
        for index in self._candidates():
            alike = self._alike(index)
            if alike >= LEAST:
                self._take(index, ALIKE, min(0.89, alike * 0.9 + self._same_beginning(index)))

    def by_category(self) -> None:
        """A diagnosis without a name: what begins alike longest in its category; such a code is rather wider."""
        if self.code_set != CodeSet.DIAGNOSES:
            return
        codes = self.edition.codes
        near = self.edition.by_category.get(self.code[:_CATEGORY].upper(), ())
        best = sorted(near, key=lambda i: (-shared_beginning(self.code, codes[i]), len(codes[i]), i))
        for rank, index in enumerate(best[:SHOWN]):
            self._take(index, CATEGORY, 0.4 - 0.02 * rank)

    def _take(self, index: int, why: str, score: float) -> None:
        if index not in self.best or score > self.best[index].score:
            self.best[index] = Suggestion(self.edition.codes[index], self.edition.names[index], why, round(score, 3))

    def _alike(self, index: int) -> float:
        keys = self.edition.keys[index]
        return max((likeness(name, key) for name in (self.name, self.bare_name) for key in keys), default=0.0)

    def _candidates(self) -> list[int]:
        shared: Counter[int] = Counter()
        for pair in _pairs(self.name):
            shared.update(self.edition.by_pair.get(pair, ()))
        return [index for index, _ in shared.most_common(_LOOKED_AT)]

    def _same_beginning(self, index: int) -> float:
        """What codes that begin alike add, in a set whose codes speak."""
        speaks = self.code_set == CodeSet.DIAGNOSES
        shared = shared_beginning(self.code, self.edition.codes[index]) if speaks else 0
        return _CODE_WEIGHT * (shared - _CATEGORY + 1) if shared >= _CATEGORY else 0.0


def _in_force(code_set: str, on: date) -> _Edition | None:
    rows = CodeList.objects.filter(in_force(on), system=code_set).annotate(n=Count("codes"), last=Max("codes__id"))
    found = rows.values_list("id", "n", "last").first()
    return _edition(*found) if found and found[1] else None


@lru_cache(maxsize=8)
def _edition(list_id: int, n_codes: int, last_id: int) -> _Edition:
    """Read an edition.  How many codes it has, and the last of them, tell a changed one from the one that is held."""
    rows = Code.objects.filter(list_id=list_id).order_by("code").values_list("code", "name", "everyday_names", "search")
    return _indexed(rows.iterator(chunk_size=2_000))


def _indexed(rows: Iterable[tuple[str, str, str, str]]) -> _Edition:
    """Return rows of (code, name, everyday names, search text) in the shape in which they are compared."""
    made = _Edition([], [], [], {}, defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list))
    for index, (code, name, everyday, found_by) in enumerate(rows):
        keys = tuple(dict.fromkeys(filter(None, map(squeezed, (name, *everyday.split(SAID_BY_PEOPLE))))))
        made.codes.append(code)
        made.names.append(name)
        made.keys.append(keys)
        made.by_code[code] = index
        made.by_category[code[:_CATEGORY].upper()].append(index)
        for key in keys:
            made.by_key[key].append(index)
        for pair in set().union(*map(_pairs, keys)):
            made.by_pair[pair].append(index)
        for sound in _sounds(found_by, keys):
            made.by_sound[sound].append(index)
    return made


def _sounds(found_by: str, keys: tuple[str, ...]) -> list[str]:
    """The pinyin of each name, which stands after it among the keys by which the code is found."""
    parts = found_by.split(BAR)
    return [parts[i + 1] for key in keys if key in parts and (i := parts.index(key)) + 1 < len(parts) and parts[i + 1]]


def _pairs(name: str) -> set[str]:
    return {name[i : i + 2] for i in range(len(name) - 1)} or {name}
