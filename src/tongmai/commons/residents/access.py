"""The doors to residents.

Three doors, from wide to narrow: `visible` says whom an actor may *find* (one line, a masked number); `identity` opens
what identifies a person, for those who register; `open_record` opens the record, for which there must be a basis.  The
last two write the access log, which the resident reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import router
from django.db.models import Exists, OuterRef, Q, QuerySet

from tongmai.commons.residents import bases
from tongmai.commons.residents.bases import Basis
from tongmai.commons.residents.errors import BasisNeeded, EntryMerged
from tongmai.commons.residents.models import EmergencyAccess, Guardian, IdentityReview, KnownTo, Resident
from tongmai.commons.residents.sections import Section
from tongmai.commons.residents.sensitive.view import NOTHING, WHOLE, View
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org, valid_on
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.prepared import Prepared
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import NotFound, NotPermitted


@dataclass(frozen=True)
class OpenedRecord:
    """A resident whose record was opened just now, the reason for it, and what of it this reader sees."""

    resident: Resident
    basis: Basis
    reason: str = ""
    view: View = WHOLE


def visible(by: Actor) -> QuerySet[Resident]:
    """Return the residents whom `by` may find.

    Those who live in her county, and those whom her organisation registered, treated or received; a resident finds
    herself and those whose guardian she is.  Outside every county only the second half holds.
    """
    return Resident.objects.filter(reach(by), merged_into=None)


def reach(by: Actor, path: str = "") -> Q:
    """Return the condition of `visible` for rows that lead to a resident by `path` (e.g. "resident__")."""
    if by.role == Role.SYSTEM:
        return Q()
    if by.role == Role.RESIDENT:
        return Q(**{f"{path}id__in": _herself_and_wards(by)}) if by.resident_id else _nobody(path)
    if not (by.may(Action.SEARCH_RESIDENTS) or by.may(Action.OPEN_RECORD)):
        return _nobody(path)
    known = Q(Exists(KnownTo.objects.filter(org_id=by.org_id, resident=OuterRef(f"{path}id"))))
    if not by.county_code or by.level == Org.Level.OUTSIDE:
        return known
    return Q(**{f"{path}county_code": by.county_code}) | known


def get(resident_id: UUID, *, by: Actor, lock: bool = False) -> Resident:
    """Return a resident whom `by` may find; nothing is opened, nothing is logged.

    Raises:
        NotFound: absent, or out of reach.
        EntryMerged: another entry stands for this person now (fact `resident_id`).
    """
    found = _locked(resident_id, by=by) if lock else _found(resident_id, by=by)
    if found is None:
        raise _merged(resident_id, by=by) or NotFound()
    return found


def review(review_id: UUID, *, by: Actor, lock: bool = False) -> IdentityReview:
    """Return two entries that may be one person, of the county of `by`.

    Raises:
        NotFound: absent, or of another county.
    """
    rows = reviews(by)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=review_id).first()
    if found is None:
        raise NotFound()
    return found


def reviews(by: Actor) -> QuerySet[IdentityReview]:
    """Return the reviews of who is who that `by` may see: of those whom she may find, if her post decides such things."""
    if not by.may(Action.MATCH_RESIDENTS):
        return IdentityReview.objects.none()
    return IdentityReview.objects.filter(reach(by, "resident__"), reach(by, "other__"))


def identity(resident_id: UUID, *, by: Actor, what: str, lock: bool = False) -> OpenedRecord:
    """Open what identifies a person: numbers, cards, phones, guardians.  For those who register; it is logged.

    Raises:
        NotFound: absent, or out of reach.
        NotPermitted: `by` does not register residents.
    """
    found = get(resident_id, by=by, lock=lock)
    require(by, Action.REGISTER_RESIDENT)
    basis = (bases.basis_of(by, resident_id) if by.may(Action.OPEN_RECORD) else None) or Basis.REGISTRATION
    audit.log_access(resident_id=resident_id, by=by, basis=basis, what=what)
    return OpenedRecord(resident=found, basis=basis, view=NOTHING)


@dataclass(frozen=True)
class EntryWanted:
    """An entry of a record that somebody asks for by its number; `others`: stored kinds of what it belongs to."""

    section: Section
    sensitivity: str
    org_id: UUID | None
    others: tuple[str, ...] = ()


def open_record(
    resident_id: UUID, *, by: Actor, what: str, reason: str = "", entry: EntryWanted | None = None
) -> OpenedRecord:
    """Open a person's record, and write who did so and why.

    `what` says which part is looked at (e.g. "timeline"), `reason` is kept with it; `entry` is the one that is wanted.

    Raises:
        NotFound: absent, or out of reach; also an entry that is withheld from this reader.
        NotPermitted: this post opens no records.
        BasisNeeded: in reach, but there is no reason to look; `services.break_glass` gives one.
    """
    opened = open_where_there_is_reason(resident_id, by=by, what=what, reason=reason, entry=entry)
    if opened is None:
        raise BasisNeeded(resident_id=resident_id)
    return opened


def open_where_there_is_reason(
    resident_id: UUID, *, by: Actor, what: str, reason: str = "", entry: EntryWanted | None = None
) -> OpenedRecord | None:
    """Do as `open_record` does, and return None where there is no reason: nothing is opened, nothing is logged.

    For the page that then asks for a reason.  Raises NotFound, NotPermitted.
    """
    found = get(resident_id, by=by)
    if not (by.may(Action.OPEN_RECORD) or by.may(Action.SEE_OWN)):
        raise NotPermitted(action=Action.OPEN_RECORD)
    held = bases.held_by(by, resident_id)
    if held.basis is None:
        return None
    view = bases.view_of(by, resident_id, held)
    if entry is not None and not _is_shown(entry, view):
        raise NotFound()
    if held.basis == Basis.EMERGENCY and not reason:
        reason = emergency_of(by, resident_id).reason
    _log(resident_id, by, held.basis, view, what=what, reason=reason)
    return OpenedRecord(resident=found, basis=held.basis, reason=reason, view=view)


def _is_shown(entry: EntryWanted, view: View) -> bool:
    return view.has(entry.section) and all(view.sees(each, entry.org_id) for each in (entry.sensitivity, *entry.others))


def _log(resident_id: UUID, by: Actor, basis: Basis, view: View, *, what: str, reason: str) -> None:
    """Write the opening; sensitive kinds that another basis alone would not have opened, as an emergency of their own."""
    apart = view.by_emergency if basis != Basis.EMERGENCY else ()
    seen = " ".join(kind for kind in view.opened if kind not in apart)
    audit.log_access(resident_id=resident_id, by=by, basis=basis, what=what, reason=reason, sensitive=seen)
    if apart:
        why = emergency_of(by, resident_id).reason
        audit.log_access(
            resident_id=resident_id, by=by, basis=Basis.EMERGENCY, what=what, reason=why, sensitive=" ".join(apart)
        )  # fmt: skip


def may_open(resident_id: UUID, *, by: Actor) -> bool:
    """Whether `open_record` would succeed; nothing is opened.  For pages that decide which links to draw."""
    may = by.may(Action.OPEN_RECORD) or by.may(Action.SEE_OWN)
    return may and _found(resident_id, by=by) is not None and bases.basis_of(by, resident_id) is not None


def emergency_of(by: Actor, resident_id: UUID) -> EmergencyAccess | None:
    """Return the emergency access that still lets `by` look, in the post in which she asked for it; else None."""
    return emergencies_of(by, resident_id).first()


def emergencies_of(by: Actor, resident_id: UUID) -> QuerySet[EmergencyAccess]:
    """Return the emergency accesses that still let `by` look."""
    if by.user_id is None:
        return EmergencyAccess.objects.none()
    return EmergencyAccess.objects.filter(
        resident_id=resident_id, opened_by_id=by.user_id, opened_post_id=by.post_id, until__gt=by.now
    )


def guardianships(by: Actor) -> QuerySet[Guardian]:
    """Return the guardianships by which a resident decides for somebody else today."""
    still_child = Q(grown_up_on__isnull=True) | Q(grown_up_on__gt=by.today)
    return Guardian.objects.filter(valid_on(by.today), still_child, guardian_resident_id=by.resident_id)


def names_of(resident_ids: Iterable[UUID], *, by: Actor) -> dict[UUID, Resident]:
    """Return those of the residents whom `by` may find, by id, in one query."""
    return visible(by).in_bulk(list(resident_ids))


def _found(resident_id: UUID, *, by: Actor) -> Resident | None:
    rows = _FOUND.rows(by, resident_id=resident_id)
    return Resident.from_db(router.db_for_read(Resident), _COLUMNS, rows[0]) if rows else None


def _merged(resident_id: UUID, *, by: Actor) -> EntryMerged | None:
    """Return the error that names who stands for a merged entry, the last of a chain."""
    at = Resident.objects.filter(reach(by), id=resident_id).values_list("merged_into", flat=True).first()
    while at is not None:
        last, at = at, Resident.objects.values_list("merged_into", flat=True).get(id=at)
        if at is None:
            return EntryMerged(resident_id=last)
    return None


def _locked(resident_id: UUID, *, by: Actor) -> Resident | None:
    return visible(by).select_for_update(of=("self",)).filter(id=resident_id).first()


def _one(by: Actor, *, resident_id: UUID) -> QuerySet:
    return visible(by).filter(id=resident_id).order_by().values_list(*_COLUMNS)


_COLUMNS = tuple(field.attname for field in Resident._meta.concrete_fields)
_FOUND = Prepared(_one)


def _herself_and_wards(by: Actor):
    return Resident.objects.filter(Q(id=by.resident_id) | Q(id__in=guardianships(by).values("resident"))).values("id")


def _nobody(path: str) -> Q:
    return Q(**{f"{path}id__isnull": True})
