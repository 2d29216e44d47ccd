"""Who hears which event.  Read this page to know how the apps meet.

`on` names a handler `(event, key, by)`; with `in_transaction=True` it runs at once, inside the writer's transaction,
otherwise the worker delivers it at least once and `key` makes a repeated delivery harmless.
"""

from tongmai.commons.residents import events as residents
from tongmai.foundation.audit import happened as audit
from tongmai.foundation.audit.subscribing import unheard
from tongmai.foundation.catalog import events as catalog
from tongmai.foundation.orgs import events as orgs
from tongmai.portal import events as portal

for event in (portal.SignedIn, portal.SignInRefused, portal.SignedOut, portal.PostSwitched):
    unheard(event, because="the audit administrator reads it; nothing follows from it")

unheard(catalog.CatalogLoaded, because="the page of code lists shows what is in force")

for event in (audit.DeliveryRetried, audit.TrailExported):
    unheard(event, because="the trail itself is read by the audit administrator")

for event in (
    orgs.OrgCreated, orgs.OrgChanged, orgs.OrgClosed, orgs.OrgReopened, orgs.DepartmentCreated, orgs.DepartmentChanged,
    orgs.CatchmentGiven, orgs.CatchmentEnded, orgs.AllianceCreated, orgs.AllianceChanged, orgs.AllianceEnded,
    orgs.MemberJoined, orgs.MemberLeft, orgs.LeadChanged, orgs.AgreementSigned, orgs.AgreementEnded,
):  # fmt: skip
    unheard(event, because="everybody reads the directory itself, by the day that is asked")

for event in (
    orgs.StaffHired, orgs.StaffChanged, orgs.StaffDeactivated, orgs.StaffReactivated, orgs.PostGiven, orgs.PostEnded,
    orgs.PostWithdrawn, orgs.AccountCreated, orgs.PasswordReset, orgs.PasswordChanged, orgs.AccountDeactivated,
    orgs.AccountReactivated, orgs.TokenIssued, orgs.TokenRevoked,
):  # fmt: skip
    unheard(event, because="posts and accounts are asked at every request; the audit administrator reads who gave them")

for event in (
    residents.ResidentRegistered, residents.ResidentIntroduced, residents.IdentityAmended, residents.IdentifierAdded,
    residents.IdentifierClosed, residents.MediumIssued, residents.MediumMoved, residents.GuardianAdded,
    residents.GuardianEnded, residents.PhoneAdded, residents.PhoneClosed, residents.TagAdded, residents.TagEnded,
    residents.CoverageChanged, residents.DeathRevoked,
):  # fmt: skip
    unheard(event, because="everybody reads the person's entry itself, as it is when it is needed")

for event in (residents.RecordOpenedInEmergency, residents.EmergencyReviewed):
    unheard(event, because="the worklists of the family doctor, the managers and the audit administrator read the rows")

unheard(residents.ResidentDied, because="lists leave out the dead by the day that is entered")
