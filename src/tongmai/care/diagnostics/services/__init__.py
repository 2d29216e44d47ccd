"""What can be done with examinations: one function per intent, each in one transaction."""

from tongmai.care.diagnostics.services.centres import (
    end_agreement,
    escalate_due,
    load_starter,
    remove_duty,
    save_template,
    set_agreement,
    set_duty,
)
from tongmai.care.diagnostics.services.late import images_added, note_late_images
from tongmai.care.diagnostics.services.performing import data_arrived, device_completed, perform, send
from tongmai.care.diagnostics.services.placing import Anyway, Wanted, cancel, place
from tongmai.care.diagnostics.services.reading import assign, claim, claim_next, reject, release
from tongmai.care.diagnostics.services.reporting import (
    amend,
    drop_amendment,
    mark_finding,
    note_seen,
    save_draft,
    send_back,
    submit_report,
    verify,
)

__all__ = [
    "Anyway",
    "Wanted",
    "amend",
    "assign",
    "cancel",
    "claim",
    "claim_next",
    "data_arrived",
    "device_completed",
    "drop_amendment",
    "end_agreement",
    "escalate_due",
    "images_added",
    "load_starter",
    "mark_finding",
    "note_late_images",
    "note_seen",
    "perform",
    "place",
    "reject",
    "release",
    "remove_duty",
    "save_draft",
    "save_template",
    "send",
    "send_back",
    "set_agreement",
    "set_duty",
    "submit_report",
    "verify",
]
