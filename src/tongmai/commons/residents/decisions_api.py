"""The JSON API of what residents decide about their records, and of unusual reading."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from tongmai.commons.residents import choices, selectors, services
from tongmai.commons.residents.reading import rules, states
from tongmai.commons.residents.schemas import Day, PageLimit
from tongmai.commons.residents.sensitive.rules import Party
from tongmai.commons.residents.services import Said
from tongmai.foundation.audit.selectors import day_after
from tongmai.foundation.orgs.guards import may, signed_in
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Text

router = Router(tags=["residents"])
KindIn = StrEnum("KindIn", {"WHOLE": ""} | {value.upper(): value for value, _label in choices.SENSITIVE_KINDS})  # type: ignore[misc]
HowIn = StrEnum("HowIn", {value.upper(): value for value, _label in choices.HOW})  # type: ignore[misc]
GivenIn = StrEnum("GivenIn", {value.upper(): value for value, _label in choices.GIVEN})  # type: ignore[misc]
PurposeIn = StrEnum("PurposeIn", {value.upper(): value for value, _label in choices.PURPOSES})  # type: ignore[misc]


class SaidIn(Schema):
    """Who decided, how, and from when until when; of a resident's own call only the days count."""

    given: GivenIn = GivenIn("herself")
    given_name: Text(60) = ""
    how: HowIn = HowIn("paper")
    starts_on: Day | None = None
    ends_before: Day | None = None
    note: Text(200) = ""

    def said(self) -> Said:
        """Return it as the services take it."""
        names = ("given", "given_name", "how", "starts_on", "ends_before", "note")
        return Said(**{name: getattr(self, name) for name in names})


class SharingIn(SaidIn):
    """Whether the record (`kind` blank), or a sensitive kind of it, is shared with a party."""

    is_permitted: bool
    party: Party
    kind: KindIn = KindIn("")
    org_id: UUID | None = None


class UseIn(SaidIn):
    """A use beyond care."""

    purpose: PurposeIn
    recipient: Text(120, least=1)
    purpose_text: Text(300, least=1)


class WithdrawIn(Schema):
    """How somebody withdrew a decision."""

    how: HowIn = HowIn("paper")
    reason: Text(200) = ""


class MadeDecisionOut(Schema):
    id: UUID


class DecisionOut(Schema):
    """One decision; `is_permitted` is null for a use, which is only ever agreed to."""

    id: UUID
    what: str
    party: str
    name: str
    text: str
    is_permitted: bool | None
    starts_on: date
    ends_before: date | None
    given: str
    given_name: str
    decided_at: datetime
    counts: bool
    withdrawn_at: datetime | None


class DecisionsOut(Schema):
    """What a resident decided, the latest first."""

    sharing: list[DecisionOut]
    uses: list[DecisionOut]
    n_elsewhere: int


class FindingOut(Schema):
    """One finding about reading; of the resident the surname alone."""

    id: UUID
    kind: str
    state: str
    on: date
    reader_name: str
    reader_org_name: str
    reader_role: str
    resident: str
    n: int
    of: int | None
    most: Decimal | None
    own_usual: Decimal | None
    role_usual: Decimal | None
    days: int | None
    found_at: datetime


class FindingSteps(FindingOut):
    """A finding with the steps that the caller may take."""

    steps: list[str]


class FindingsIn(Schema):
    """What of the findings is looked for; both days are meant."""

    kind: rules.Kind | None = None
    state: states.State | None = None
    since: Day | None = None
    until: Day | None = None

    def sought(self) -> selectors.FindingsSought:
        """Return it as the selector takes it."""
        return selectors.FindingsSought(
            kind=self.kind or "", state=self.state or "", since=self.since,
            before=day_after(self.until) if self.until else None,
        )  # fmt: skip


class StepIn(Schema):
    """A step with a finding, and what is said with it."""

    step: states.Step
    reason: Text(500) = ""


@router.get("/residents/{uuid:resident_id}/decisions/", response=DecisionsOut)
@may(Action.REGISTER_RESIDENT, Action.SEE_OWN)
def decisions(request: HttpRequest, resident_id: UUID) -> Any:
    """Return what a resident decided about sharing and other uses."""
    return selectors.decisions_of(resident_id, by=request.actor)


@router.post("/residents/{uuid:resident_id}/sharing-choices/", response={201: MadeDecisionOut})
@may(Action.REGISTER_RESIDENT, Action.SEE_OWN)
def choose_sharing(request: HttpRequest, resident_id: UUID, body: SharingIn) -> Any:
    """Write down with whom the record is shared."""
    made = services.choose_sharing(
        resident_id, by=request.actor, said=body.said(), is_permitted=body.is_permitted, party=body.party,
        kind=body.kind, org_id=body.org_id,
    )  # fmt: skip
    return Status(201, made)


@router.post("/sharing-choices/{uuid:choice_id}/withdraw/", response=MadeDecisionOut)
@may(Action.REGISTER_RESIDENT, Action.SEE_OWN)
def withdraw_sharing(request: HttpRequest, choice_id: UUID, body: WithdrawIn) -> Any:
    return services.withdraw_sharing(choice_id, by=request.actor, how=body.how, reason=body.reason)


@router.post("/residents/{uuid:resident_id}/use-consents/", response={201: MadeDecisionOut})
@may(Action.REGISTER_RESIDENT, Action.SEE_OWN)
def agree_to_use(request: HttpRequest, resident_id: UUID, body: UseIn) -> Any:
    """Write down an agreement to a use beyond care."""
    made = services.agree_to_use(
        resident_id, by=request.actor, said=body.said(), purpose=body.purpose, recipient=body.recipient,
        purpose_text=body.purpose_text,
    )  # fmt: skip
    return Status(201, made)


@router.post("/use-consents/{uuid:consent_id}/withdraw/", response=MadeDecisionOut)
@may(Action.REGISTER_RESIDENT, Action.SEE_OWN)
def withdraw_use(request: HttpRequest, consent_id: UUID, body: WithdrawIn) -> Any:
    return services.withdraw_use(consent_id, by=request.actor, how=body.how, reason=body.reason)


@router.get("/reading-findings/", response=list[FindingOut])
@may(Action.READ_AUDIT)
def reading_findings(request: HttpRequest, sought: Query[FindingsIn], limit: PageLimit = 50) -> Any:
    """Return findings about unusual reading, the latest first; narrow the days for earlier ones."""
    return list(selectors.finding_lines(selectors.findings(sought.sought(), by=request.actor)[:limit]))


@router.get("/reading-findings/{uuid:finding_id}/", response=FindingSteps)
@signed_in
def reading_finding(request: HttpRequest, finding_id: UUID) -> Any:
    """Return one finding, to who looks into it or who is asked."""
    found = selectors.finding_page(finding_id, by=request.actor)
    return {**vars(found.line), "steps": [str(step) for step in found.steps]}


@router.post("/reading-findings/{uuid:finding_id}/steps/", response=FindingSteps)
@signed_in
def move_reading_finding(request: HttpRequest, finding_id: UUID, body: StepIn) -> Any:
    """Ask the reader, answer, accept, or take a finding further."""
    services.move_finding(finding_id, by=request.actor, step=body.step, reason=body.reason)
    return reading_finding(request, finding_id)
