"""The tables: the referral and its history, what goes with it and comes down with it, and the catalogue of diseases."""

from tongmai.care.referrals.models.catalogue import CatalogueEntry
from tongmai.care.referrals.models.down import DownPlan, FollowUp, PlanItem, PlanMedicine
from tongmai.care.referrals.models.enclosures import Enclosure, Occasion
from tongmai.care.referrals.models.referral import Consent, Referral, SlotIssue, Transition

__all__ = [
    "CatalogueEntry",
    "Consent",
    "DownPlan",
    "Enclosure",
    "FollowUp",
    "Occasion",
    "PlanItem",
    "PlanMedicine",
    "Referral",
    "SlotIssue",
    "Transition",
]
