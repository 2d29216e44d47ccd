"""Which entries are sensitive, and by which way somebody sees them nevertheless.  Pure: facts and policy → answer."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from tongmai.kernel.text import N_


class Kind(StrEnum):
    """A kind of entry that needs a narrower reason."""

    HIV = "hiv"
    STI = "sti"
    MENTAL = "mental"
    SUBSTANCE = "substance"
    REPRODUCTIVE = "reproductive"
    RESTRICTED = "restricted"  # a document whose author marked it so


KIND_LABELS = {
    Kind.HIV: N_("艾滋病相关"),
    Kind.STI: N_("性传播疾病"),
    Kind.MENTAL: N_("精神障碍"),
    Kind.SUBSTANCE: N_("物质依赖"),
    Kind.REPRODUCTIVE: N_("生育与终止妊娠"),
    Kind.RESTRICTED: N_("来源机构标为受限"),
}


class Way(StrEnum):
    """What opens a kind.  The order is the order in which ways are looked for; an emergency is the last."""

    SELF = "self"
    GUARDIAN = "guardian"
    TREATING = "treating"  # her organisation has a present encounter of that kind
    REFERRAL = "referral"  # her organisation received a referral about it
    CONTRACT = "contract"  # the contract doctor, if the resident agreed
    CONSENT = "consent"  # the resident agreed, for her organisation or all members
    EMERGENCY = "emergency"


class Party(StrEnum):
    """To whom a choice of the resident speaks; the narrower one outweighs the wider."""

    ORG = "org"
    CONTRACT = "contract"
    MEMBERS = "members"


# Chinese enumerates with 、, which parts nothing here: who denies a list denies each of it.
_PARTS = re.compile(r"[，,。；;！!？?\n]")
# Between a test and its result stands no illness (感染, 病, 治疗): "HIV 感染 HBsAg 阴性" tells of an infection.
_TO_RESULT = r"(?:[^、感病治]{0,12}|[^感病治]*均)"
_TESTED = (Kind.HIV, Kind.STI, Kind.SUBSTANCE)


@dataclass(frozen=True)
class Definition:
    """What makes an entry one of `kind`: ICD-10 codes ("B20-B24", "Z21", "Z11.4"; `but` are exceptions), or words."""

    kind: Kind
    codes: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Denials:
    """The words of free text that deny: what stands behind `before`, a test that stands ahead of one of `after`.

    In a part of a sentence that has one of `unless` nothing is denied.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What the resident decided: `kind` blank for the whole record; `org_id` where `party` is one organisation."""

    is_permitted: bool
    party: Party
    kind: str = ""
    org_id: UUID | None = None


@dataclass(frozen=True)
class Standing:
    """Who looks: her organisation, each basis that she has, and the kinds that her organisation treats or was asked about."""

    org_id: UUID | None = None
    bases: frozenset[str] = frozenset()
    treated: frozenset[str] = frozenset()
    referred: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Opened:
    """By which way each kind is open; a kind that is not here is closed."""

    ways: Mapping[str, Way] = field(default_factory=dict)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that are open."""
        return frozenset(self.ways)


def kinds_of(
    codes: Iterable[str],
    names: Iterable[str],
    *,
    definitions: Iterable[Definition],
    is_restricted: bool = False,
    texts: Iterable[str] = (),
    notes: Iterable[str] = (),
    denials: Denials = Denials(),
) -> frozenset[str]:
    """Return the sensitive kinds of an entry with these diagnosis codes and these names of findings or medicines.

    `is_restricted`: the author of the document marked it so (HL7 v3 Confidentiality R or V).  `texts`: what a report
    says freely; a word counts there unless it is denied ("否认…", "未见…").  A test counts whatever its result, as its name
    does.  `notes`: what is written of a person; there a negative test does not count, or every operation would be marked.
    """
    codes, names = [code for code in codes if code], [name for name in names if name]
    names += [_undenied(part, denials) for text in texts for part in _PARTS.split(text)]
    parts = [part for text in notes for part in _PARTS.split(text)]
    found = {
        str(each.kind)
        for each in definitions
        if _has_code(each, codes) or _has_word(each, names) or _is_noted(each, parts, denials)
    }
    return frozenset(found | ({str(Kind.RESTRICTED)} if is_restricted else set()))


def words_of(definitions: Iterable[Definition]) -> re.Pattern[str]:
    """Return what finds any of the words, also inside of a longer one: where it finds none, no text need be judged."""
    words = [re.escape(word) for each in definitions for word in each.words]
    return re.compile("|".join(words) or r"(?!)", re.IGNORECASE)


def stored(kinds: Iterable[str]) -> str:
    """Return kinds as they are stored in the column of an entry: sorted, with blanks between; "" for none."""
    return " ".join(sorted(set(kinds)))


def kinds_in(text: str) -> frozenset[str]:
    """Return the kinds of a stored text."""
    return frozenset(text.split())


def bases_left(
    bases: Collection[str], choices: Collection[Choice], *, org_id: UUID | None, firm: Collection[str]
) -> frozenset[str]:
    """Return the bases that remain after the resident's refusals: `firm` are those that no refusal takes away.

    A refusal to share the whole record among members, or with this organisation, leaves only the firm ones.
    """
    return frozenset(bases) if not _refuses(choices, "", bases, org_id) else frozenset(bases) & frozenset(firm)


def sees_own_only(choices: Collection[Choice], *, org_id: UUID | None, bases: Collection[str]) -> bool:
    """Whether of the record only what this organisation wrote itself is shown: it is named in a refusal."""
    named = [each for each in choices if each.party == Party.ORG and each.org_id == org_id and not each.kind]
    excluded = bool(named) and not all(each.is_permitted for each in named)
    return excluded and not {Way.SELF, Way.GUARDIAN, Way.EMERGENCY} & set(bases)


def opened(
    standing: Standing, choices: Collection[Choice], *, ways: Mapping[str, Collection[str]], kinds: Iterable[str]
) -> Opened:
    """Return which of `kinds` are open to who stands there, and by which way.  `ways`: by kind, what policy lets open it.

    A refusal of a kind closes what treating, a referral, a contract or a consent would open; herself, her guardian and
    an emergency remain.
    """
    found: dict[str, Way] = {}
    for kind in kinds:
        refused = _refuses(choices, kind, standing.bases, standing.org_id)
        for way in Way:
            if way not in ways.get(kind, ()) or not _leads(way, kind, standing, choices):
                continue
            if refused and way not in (Way.SELF, Way.GUARDIAN, Way.EMERGENCY):
                continue
            found[kind] = way
            break
    return Opened(found)


def is_seen(kinds: Collection[str], *, opened: Opened, org_id: UUID | None, own_org_id: UUID | None) -> bool:
    """Whether an entry of these kinds, made by `org_id`, is shown: all its kinds are open, or it is the reader's own."""
    return opened.kinds.issuperset(kinds) or (org_id is not None and org_id == own_org_id)


def _leads(way: Way, kind: str, standing: Standing, choices: Collection[Choice]) -> bool:
    if way in (Way.SELF, Way.GUARDIAN, Way.EMERGENCY):
        return way in standing.bases
    if way == Way.TREATING:
        return kind in standing.treated
    if way == Way.REFERRAL:
        return kind in standing.referred
    if way == Way.CONTRACT:
        return "contract" in standing.bases and _permits(choices, kind, Party.CONTRACT, standing)
    return bool(standing.bases) and (
        _permits(choices, kind, Party.ORG, standing) or _permits(choices, kind, Party.MEMBERS, standing)
    )


def _permits(choices: Collection[Choice], kind: str, party: Party, standing: Standing) -> bool:
    return any(
        each.is_permitted and each.kind == kind and each.party == party and _is_of(each, standing.org_id)
        for each in choices
    )


def _refuses(choices: Collection[Choice], kind: str, bases: Collection[str], org_id: UUID | None) -> bool:
    """Whether the narrowest choice that speaks to this reader is a refusal; of two equally narrow, the refusal counts."""
    for party in Party:
        if party == Party.CONTRACT and "contract" not in bases:
            continue
        said = [each for each in choices if each.kind == kind and each.party == party and _is_of(each, org_id)]
        if said:
            return not all(each.is_permitted for each in said)
    return False


def _is_of(choice: Choice, org_id: UUID | None) -> bool:
    return choice.party != Party.ORG or (org_id is not None and choice.org_id == org_id)


def _has_code(definition: Definition, codes: Iterable[str]) -> bool:
    return any(
        any(_lies_in(code, each) for each in definition.codes)
        and not any(_lies_in(code, each) for each in definition.but)
        for code in codes
    )


def _lies_in(code: str, among: str) -> bool:
    """Whether an ICD-10 code, with whatever extension, lies in "B20-B24" or begins with "Z21" or "Z11.4"."""
    first, _dash, last = among.partition("-")
    said = code.strip().upper()
    return first <= said[:3] <= last if last else said.startswith(first)


def _has_word(definition: Definition, names: Iterable[str]) -> bool:
    return any(_stands_in(word, name) for word in definition.words for name in names)


def _undenied(part: str, denials: Denials) -> str:
    """What of a part of a sentence stands ahead of the first word that denies."""
    if any(word in part for word in denials.unless):
        return part
    return part[: min((part.find(word) for word in denials.before if word in part), default=len(part))]


def _is_noted(definition: Definition, parts: Iterable[str], denials: Denials) -> bool:
    """Whether a word of the definition stands in a note, neither denied nor as a test with a negative result."""
    results = "|".join(re.escape(word) for word in denials.after)
    for part in parts:
        left = _undenied(part, denials)
        is_test = definition.kind in _TESTED and results and not any(word in part for word in denials.unless)
        for word in definition.words:
            negative = rf"{re.escape(word)}{_TO_RESULT}(?:{results})"
            if _stands_in(word, re.sub(negative, "", left, flags=re.IGNORECASE) if is_test else left):
                return True
    return False


def _stands_in(word: str, name: str) -> bool:
    """Whether a word stands in a name: a Latin one only by itself, so that RPR is not found in another word."""
    if not word.isascii():
        return word in name
    return re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", name, re.IGNORECASE) is not None
