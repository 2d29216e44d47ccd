"""What the conventions are told: how each model is written, and the exceptions, each with its reason."""

# How a row comes to be and changes.  The append-only ones are those that inherit `AppendOnly`, and need no entry.
#   service-written: changed by the app's services only
#   reference: loaded from files or by an administrator; replaced, not lived in
REFERENCE = {
    "orgs.Org", "orgs.Department", "orgs.CatchmentArea",
    "catalog.CodeList", "catalog.Code", "catalog.NotifiableDisease", "catalog.Division",
    "catalog.FacilityClass", "catalog.DepartmentType", "catalog.ResourceKind", "recognition.Item", "catalog.ExaminationItem", "diagnostics.CriticalFinding",
}  # fmt: skip

# An instant of a decision has the person beside it.  These have none, because nobody decided:
AT_WITHOUT_BY = {
    "terminology.LocalCode.first_seen_at": "when a message first brought it",
    "terminology.LocalCode.last_seen_at": "when a message last brought it",
    "diagnostics.Order.clock_started_at": "follows from the last step",
    "diagnostics.Order.due_at": "follows from the policy",
    "diagnostics.Order.escalates_at": "follows from the policy",
    "diagnostics.Order.escalated_at": "by the worker",
    "diagnostics.Order.late_images_at": "by the device",
    "diagnostics.Duty.starts_at": "when the duty is; set_by entered it",
    "diagnostics.Duty.ends_at": "when the duty is; set_by entered it",
    "audit.Delivery.next_try_at": "set by the worker",
    "audit.Delivery.done_at": "set by the worker",
    "audit.Seal.newest_row_at": "of the rows under the seal",
    "audit.Seal.sealed_at": "set by the worker",
    "audit.Retirement.retired_at": "set by the worker",
    "audit.Answer.given_at": "by the system; the row has user_id",
    "audit.LoadSlot.slot_at": "the beginning of ten minutes in which the pages were measured",
    "audit.JobRun.due_at": "set by the worker",
    "audit.JobRun.done_at": "set by the worker",
    "capacity.Pool.starts_at": "when the session is; created_by published it",
    "capacity.Pool.ends_at": "when the session is; created_by published it",
    "capacity.Pool.release_at": "follows from the policy",
    "capacity.Pool.released_at": "time itself, or the worker",
    "capacity.Booking.starts_at": "of the session",
    "capacity.Booking.ends_at": "of the session",
    "exchange.InboundMessage.said_at": "as the other system says",
    "exchange.SourceObject.said_at": "as the other system says",
    "imaging.Commitment.asked_at": "by the device",
    "imaging.Commitment.answered_at": "by the listener",
    "imaging.Commitment.next_try_at": "set by the listener",
    "imaging.PerformedStep.started_at": "as the device says",
    "imaging.PerformedStep.ended_at": "as the device says",
    "imaging.PerformedStep.received_at": "by the device",
    "imaging.Study.studied_at": "as the images say",
    "imaging.Study.received_at": "by the device",
    "imaging.Series.received_at": "by the device",
    "imaging.Instance.received_at": "by the device",
    "imaging.Held.held_at": "by the listener",
    "critical_values.CriticalValue.found_at": "as the other system says",
    "critical_values.CriticalValue.due_at": "follows from the policy",
    "critical_values.Notice.told_at": "by the platform",
    "residents.ReadingFinding.found_at": "found by the worker; who searched on demand stands in the trail",
    "ecg.Recording.recorded_at": "by the device's clock",
    "results.Report.collected_at": "as the other system says; performer is a name",
    "results.Report.issued_at": "as the other system says; verifier is a name",
    "results.Observation.observed_at": "as the other system says",
    "results.Request.requested_at": "as the other system says; requester is a name",
    "results.Document.written_at": "as the other system says; author is a name",
    "results.Document.event_started_at": "as the other system says",
    "results.Document.event_ended_at": "as the other system says",
    "exchange.OutboundMessage.written_at": "written by the worker or the command",
    "resident_requests.Dispute.due_at": "follows from the policy",
    "resident_requests.WardRequest.due_at": "follows from the policy",
    "resident_requests.LogRead.read_at": "by the reader",
    "texting.TextMessage.created_at": "nobody knows who asked",
    "texting.TextMessage.expires_at": "follows from the policy",
    "texting.TextMessage.next_try_at": "set by the worker",
    "texting.TextMessage.failed_at": "set by the worker",
    "texting.TextMessage.sent_at": "set by the worker",
    "texting.OneTimeCode.created_at": "nobody knows who asked",
    "texting.OneTimeCode.expires_at": "follows from the policy",
    "texting.OneTimeCode.used_at": "by whoever holds the code",
    "orgs.Attempts.last_failed_at": "nobody knows who it was",
    "orgs.Factor.added_at": "by the account's holder",
    "orgs.Factor.last_used_at": "by the account's holder",
    "orgs.PastPassword.replaced_at": "the trail of events has who replaced it",
    "orgs.RecoveryCode.used_at": "by the account's holder",
    "orgs.SignIn.started_at": "by the account's holder",
    "orgs.SignIn.last_seen_at": "by the account's holder",
    "orgs.SignIn.ended_at": "the trail of events has who ended it",
    "saved_views.SavedView.saved_at": "by the user whose it is",
    "orgs.ApiToken.expires_at": "chosen when it was created, by created_by",
}

# Files that are longer than they should be, and functions likewise: these may only become fewer.
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 40
LONG_FILES: dict[str, str] = {}
N_LONG_FUNCTIONS = 1

# Public service functions that no test names, each with the reason.
SERVICES_TESTED_ELSEWHERE: dict[str, str] = {}
