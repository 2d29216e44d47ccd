"""The page of a person's identity."""

from dataclasses import dataclass
from uuid import UUID

from tongmai.commons.residents.models import Coverage, Guardian, Identifier, IdentityChange, Medium, Phone, Resident


@dataclass(frozen=True)
class IdentityPage:
    """What identifies one person, current and past.  Only behind `access.identity` or `access.open_record`."""

    resident: Resident
    identifiers: list[Identifier]
    media: list[Medium]
    phones: list[Phone]
    guardians: list[Guardian]
    coverages: list[Coverage]
    changes: list[IdentityChange]


def identity_page(resident: Resident) -> IdentityPage:
    """Return what identifies a person, the current before the past."""
    return IdentityPage(
        resident=resident,
        identifiers=list(Identifier.objects.filter(resident=resident).order_by("-is_current", "added_at")),
        media=list(Medium.objects.filter(resident=resident).prefetch_related("transitions")),
        phones=list(Phone.objects.filter(resident=resident, closed_at=None)),
        guardians=list(Guardian.objects.filter(resident=resident).select_related("guardian_resident")),
        coverages=list(Coverage.objects.filter(resident=resident)),
        changes=change_log(resident.id),
    )


def change_log(resident_id: UUID) -> list[IdentityChange]:
    """Return what was changed in a person's identity, the latest first."""
    return list(IdentityChange.objects.filter(resident_id=resident_id))
