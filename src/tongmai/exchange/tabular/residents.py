"""The rows of a resident register: recognised, registered, brought up to date, or held.

Rows that are new are written together, the others one after the other; what becomes of a row does not depend on with how
many others it is settled.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.residents import services
from tongmai.commons.residents.errors import NumberTaken
from tongmai.commons.residents.matching.facts import Facts
from tongmai.commons.residents.matching.keys import stored_keys
from tongmai.commons.residents.matching.rules import Decision, Zone
from tongmai.commons.residents.models import Medium
from tongmai.commons.residents.services.indexing import Found, look_up_many, recognised, take_turns
from tongmai.commons.residents.services.registering import (
    Newcomer,
    find_by_citizen_numbers,
    insert_people,
    newcomer,
)
from tongmai.commons.residents.services.reviewing import open_review
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Problem, ResidentFacts, resident_facts
from tongmai.exchange.tabular.places import Villages
from tongmai.exchange.tabular.standing import Standing
from tongmai.exchange.tabular.verdicts import TAKEN, Row, Verdict, digest_of, held, held_by, refused
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import TongmaiError

NewBefore = Callable[[Iterable[str]], list[Row]]


def acting(by: Actor) -> Actor:
    """Return who writes: the system on behalf of the administrator.  She may import a register, and reads no record."""
    return replace(by, role=Role.SYSTEM, channel="import", org_id=None, post_id=by.post_id)


@dataclass
class _Read:
    """A row on its way: what it says, and what becomes of it."""

    row: Row
    facts: ResidentFacts | None = None
    digest: str = ""
    number_key: str = ""
    village: str | None = ""  # its code, "" where the register does not say, None where it is not clear
    found: list[Found] = field(default_factory=list)  # who shares a key with her
    newcomer: Newcomer | TongmaiError | None = None  # a stranger as she would be entered, or why she cannot be
    entry: UUID | None = None  # a stranger's; that of somebody else who was faster, where somebody was
    is_waiting: bool = False  # to be written
    decision: Decision | None = None
    verdict: Verdict | None = None


class Step:
    """One step through a register, inside the caller's transaction."""

    def __init__(self, county_code: str, source: str, *, by: Actor, is_real: bool) -> None:
        self.source, self.is_real = source, is_real
        self.by = acting(by)
        self.villages = Villages(county_code, by.today)
        self.limits = services.matching_limits(by.today)
        self.holders: dict[str, UUID] = {}  # of citizen's numbers
        self.taken_cards: set[str] = set()
        self.standing = Standing(source, by=self.by)
        self.waiting: list[_Read] = []  # new people who are not written yet
        self.entered: dict[str | int, list[_Read]] = {}  # all new people, by number, by card, by key of the index

    def settle(self, rows: Sequence[Row], new_before: NewBefore) -> list[Verdict]:
        """Do what the rows ask for and return their fates.

        `new_before`: which rows before these are to make an entry for one of these numbers; a dry run, which has taken
        back what they made, makes it again.
        """
        read = [_read(row) for row in rows]
        if not self.is_real:
            read = [*map(_read, new_before({each.number_key for each in read if each.number_key})), *read]
        self._look_up([each for each in read if each.verdict is None])
        for each in read:
            if each.verdict is None:
                each.verdict = self._settled(each)
        if self.is_real:
            self._write(self.waiting)
        return [
            replace(each.verdict, number_key=each.number_key) for each in read[len(read) - len(rows) :] if each.verdict
        ]

    def _look_up(self, read: list[_Read]) -> None:
        """Ask for all rows at once what is asked of each."""
        said = [(each, each.facts) for each in read if each.facts]
        self.holders = find_by_citizen_numbers(f.citizen_number for _, f in said if f.citizen_number)
        cards = {f.insurance_number for _, f in said if f.insurance_number}
        kept = Medium.objects.filter(kind=Medium.Kind.INSURANCE_CARD, number__in=cards)
        self.taken_cards = set(kept.values_list("number", flat=True))
        for each, facts in said:
            each.village = self._village(facts)
        strangers = [(each, f) for each, f in said if not each.row.known and f.citizen_number not in self.holders]
        for each, facts in strangers:
            each.newcomer = self._newcomer(facts, each.village or "")
        turns = {key for each, f in strangers if not f.citizen_number for key in stored_keys(_compared(each))}
        if self.is_real and turns:  # who has no number could be entered by somebody else meanwhile
            take_turns(*turns)
        for (each, _), found in zip(strangers, look_up_many([_compared(e) for e, _ in strangers]), strict=True):
            each.found = found
        known = {each.row.known[0] for each in read if each.row.known} | set(self.holders.values())
        self.standing.look_up(known)

    def _settled(self, each: _Read) -> Verdict:
        facts = each.facts
        assert facts is not None
        self._write_if_waiting(self.entered.get(key) for key in (facts.citizen_number, facts.insurance_number) if key)
        holder = self.holders.get(facts.citizen_number)
        known = each.row.known[0] if each.row.known else None
        if known and holder and holder != self.standing.stands_for(known):
            return held(facts.identity, "other-holder")
        if each.village is None:
            return self._unclear_village(facts)
        target = known or holder
        if target is None:
            target = self._entered(each)
        return self._brought_up_to_date(each, target) if isinstance(target, UUID) else target

    def _entered(self, each: _Read) -> Verdict | UUID:
        """Let a new person wait to be written, or return whose the row is."""
        facts = each.facts
        assert facts is not None
        if facts.insurance_number in self.taken_cards:
            return held_by(NumberTaken(), facts.identity)
        if not isinstance(each.newcomer, Newcomer):
            return held_by(each.newcomer or NumberTaken(), facts.identity)
        keys = stored_keys(_compared(each))
        also = {id(other): other for key in keys for other in self.entered.get(key, ())}
        found = [*each.found, *(Found(other.entry, _compared(other)) for other in also.values() if other.entry)]
        decision = each.decision = recognised(_compared(each), found, self.limits)
        if decision.zone is not Zone.NEW and decision.best:
            best = decision.best.whose
            self._write_if_waiting([[other for other in also.values() if other.entry == best]])
        if decision.zone is Zone.LINKED and decision.best:
            return decision.best.whose
        self.waiting.append(each)
        each.entry, each.is_waiting = each.newcomer.person.id, True
        for key in (*keys, facts.citizen_number, facts.insurance_number):
            if key:
                self.entered.setdefault(key, []).append(each)
        alike = {"what": "alike"} if decision.zone is Zone.REVIEW else {}
        return Verdict(Fate.NEW, facts.identity, each.digest, each.entry, **alike)

    def _write_if_waiting(self, meant: Iterable[Iterable[_Read] | None]) -> None:
        """Write these people before somebody is compared with what is kept of them."""
        waiting = list({id(each): each for some in meant for each in some or () if each.is_waiting}.values())
        if waiting:
            self._write(self.waiting if self.is_real else waiting)  # a dry run writes nobody without need

    def _write(self, waiting: list[_Read]) -> None:
        """Write these of those who wait.  Where somebody else was faster with one of them, each is settled alone."""
        if not waiting:
            return
        for each in waiting:
            each.is_waiting = False
        self.waiting = [each for each in self.waiting if each.is_waiting]
        people = [each.newcomer for each in waiting if isinstance(each.newcomer, Newcomer)]
        # In one order: two who import the same people wait for each other, and neither for both.
        people.sort(key=lambda new: new.number.value if new.number else "")
        holders = {new.number.value: new.person.id for new in people if new.number}
        try:
            with transaction.atomic():
                insert_people(people, by=self.by)
        except IntegrityError:
            for each in waiting:
                each.verdict = self._alone(each)
            holders = find_by_citizen_numbers(holders)
        self.holders |= holders
        self.taken_cards |= {new.card for new in people if new.card}
        for each in waiting:
            self._ask_who_she_is(each)

    def _alone(self, each: _Read) -> Verdict:
        facts, new = each.facts, each.newcomer
        assert facts is not None and isinstance(new, Newcomer)
        try:
            with transaction.atomic():
                insert_people([new], by=self.by)
            return Verdict(Fate.NEW, facts.identity, each.digest, new.person.id)
        except IntegrityError:
            each.decision = None
        holder = each.entry = find_by_citizen_numbers([facts.citizen_number]).get(facts.citizen_number)
        if holder is None:
            return held_by(NumberTaken(), facts.identity)
        return self._brought_up_to_date(each, holder)

    def _ask_who_she_is(self, each: _Read) -> None:
        decision = each.decision
        if decision and decision.zone is Zone.REVIEW and decision.best and each.entry:
            open_review(
                each.entry, decision.best.whose, score=decision.best.score, why=decision.why or "", by=self.by
            )  # fmt: skip

    def _brought_up_to_date(self, each: _Read, target: UUID) -> Verdict:
        facts = each.facts
        assert facts is not None
        if target not in self.standing.held:  # entered in this step
            self.standing.look_up([target])
        try:
            with transaction.atomic():
                verdict = self.standing.brought_up_to_date(target, facts, each.digest, each.village or "")
                if verdict.fate not in TAKEN:
                    transaction.set_rollback(True)
                return verdict
        except TongmaiError as error:
            self.standing.look_up([target])
            return held_by(error, facts.identity)

    def _newcomer(self, facts: ResidentFacts, village: str) -> Newcomer | TongmaiError:
        try:
            return newcomer(
                by=self.by, name=facts.name, sex=facts.sex, born_on=facts.born_on, id_number=facts.citizen_number,
                village_code=village, address=facts.address, phone=facts.phone, scheme=facts.scheme, tags=facts.tags,
                card=facts.insurance_number,
            )  # fmt: skip
        except TongmaiError as error:
            return error

    def _village(self, facts: ResidentFacts) -> str | None:
        """Return the code of the village, "" where the register does not say, None where it is not clear."""
        if not (facts.village_code or facts.village):
            return ""
        found = self.villages.find(facts.village_code, facts.town, facts.village)
        return found[0] if len(found) == 1 else None

    def _unclear_village(self, facts: ResidentFacts) -> Verdict:
        said = facts.village_code or f"{facts.town}{facts.village}"
        is_known = bool(self.villages.find(facts.village_code, facts.town, facts.village))
        return held(facts.identity, "several-villages" if is_known else "unknown-village", said=said[:120])


def _read(row: Row) -> _Read:
    facts = resident_facts(row.cells)
    if isinstance(facts, Problem):
        return _Read(row, verdict=refused(facts, row.identity))
    digest = digest_of(facts)
    key = blake2b(facts.citizen_number.encode(), digest_size=8).hexdigest() if facts.citizen_number else ""
    same = Verdict(Fate.SAME, facts.identity, digest, row.known[0]) if row.known and row.is_same(digest) else None
    return _Read(row, facts, digest, key, verdict=same)


def _compared(each: _Read) -> Facts:
    """Return by what a stranger is compared; one who cannot be entered is like nobody."""
    return each.newcomer.facts if isinstance(each.newcomer, Newcomer) else Facts()
