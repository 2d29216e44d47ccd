"""Reads of the referral disease catalogue: what is in force, and what it advises."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from tongmai.care.referrals import access, rules
from tongmai.care.referrals.models import CatalogueEntry
from tongmai.foundation.orgs import selectors as orgs
from tongmai.foundation.orgs.actors import Actor


def advice(diagnosis_code: str, *, by: Actor) -> list[rules.Line]:
    """Return what the catalogue of the actor's first alliance says of a diagnosis at her organisation's level."""
    alliances = orgs.alliances_of(by.org_id, by.today) if by.org_id else []
    if not alliances:
        return []
    level = orgs.org_brief(by.org_id).level
    rows = _lines_in_force(by.today).filter(alliance=alliances[0].id, icd10_prefix__startswith=diagnosis_code[:1])
    fields = ("level", "icd10_prefix", "name", "guidance", "conditions", "source", "status")
    return rules.advise((rules.Line(**row) for row in rows.values(*fields)), diagnosis_code, level)


def lines(alliance_id: UUID, *, by: Actor, q: str = "", level: str = "", guidance: str = "") -> QuerySet:
    """Return the lines in force of an alliance's catalogue, by code and level, narrowed by code or name.

    Raises:
        NotFound: see `access.catalogue_of`.
    """
    rows = access.catalogue_of(alliance_id, by=by) & _lines_in_force(by.today)
    if q.strip():
        rows = rows.filter(Q(icd10_prefix__istartswith=q.strip()) | Q(name__icontains=q.strip()))
    rows = rows.filter(level=level) if level else rows
    return rows.filter(guidance=guidance) if guidance else rows


def alliance_shown(wanted: str, *, by: Actor) -> orgs.AllianceBrief | None:
    """Return the alliance whose catalogue is shown: the one named by id if the organisation is in it, else the first."""
    joined = orgs.alliances_of(by.org_id, by.today) if by.org_id else []
    return next((each for each in joined if str(each.id) == wanted), joined[0] if joined else None)


def entry(entry_id: str, alliance_id: UUID, *, by: Actor) -> CatalogueEntry | None:
    """Return a line in force of that alliance by the text of its id; None when there is none."""
    try:
        key = UUID(entry_id)
    except ValueError:
        return None
    return lines(alliance_id, by=by).filter(id=key).first()


def is_kept_by(alliance_id: UUID, *, by: Actor) -> bool:
    """Whether `by` keeps this alliance's catalogue."""
    return access.edits_catalogue(alliance_id, by=by)


def _lines_in_force(on: date) -> QuerySet:
    return CatalogueEntry.objects.filter(starts_on__lte=on).filter(Q(ends_before__isnull=True) | Q(ends_before__gt=on))
