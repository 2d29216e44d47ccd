"""The closed lists that forms and the API offer."""

from tongmai.care.referrals.models import CatalogueEntry, Consent, DownPlan, FollowUp, PlanItem, Referral

Relation = Consent.Relation
How = Consent.How
HOW_GIVEN = [(how.value, how.label) for how in How if how != How.NOT_TRANSMITTED]  # what a person may say
Wants = Referral.Wants
Group = DownPlan.Group
Who = PlanItem.Who
Result = FollowUp.Result
Way = FollowUp.Way
Level = CatalogueEntry.Level
Guidance = CatalogueEntry.Guidance
Status = CatalogueEntry.Status
