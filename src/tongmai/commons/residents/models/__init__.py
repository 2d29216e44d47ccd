"""The tables of a person.  Spans are half-open; numbers are stored in one normal form."""

from tongmai.commons.residents.models.care_team import CareTeamMember
from tongmai.commons.residents.models.contact import Guardian, Phone
from tongmai.commons.residents.models.emergency import EmergencyAccess, EmergencyReview
from tongmai.commons.residents.models.identity import Identifier, IdentityChange, Medium, MediumTransition
from tongmai.commons.residents.models.person import KnownTo, Resident, SearchKey, Sex
from tongmai.commons.residents.models.population import CareRelation, Coverage, Tag

__all__ = [
    "CareRelation",
    "CareTeamMember",
    "Coverage",
    "EmergencyAccess",
    "EmergencyReview",
    "Guardian",
    "Identifier",
    "IdentityChange",
    "KnownTo",
    "Medium",
    "MediumTransition",
    "Phone",
    "Resident",
    "SearchKey",
    "Sex",
    "Tag",
]
