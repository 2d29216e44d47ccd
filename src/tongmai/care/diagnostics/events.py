"""What happens with an examination.  Ids, numbers and codes; words of the case are marked as such."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongmai.care.diagnostics.states import Step
from tongmai.foundation.audit.events import OfTheCase, event


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What all steps of an order say.  `org_id`: who ordered; `site_id` performs, `centre_id` reports."""

    order_id: UUID
    order_number: str
    resident_id: UUID
    org_id: UUID
    site_id: UUID
    centre_id: UUID
    category: str
    priority: str
    state: str


@event
class OrderPlaced(Happened):
    pass


@event
class OrderCancelled(Happened):
    pass


@event
class ExaminationPerformed(Happened):
    pass


@event
class ExaminationSent(Happened):
    pass


@event
class ExaminationRejected(Happened):
    pass


@event
class ExaminationClaimed(Happened):
    """A reader has it: she took it herself, or it was given to her."""


@event
class ExaminationReleased(Happened):
    pass


@event
class ReportSubmitted(Happened):
    """Written, and waiting for a second person."""


@event
class ReportSentBack(Happened):
    pass


@event
class ReportPublished(Happened):
    pass


@event
class AmendmentBegun(Happened):
    pass


@event
class AmendmentDropped(Happened):
    pass


@event
class CriticalFindingMarked:
    """A reader saw something that somebody must be told of at once.  `org_id`: the organisation that ordered."""

    order_id: UUID
    order_number: str
    resident_id: UUID
    org_id: UUID
    finding_code: OfTheCase
    finding_name: OfTheCase
    marked_by: UUID | None


@event
class LateImagesSeen:
    """A reader looked at images that came after the report, and left the report as it is."""

    order_id: UUID
    order_number: str
    resident_id: UUID
    centre_id: UUID


@event
class OrderEscalated:
    """Its limit is near: the director of the centre was told."""

    order_id: UUID
    order_number: str
    resident_id: UUID
    centre_id: UUID
    phase: str


@event
class AgreementSet:
    agreement_id: UUID
    centre_id: UUID
    site_id: UUID
    category: str
    starts_on: date


@event
class AgreementEnded:
    agreement_id: UUID
    centre_id: UUID
    site_id: UUID
    ends_before: date


@event
class DutySet:
    duty_id: UUID
    centre_id: UUID
    staff_id: UUID


@event
class DutyRemoved:
    duty_id: UUID
    centre_id: UUID
    staff_id: UUID


@event
class TemplateSaved:
    template_id: UUID
    centre_id: UUID


OF_STEP: dict[Step, type] = {
    Step.PERFORM: ExaminationPerformed,
    Step.REDO: ExaminationPerformed,
    Step.SEND: ExaminationSent,
    Step.CANCEL: OrderCancelled,
    Step.REJECT: ExaminationRejected,
    Step.CLAIM: ExaminationClaimed,
    Step.ASSIGN: ExaminationClaimed,
    Step.RELEASE: ExaminationReleased,
    Step.SUBMIT: ReportSubmitted,
    Step.PUBLISH: ReportPublished,
    Step.VERIFY: ReportPublished,
    Step.SEND_BACK: ReportSentBack,
    Step.AMEND: AmendmentBegun,
    Step.DROP_AMENDMENT: AmendmentDropped,
}
