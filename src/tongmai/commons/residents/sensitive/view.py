"""What of an opened record its reader sees: computed once when the record is opened, taken by every selector of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, IntegerField, Q, QuerySet, Value

from tongmai.commons.residents.sections import ALL, Section
from tongmai.commons.residents.sensitive import rules
from tongmai.commons.residents.sensitive.rules import Opened, Way
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.prepared import Prepared

# (resident_id) → rows of (sensitivity, id of the organisation) of one table, those with a kind only.
Marks = Callable[[UUID], QuerySet]
# (actor, resident_id) → the kinds that her organisation treats, or was referred about.
Concerned = Callable[[Actor, UUID], frozenset[str]]

_marks: list[tuple[Marks, bool]] = []
_treated: list[Concerned] = []
_referred: list[Concerned] = []


@dataclass(frozen=True)
class Mark:
    """A sensitive entry of a person: its kinds as they are stored, and whose it is."""

    sensitivity: str
    org_id: UUID | None
    is_counted: bool  # false for what an entry that counts stands behind, e.g. the course of an illness


@dataclass(frozen=True)
class View:
    """What of a record is shown.

    `closed`: the stored sensitivities that this reader does not see, unless her own organisation wrote the entry.
    `own_only`: only what her own organisation wrote, as the resident chose.  `is_whole`: nothing is withheld.
    `n_withheld`: entries that she is told of, of whatever kind.
    """

    is_whole: bool = True
    sections: frozenset[Section] = ALL
    own_org_id: UUID | None = None
    closed: tuple[str, ...] = ()
    own_only: bool = False
    n_withheld: int = 0
    opened: tuple[str, ...] = ()  # kinds that were seen, for the log
    by_emergency: tuple[str, ...] = ()  # those of them that only the emergency opened

    def has(self, section: Section) -> bool:
        """Whether the basis opens this part of the record at all."""
        return section in self.sections

    def sees(self, sensitivity: str, org_id: UUID | None) -> bool:
        """Whether an entry with these stored kinds, written by that organisation, is shown."""
        is_own = org_id is not None and org_id == self.own_org_id
        if self.is_whole or is_own:
            return True
        return not self.own_only and sensitivity not in self.closed

    def condition(self, *marked: str, org: str = "org_id") -> Q:
        """Return what rows must meet to be shown: the same as `sees`, for columns.

        `marked` are the columns of stored kinds (default: the row's own), none of which may be closed.
        """
        if self.is_whole:
            return Q()
        own = Q(**{org: self.own_org_id}) if self.own_org_id is not None else Q(pk__isnull=True)
        if self.own_only:
            return own
        hidden = Q(*(Q(**{f"{column}__in": self.closed}) for column in marked or ("sensitivity",)), _connector=Q.OR)
        return own | ~hidden

    def rows(self, kept: Prepared, **values: Any) -> list[Any]:
        """Return the rows of a kept read; where something is withheld, of the same read built for this reader."""
        return kept.rows(view=WHOLE, **values) if self.is_whole else list(kept.build(None, view=self, **values))


WHOLE = View()
NOTHING = View(sections=frozenset())


def provide_marks(marks: Marks, *, counted: bool = True) -> None:
    """Register a table that has sensitive entries (config/bases.py)."""
    if marks not in [known for known, _ in _marks]:
        _marks.append((marks, counted))


def provide_concern(*, treated: Concerned | None = None, referred: Concerned | None = None) -> None:
    """Register who knows which kinds an organisation treats, or was referred about (config/bases.py)."""
    for known, each in ((_treated, treated), (_referred, referred)):
        if each is not None and each not in known:
            known.append(each)


def is_marked(resident_id: UUID) -> Q:
    """Return the condition that a person has a sensitive entry anywhere."""
    found = Q()
    for marks, _counted in _marks:
        found |= Q(Exists(marks(resident_id)))
    return found


def marks_of(resident_id: UUID) -> list[Mark]:
    """Return the sensitive entries of a person, in one query."""
    reads = [
        marks(resident_id).order_by().annotate(counts=Value(int(counted), output_field=IntegerField()))
        for marks, counted in _marks
    ]
    rows = reads[0].union(*reads[1:], all=True) if reads else ()
    return [Mark(text, org_id, bool(counts)) for text, org_id, counts in rows]


def narrowed(
    marks: Sequence[Mark], opened: Opened, *, own_org_id: UUID | None, own_only: bool, sections: frozenset[Section]
) -> View:
    """Return the view of a record with these sensitive entries, of which `opened` says which kinds are open."""

    def shown(mark: Mark) -> bool:
        is_own = mark.org_id is not None and mark.org_id == own_org_id
        return is_own or (not own_only and opened.kinds.issuperset(rules.kinds_in(mark.sensitivity)))

    seen = [mark for mark in marks if shown(mark)]
    kinds = sorted(frozenset().union(*(rules.kinds_in(mark.sensitivity) for mark in seen)))
    alien = frozenset().union(*(rules.kinds_in(mark.sensitivity) for mark in seen if mark.org_id != own_org_id))
    return View(
        is_whole=len(seen) == len(marks) and not own_only,
        sections=sections,
        own_org_id=own_org_id,
        closed=tuple(sorted({m.sensitivity for m in marks if not opened.kinds >= rules.kinds_in(m.sensitivity)})),
        own_only=own_only,
        n_withheld=sum(mark.is_counted and not shown(mark) for mark in marks),
        opened=tuple(kinds),
        by_emergency=tuple(kind for kind in kinds if opened.ways.get(kind) == Way.EMERGENCY and kind in alien),
    )


def treated_by(by: Actor, resident_id: UUID) -> frozenset[str]:
    """Return the kinds for which the actor's organisation treats the person now, or lately did."""
    return _all(_treated, by, resident_id)


def referred_to(by: Actor, resident_id: UUID) -> frozenset[str]:
    """Return the kinds about which the actor's organisation received a referral of the person."""
    return _all(_referred, by, resident_id)


def _all(known: Sequence[Concerned], by: Actor, resident_id: UUID) -> frozenset[str]:
    found: Iterable[frozenset[str]] = (each(by, resident_id) for each in known)
    return frozenset().union(*found)
