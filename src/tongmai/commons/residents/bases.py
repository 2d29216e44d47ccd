"""The reasons for which somebody may open a person's record, and who knows of each (filled by config/bases.py)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q, QuerySet, Value

from tongmai.commons.residents.models import Resident, SharingChoice
from tongmai.commons.residents.sections import ALL, FOR_AN_ORDER, Section
from tongmai.commons.residents.sensitive import policies, rules, view
from tongmai.commons.residents.sensitive.rules import Choice, Party, Standing
from tongmai.commons.residents.sensitive.view import WHOLE, View
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import valid_on
from tongmai.foundation.orgs.prepared import NotPreparable, Prepared
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.text import N_

# Answers at once, or by rows of which one is enough.
Provider = Callable[..., "bool | QuerySet"]
Since = Callable[[Actor], datetime]


class Basis(StrEnum):
    """Why a record was opened.  The order is the order in which reasons are looked for: the strongest first."""

    SELF = "self"
    GUARDIAN = "guardian"
    OWN_ENCOUNTER = "own_encounter"
    CONTRACT = "contract"
    REFERRAL_RECEIVED = "referral_received"
    REFERRAL_SENT = "referral_sent"
    BOOKING = "booking"
    RESPONSIBLE_AREA = "responsible_area"
    ORDER = "order"
    RECOGNITION = "recognition"
    REGISTRATION = "registration"
    EMERGENCY = "emergency"


LABELS = {
    Basis.SELF: N_("本人"),
    Basis.GUARDIAN: N_("监护人"),
    Basis.OWN_ENCOUNTER: N_("本机构就诊"),
    Basis.CONTRACT: N_("家庭医生签约"),
    Basis.REFERRAL_RECEIVED: N_("接收转诊"),
    Basis.REFERRAL_SENT: N_("发出转诊"),
    Basis.BOOKING: N_("预约"),
    Basis.RESPONSIBLE_AREA: N_("辖区居民"),
    Basis.ORDER: N_("检查检验申请或报告"),
    Basis.RECOGNITION: N_("检查检验结果互认"),
    Basis.REGISTRATION: N_("建档登记"),
    Basis.EMERGENCY: N_("紧急查阅"),
}

# Which parts of the record a basis opens; a narrower one comes later than the wider ones.
REACH: dict[Basis, frozenset[Section]] = {
    **dict.fromkeys(Basis, ALL),
    Basis.ORDER: FOR_AN_ORDER,
    Basis.RECOGNITION: frozenset(),  # only a result that counts, through the door of commons/recognition
    Basis.REGISTRATION: frozenset(),  # what identifies a person is opened by `access.identity`
}


@dataclass(frozen=True)
class _Offer:
    """A provider and how it is asked.  `since`: the instant of policy from which its rows count."""

    provider: Provider
    is_kept: bool
    since: Since | None

    def __call__(self, by: Actor, resident_id: UUID) -> "bool | QuerySet":
        return self.provider(by, resident_id, **({"since": self.since(by)} if self.since else {}))


_offers: dict[Basis, list[_Offer]] = {}


def provide(basis: Basis, *, kept: bool = False, since: Since | None = None) -> Callable[[Provider], Provider]:
    """Register the decorated `(actor, resident_id) -> bool or queryset` as one that knows whether `basis` holds.

    `kept`: the SQL of its rows is kept (orgs/prepared.py).  Then it passes its values on to a queryset and does nothing
    else with them, and `since(actor)` computes beforehand the instant that it takes as `since`.
    """

    def register(provider: Provider) -> Provider:
        known = _offers.setdefault(basis, [])
        if provider not in [each.provider for each in known]:
            known.append(_Offer(provider, kept, since))
        return provider

    return register


@dataclass(frozen=True)
class Held:
    """The strongest basis, if there is one, and whether the person has sensitive entries or made a choice that counts.

    `known`: what was learnt of each basis on the way.
    """

    basis: Basis | None
    is_marked: bool
    is_narrowed: bool
    known: Mapping[Basis, bool]


def basis_of(by: Actor, resident_id: UUID) -> Basis | None:
    """Return the strongest reason that `by` has to open this person's record; None when there is none.

    What the person refused does not count.  Twin: `plain_basis_of`.
    """
    return held_by(by, resident_id).basis


def held_by(by: Actor, resident_id: UUID) -> Held:
    """Return on which basis `by` opens this person's record, and whether there is more to ask before it is shown.

    One query for all reasons whose SQL is kept; the others are asked one by one, where nothing stronger holds.
    """
    kept = [offer for offer in _in_order() if offer.is_kept]
    instants = {_named(i): offer.since(by) for i, offer in enumerate(kept) if offer.since}
    rows = _HELD.rows(by, resident_id=resident_id, today=by.today, **instants)
    *answers, is_marked, is_narrowed = rows[0] if rows else (False,) * (len(kept) + 2)
    told = dict(zip(kept, answers, strict=True))
    known: dict[Basis, bool] = {}
    for basis in Basis:
        known[basis] = any(
            told[offer] if offer.is_kept else _holds(offer(by, resident_id)) for offer in _offers.get(basis, [])
        )
        if known[basis] and not is_narrowed:
            return Held(basis, bool(is_marked), False, known)
    left = _left(by, known, choices_of(resident_id, by.today)) if is_narrowed else frozenset()
    return Held(next((basis for basis in Basis if basis in left), None), bool(is_marked), bool(is_narrowed), known)


def plain_basis_of(by: Actor, resident_id: UUID) -> Basis | None:
    """Return what `basis_of` does: each provider is asked for itself."""
    left = _left(by, _all(by, resident_id, {}), choices_of(resident_id, by.today))
    return next((basis for basis in Basis if basis in left), None)


def choices_of(resident_id: UUID, on: date) -> list[Choice]:
    """Return what the person decided about sharing and that counts on that day."""
    rows = SharingChoice.objects.filter(counts_on(on), resident_id=resident_id)
    return [Choice(row.is_permitted, Party(row.party), row.kind, row.org_id) for row in rows]


def view_of(by: Actor, resident_id: UUID, held: Held) -> View:
    """Return what of the record `by` sees on the basis that she has; no query where nothing is sensitive or refused."""
    narrow = held.basis is not None and REACH[held.basis] != ALL
    if by.role == Role.SYSTEM or not (held.is_marked or held.is_narrowed or narrow):
        return WHOLE
    choices = choices_of(resident_id, by.today) if held.is_narrowed else []
    bases = _left(by, _all(by, resident_id, held.known), choices)
    marks = view.marks_of(resident_id) if held.is_marked else []
    standing = Standing(
        org_id=by.org_id,
        bases=frozenset(map(str, bases)),
        treated=view.treated_by(by, resident_id) if marks else frozenset(),
        referred=view.referred_to(by, resident_id) if marks else frozenset(),
    )
    present = sorted(frozenset().union(*(rules.kinds_in(mark.sensitivity) for mark in marks)))
    found = rules.opened(standing, choices, ways=policies.ways(by.today), kinds=present)
    own_only = rules.sees_own_only(choices, org_id=by.org_id, bases=standing.bases)
    sections = frozenset().union(*(REACH[basis] for basis in bases))
    seen = view.narrowed(marks, found, own_org_id=by.org_id, own_only=own_only, sections=sections)
    return seen if policies.is_counted(by.today) else replace(seen, n_withheld=0)


def counts_on(on: date) -> Q:
    """Return the condition of choices that count on a day: begun, not over, not withdrawn."""
    return valid_on(on) & Q(withdrawn_at=None)


def _all(by: Actor, resident_id: UUID, known: Mapping[Basis, bool]) -> dict[Basis, bool]:
    """Whether each basis holds; only what is not known yet is asked."""
    return {
        basis: known[basis] if basis in known else any(_holds(each(by, resident_id)) for each in _offers.get(basis, []))
        for basis in Basis
    }


def _left(by: Actor, held: Mapping[Basis, bool], choices: list[Choice]) -> frozenset[Basis]:
    bases = [str(basis) for basis, holds in held.items() if holds]
    left = rules.bases_left(bases, choices, org_id=by.org_id, firm=policies.firm_bases(by.today))
    return frozenset(map(Basis, left))


def _in_order() -> list[_Offer]:
    return [offer for basis in Basis for offer in _offers.get(basis, [])]


def _named(i: int) -> str:
    return f"since_{i}"


def _holds(known: "bool | QuerySet") -> bool:
    return known.exists() if isinstance(known, QuerySet) else known


def _held(by: Actor, *, resident_id: UUID, today: date, **instants: datetime) -> QuerySet:
    asked: list[Any] = []
    for i, offer in enumerate(each for each in _in_order() if each.is_kept):
        since = {"since": instants[_named(i)]} if offer.since else {}
        known = offer.provider(by, resident_id, **since)
        if known is True:  # of whom?  An answer at once cannot be kept
            raise NotPreparable(f"{offer.provider.__name__} answers at once")
        asked.append(Exists(known) if isinstance(known, QuerySet) else Value(False))
    marked = view.is_marked(resident_id)
    asked.append(ExpressionWrapper(marked, BooleanField()) if marked else Value(False))
    asked.append(Exists(SharingChoice.objects.filter(counts_on(today), resident_id=resident_id)))
    return Resident.objects.filter(id=resident_id).order_by().values_list(*asked)


_HELD = Prepared(_held)
