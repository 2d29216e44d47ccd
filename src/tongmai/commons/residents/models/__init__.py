"""The tables of a person.  Spans are half-open; numbers are stored in one normal form."""

from tongmai.commons.residents.models.care_team import CareTeamMember
from tongmai.commons.residents.models.consents import SharingChoice, UseConsent
from tongmai.commons.residents.models.contact import Guardian, Phone
from tongmai.commons.residents.models.emergency import EmergencyAccess, EmergencyReview
from tongmai.commons.residents.models.identity import Identifier, IdentityChange, Medium, MediumTransition
from tongmai.commons.residents.models.person import KnownTo, Resident, SearchKey, Sex
from tongmai.commons.residents.models.population import CareRelation, Coverage, Tag
from tongmai.commons.residents.models.reading import ReaderDay, ReadingFinding, ReadingTransition
from tongmai.commons.residents.models.sources import (
    IdentityReview,
    IndexEntry,
    IndexKey,
    IndexTurn,
    LinkDecision,
    Merge,
    MergedRow,
    ReceivedVersion,
    SourceRegistration,
    Verdict,
    Zone,
)

__all__ = [
    "CareRelation",
    "CareTeamMember",
    "Coverage",
    "EmergencyAccess",
    "EmergencyReview",
    "Guardian",
    "Identifier",
    "IdentityChange",
    "IdentityReview",
    "IndexEntry",
    "IndexKey",
    "IndexTurn",
    "KnownTo",
    "LinkDecision",
    "Medium",
    "MediumTransition",
    "Merge",
    "MergedRow",
    "Phone",
    "ReaderDay",
    "ReadingFinding",
    "ReadingTransition",
    "ReceivedVersion",
    "Resident",
    "SearchKey",
    "Sex",
    "SharingChoice",
    "SourceRegistration",
    "UseConsent",
    "Tag",
    "Verdict",
    "Zone",
]
