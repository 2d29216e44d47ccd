"""What residents decided about their records; and the question that every use beyond care has to ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.commons.residents import access
from tongmai.commons.residents.models import KnownTo, SharingChoice, UseConsent
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org, valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotPermitted


@dataclass(frozen=True)
class DecisionLine:
    """One decision in a list.  `is_permitted` is None for a use, which is only ever agreed to."""

    id: UUID
    what: str  # the kind, or the purpose
    party: str  # to whom: "members", "contract", "org"; of a use ""
    name: str  # the organisation, or the recipient
    text: str
    is_permitted: bool | None
    starts_on: date
    ends_before: date | None
    given: str
    given_text: str
    given_name: str
    how_text: str
    decided_at: datetime
    decided_org: str
    counts: bool
    withdrawn_at: datetime | None
    withdrawn_reason: str


@dataclass(frozen=True)
class Decisions:
    """What a resident decided, the latest first.  `n_elsewhere`: of sensitive kinds, written down by others."""

    sharing: list[DecisionLine]
    uses: list[DecisionLine]
    n_elsewhere: int


def allows(resident_id: UUID, *, purpose: str, recipient: str, at: date) -> bool:
    """Whether the resident agreed that her data are used for this purpose by this recipient on that day.

    Without an agreement that names both, nothing is allowed.
    """
    return resident_id in allowed([resident_id], purpose=purpose, recipient=recipient, at=at)


def allowed(resident_ids: Iterable[UUID], *, purpose: str, recipient: str, at: date) -> set[UUID]:
    """Return those of the residents who allow it (`allows`), in one query."""
    rows = UseConsent.objects.filter(
        valid_on(at), withdrawn_at=None, resident__in=list(resident_ids), purpose=purpose, recipient=recipient
    )
    return set(rows.values_list("resident_id", flat=True))


def decisions_of(resident_id: UUID, *, by: Actor) -> Decisions:
    """Return what a resident decided, withdrawn ones too.

    Staff read of sensitive kinds only what their own organisation wrote down: that somebody decided about one is telling.

    Raises:
        NotFound: out of reach.  NotPermitted: this post neither registers residents nor is the resident's own.
    """
    access.get(resident_id, by=by)
    if not (by.may(Action.REGISTER_RESIDENT) or by.may(Action.SEE_OWN)):
        raise NotPermitted(action=Action.REGISTER_RESIDENT)
    sharing: QuerySet = SharingChoice.objects.filter(resident_id=resident_id)
    elsewhere = (
        sharing.none() if by.role == Role.RESIDENT else sharing.exclude(Q(kind="") | Q(decided_org_id=by.org_id))
    )
    hidden = set(elsewhere.values_list("id", flat=True))
    return Decisions(
        sharing=[_choice(row, by) for row in sharing.select_related("org", "decided_org") if row.id not in hidden],
        uses=[
            _use(row, by) for row in UseConsent.objects.filter(resident_id=resident_id).select_related("decided_org")
        ],
        n_elsewhere=len(hidden),
    )


def orgs_of(resident_id: UUID, *, by: Actor) -> list[tuple[str, str]]:
    """Return (id, name) of the organisations that a decision may name: those that know her, and the actor's alliance.

    Raises:
        NotFound: out of reach.
    """
    access.get(resident_id, by=by)
    known = Org.objects.filter(id__in=KnownTo.objects.filter(resident_id=resident_id).values("org"))
    near = Org.objects.filter(county_code=by.county_code, is_active=True) if by.county_code else Org.objects.none()
    return [
        (str(org_id), name) for org_id, name in (known | near).distinct().order_by("name").values_list("id", "name")
    ]


def _choice(row: SharingChoice, by: Actor) -> DecisionLine:
    return _line(row, by, what=row.kind, party=row.party, name=row.org.name if row.org else "", text="",
                 is_permitted=row.is_permitted)  # fmt: skip


def _use(row: UseConsent, by: Actor) -> DecisionLine:
    return _line(
        row, by, what=row.purpose, party="", name=row.recipient, text=row.purpose_text, is_permitted=None
    )  # fmt: skip


def _line(row: SharingChoice | UseConsent, by: Actor, **said: str | bool | None) -> DecisionLine:
    begun = row.starts_on <= by.today
    is_over = row.ends_before is not None and row.ends_before <= by.today
    return DecisionLine(
        id=row.id,
        starts_on=row.starts_on,
        ends_before=row.ends_before,
        given=row.given,
        given_text=str(row.get_given_display()),
        given_name=row.given_name,
        how_text=str(row.get_how_display()),
        decided_at=row.decided_at,
        decided_org=row.decided_org.name if row.decided_org else "",
        counts=begun and not is_over and row.withdrawn_at is None,
        withdrawn_at=row.withdrawn_at,
        withdrawn_reason=row.withdrawn_reason,
        **said,
    )
