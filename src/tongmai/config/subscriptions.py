"""Who hears which event.  Read this page to know how the apps meet.

`on` names a handler `(event, key, by)`; with `in_transaction=True` it runs at once, inside the writer's transaction,
otherwise the worker delivers it at least once and `key` makes a repeated delivery harmless.
"""

from tongmai.care.critical_values import events as critical_values
from tongmai.care.critical_values import hearing as critical_hearing
from tongmai.care.diagnostics import events as diagnostics
from tongmai.care.diagnostics import services as diagnostic_services
from tongmai.care.family_doctors import events as family_doctors
from tongmai.care.referrals import events as referrals
from tongmai.commons.capacity import events as capacity
from tongmai.commons.ecg import events as ecg
from tongmai.commons.encounters import events as encounters
from tongmai.commons.imaging import events as imaging
from tongmai.commons.recognition import events as recognition
from tongmai.commons.resident_requests import events as requests
from tongmai.commons.residents import events as residents
from tongmai.commons.residents import services as resident_services
from tongmai.commons.residents.services.care_team import set_care_team_member
from tongmai.commons.results import events as results
from tongmai.config import ecg as recordings
from tongmai.exchange import events as exchange
from tongmai.exchange.services import answers
from tongmai.foundation.audit import happened as audit
from tongmai.foundation.audit.subscribing import on, unheard
from tongmai.foundation.catalog import events as catalog
from tongmai.foundation.orgs import events as orgs
from tongmai.foundation.terminology import events as terminology
from tongmai.foundation.texting import events as texting
from tongmai.portal import events as portal

for event in (portal.SignedIn, portal.SignInRefused, portal.SignedOut, portal.PostSwitched):
    unheard(event, because="the audit administrator reads it; nothing follows from it")

for event in (terminology.CodeMapped, terminology.CodeUnmapped):
    unheard(event, because="what a code means is asked when it is read")

unheard(catalog.CatalogLoaded, because="the page of code lists shows what is in force")
unheard(catalog.PriceSet, because="what something costs is asked on the day on which it is charged")

for event in (audit.DeliveryRetried, audit.TrailExported, audit.BackupMade, audit.BackupRestored):
    unheard(event, because="the trail itself is read by the audit administrator")

for event in (
    orgs.OrgCreated, orgs.OrgChanged, orgs.OrgClosed, orgs.OrgReopened, orgs.DepartmentCreated, orgs.DepartmentChanged,
    orgs.CatchmentGiven, orgs.CatchmentEnded, orgs.AllianceCreated, orgs.AllianceChanged, orgs.AllianceEnded,
    orgs.MemberJoined, orgs.MemberLeft, orgs.LeadChanged, orgs.AgreementSigned, orgs.AgreementEnded,
):  # fmt: skip
    unheard(event, because="everybody reads the directory itself, by the day that is asked")

for event in (
    orgs.StaffHired, orgs.StaffChanged, orgs.StaffDeactivated, orgs.StaffReactivated, orgs.PostGiven, orgs.PostEnded,
    orgs.PostWithdrawn, orgs.AccountCreated, orgs.ResidentAccountCreated, orgs.ResidentPasswordReset,
    orgs.PasswordReset, orgs.PasswordChanged, orgs.AccountDeactivated, orgs.AccountReactivated, orgs.TokenIssued, orgs.TokenRevoked,
):  # fmt: skip
    unheard(event, because="posts and accounts are asked at every request; the audit administrator reads who gave them")

for event in (
    orgs.AccountLocked, orgs.AccountUnlocked, orgs.FactorAdded, orgs.FactorRemoved, orgs.FactorsReset,
    orgs.RecoveryCodesMade, orgs.RecoveryCodeUsed, orgs.SessionsEnded,
):  # fmt: skip
    unheard(
        event, because="the door asks the tables at every request; the audit administrator reads what happened at it"
    )

for event in (
    recognition.AskingBegun, recognition.EvaluationEntered, recognition.ResultRecognised, recognition.ExaminedAnyway,
    recognition.RecognitionUndone, recognition.RecognisedItemsLoaded,
):  # fmt: skip
    unheard(
        event, because="marks and decisions are asked at every order; the figures and the person's record read the rows"
    )

for event in (requests.DisputeRaised, requests.DisputeMoved, requests.WardAsked, requests.WardRequestMoved):
    unheard(event, because="the worklists of those who answer and the resident's own pages read the rows")

for event in (texting.CodeAsked, texting.CodeUsed, texting.CodeRefused):
    unheard(
        event, because="the worker reads the texts themselves; the audit administrator reads what happened at the door"
    )

for event in (
    residents.ResidentRegistered, residents.ResidentIntroduced, residents.IdentityAmended, residents.IdentifierAdded,
    residents.IdentifierClosed, residents.MediumIssued, residents.MediumMoved, residents.GuardianAdded,
    residents.GuardianEnded, residents.PhoneAdded, residents.PhoneChecked, residents.PhoneClosed, residents.TagAdded, residents.TagEnded,
    residents.CoverageChanged, residents.DeathRevoked,
):  # fmt: skip
    unheard(event, because="everybody reads the person's entry itself, as it is when it is needed")

for event in (residents.SourceRegistrationReceived, residents.SourceRegistrationChanged):
    unheard(event, because="who is who is asked of the registrations themselves")

for event in (
    residents.IdentityReviewOpened, residents.IdentityReviewPostponed, residents.IdentityReviewSettled,
    residents.ResidentsMerged, residents.ResidentsParted, residents.LaterRowsParted,
):  # fmt: skip
    unheard(event, because="the registrars' list reads the rows; a merge moves what hangs on both by itself")

for event in (residents.RecordOpenedInEmergency, residents.EmergencyReviewed):
    unheard(event, because="the worklists of the family doctor, the managers and the audit administrator read the rows")

for event in (residents.SharingChosen, residents.SharingWithdrawn, residents.UseAgreed, residents.UseWithdrawn):
    unheard(event, because="the decisions themselves are asked whenever a record is opened or used")

for event in (residents.ReadingSearched, residents.ReadingFindingMoved):
    unheard(event, because="the list and the worklists read the findings themselves")

unheard(residents.ResidentDied, because="lists leave out the dead by the day that is entered")


@on(family_doctors.ContractAmended, in_transaction=True)
@on(family_doctors.ContractSigned, in_transaction=True)
def write_down_the_family_doctor(event, key, by):
    resident_services.set_care_relation(
        resident_id=event.resident_id,
        org_id=event.org_id,
        source_id=event.contract_id,
        starts_on=event.starts_on,
        ends_before=event.ends_before,
        staff_id=event.doctor_id,
        team_id=event.team_id,
        team_name=event.team_name,
    )


@on(family_doctors.ContractEnded, in_transaction=True)
def end_the_family_doctor(event, key, by):
    resident_services.end_care_relation(source_id=event.contract_id, ends_before=event.ends_before)


@on(family_doctors.TeamMemberSet, in_transaction=True)
def write_down_the_team(event, key, by):
    set_care_team_member(
        source_id=event.membership_id,
        team_id=event.team_id,
        staff_id=event.staff_id,
        starts_on=event.starts_on,
        ends_before=event.ends_before,
    )


for event in (family_doctors.TeamFounded, family_doctors.ContractPrepared, family_doctors.ContractDiscarded):
    unheard(event, because="the pages of the team read the rows; nothing else follows from it")

# Worklists are read from the rows, so each step stands on the other side's list at once without being heard.
for event in (
    referrals.ReviewAsked, referrals.ReviewPassed, referrals.ReviewSentBack, referrals.ReferralSubmitted,
    referrals.ReferralArrived, referrals.ReferralMissed,
    referrals.ReferralTreated, referrals.ReferralClosed, referrals.ReferralWithdrawn, referrals.EmergencySent,
    referrals.EmergencyAdmitted, referrals.PaperworkCompleted, referrals.ConsentObtained, referrals.ResidentReceived, referrals.FollowUpRecorded,
    referrals.FollowUpFinished, referrals.PlaceMissing,
):  # fmt: skip
    unheard(event, because="the worklists of both sides read the referrals themselves")

for event in (referrals.EnclosurePut, referrals.EnclosureTakenOff):
    unheard(event, because="the form and the page of the referral read the rows")

unheard(referrals.CatalogueChanged, because="the form asks the catalogue by the day of the referral")

for event in (
    capacity.ResourceChanged, capacity.WeeklyTemplateChanged, capacity.SessionsPublished, capacity.SessionTotalChanged,
    capacity.SessionReopened, capacity.CapacityReleased,
):  # fmt: skip
    unheard(event, because="whoever books reads the places themselves, as they are at that moment")

unheard(capacity.SessionClosed, because="the people booked into it stand on the worklist of the offering organisation")

for event in (
    capacity.Booked, capacity.BookingConfirmed, capacity.BookingCancelled, capacity.BookingRescheduled,
    capacity.BookingArrived, capacity.BookingMissed, capacity.BookingExpired,
):  # fmt: skip
    unheard(event, because="a referral takes these steps itself, in one transaction with its own; a desk needs no more")

for event in (capacity.BookingRefused, capacity.RefusalDropped):
    unheard(event, because="the slot-issue list and the compliance page read the rows")

for event in (capacity.ResidentBanned, capacity.BanLifted):
    unheard(event, because="every booking asks the bans themselves")

for event in (
    encounters.EpisodeOpened, encounters.EpisodeClosed, encounters.EncounterPlanned, encounters.EncounterStarted,
    encounters.EncounterFinished, encounters.EncounterCancelled, encounters.EncounterReopened,
    encounters.DiagnosesRecorded, encounters.DiagnosisCarried, encounters.VitalsRecorded, encounters.VitalsWithdrawn, encounters.NoteWritten,
    encounters.NoteAmended, encounters.AllergyRecorded, encounters.AllergyRefuted, encounters.MedicationRecorded,
    encounters.MedicationStopped,
):  # fmt: skip
    unheard(event, because="the person's page reads the record itself")


@on(results.ReportReceived, in_transaction=True)
def raise_critical_values(event, key, by):
    critical_hearing.report_received(
        report_id=event.report_id, kind=event.kind, version=event.version, is_critical=event.is_critical, by=by
    )


for event in (critical_values.CriticalValueRaised, critical_values.CriticalValueMoved):
    unheard(event, because="the worklists of those who were told and the register read the rows")

for event in (
    critical_values.LimitSet, critical_values.LimitEnded, critical_values.RungSet, critical_values.RungEnded,
):  # fmt: skip
    unheard(event, because="the rules and the chain ask the settings by the day")

for event in (results.RequestReceived, results.DocumentReceived):
    unheard(event, because="the person's page reads the results themselves")

for event in (
    imaging.StudyUnlinked, imaging.StudyHeld, imaging.StudySetAside, imaging.FileHeld, imaging.HeldSettled,
):  # fmt: skip
    unheard(event, because="the lists of those who bring images in order read the rows")

for event in (imaging.KeyImageMarked, imaging.KeyImageUnmarked):
    unheard(event, because="the viewer and the report read the marks themselves")

unheard(imaging.FindingsKept, because="it stands with the study, for every viewer that opens it")

for event in (imaging.DeviceRegistered, imaging.DeviceChanged):
    unheard(event, because="the listener asks the entries at every connection")


@on(imaging.StudyArrived, in_transaction=True)
def the_images_of_an_examination_are_there(event, key, by):
    diagnostic_services.data_arrived(order_number=event.order_number, by=by)


@on(imaging.StudyGrew)
def more_images_of_an_examination_are_there(event, key, by):
    """A repeat, or what came too late for the report: the worker moves it on, or tells the centre."""
    diagnostic_services.images_added(study_id=event.study_id, by=by)


@on(imaging.StepPerformed, in_transaction=True)
def a_device_completed_an_examination(event, key, by):
    """That it has begun, or was broken off, is shown to the technician and moves nothing."""
    if event.state == "completed" and event.order_number:
        diagnostic_services.device_completed(order_number=event.order_number, org_id=event.org_id, by=by)


@on(imaging.StudyArrived)
def keep_the_waveforms_of_a_study(event, key, by):
    if event.modality == "ECG":
        recordings.take_waveforms(event.study_id, by=by)


@on(ecg.RecordingArrived, in_transaction=True)
def the_recording_of_an_examination_is_there(event, key, by):
    diagnostic_services.data_arrived(order_number=event.order_number, by=by)


@on(ecg.PatternMeasured, in_transaction=True)
def raise_a_critical_pattern(event, key, by):
    critical_hearing.pattern_measured(
        recording_id=event.recording_id, resident_id=event.resident_id, site_id=event.org_id,
        order_number=event.order_number, pattern=event.pattern, by=by,
    )  # fmt: skip


for event in (ecg.RecordingHeld, ecg.RecordingSetAside, ecg.RecordingUnlinked):
    unheard(event, because="the list of those who bring recordings in order reads the rows")


@on(diagnostics.CriticalFindingMarked, in_transaction=True)
def raise_a_critical_finding(event, key, by):
    critical_hearing.finding_marked(
        key=f"{event.order_id}:{event.finding_code}", resident_id=event.resident_id, site_id=event.org_id,
        org_id=by.org_id, order_number=event.order_number, code=event.finding_code, name=event.finding_name, by=by,
    )  # fmt: skip


for event in (
    diagnostics.OrderPlaced, diagnostics.OrderCancelled, diagnostics.ExaminationPerformed, diagnostics.ExaminationSent,
    diagnostics.ExaminationRejected, diagnostics.ExaminationClaimed, diagnostics.ExaminationReleased,
    diagnostics.ReportSubmitted, diagnostics.ReportSentBack, diagnostics.ReportPublished, diagnostics.AmendmentBegun,
    diagnostics.AmendmentDropped, diagnostics.LateImagesSeen, diagnostics.OrderEscalated,
):  # fmt: skip
    unheard(event, because="the worklists of site, centre and ordering doctor read the orders themselves")

for event in (
    diagnostics.AgreementSet, diagnostics.AgreementEnded, diagnostics.DutySet, diagnostics.DutyRemoved,
    diagnostics.TemplateSaved,
):  # fmt: skip
    unheard(event, because="an order asks the agreements by its day, the pages of the centre read the rows")

# HL7 table 0283: what the system that sent a referral as a message is told when its standing changes.
STANDING = {
    referrals.ReferralAccepted: "A",
    referrals.ReferralBooked: "A",
    referrals.ReferralRescheduled: "A",
    referrals.ReferralReturned: "P",
    referrals.ReferralRedirected: "P",
    referrals.ReferralDeclined: "R",
}


@on(referrals.ReferralAccepted)
@on(referrals.ReferralBooked)
@on(referrals.ReferralRescheduled)
@on(referrals.ReferralReturned)
@on(referrals.ReferralRedirected)
@on(referrals.ReferralDeclined)
def answer_the_sending_system(event, key, by):
    answers.report(referral_id=event.referral_id, standing=STANDING[type(event)], key=key, by=by)


for event in (exchange.MessageHeld, exchange.MessageTaken, exchange.MessageRejected, exchange.MessageCorrected):
    unheard(event, because="the worklist of the referral coordinators reads the messages themselves")

for event in (exchange.SystemRegistered, exchange.SystemChanged):
    unheard(event, because="the listener and the intake ask the entries themselves")

for event in (exchange.MeaningRemembered, exchange.MeaningForgotten):
    unheard(event, because="the next message asks the entries themselves")

for event in (exchange.ColumnsRemembered, exchange.ColumnsForgotten):
    unheard(event, because="the source's next file is read by the entries themselves")

for event in (exchange.ImportChecked, exchange.ImportConfirmed, exchange.ImportFinished, exchange.ImportAbandoned):
    unheard(event, because="the page of the import shows how far it is; what it wrote tells its own events")
