"""Referrals up and down."""

import re
from typing import Any

from django.urls import reverse

from tests.harness.tables import rows as drawn
from tests.spec.referrals.test_who import DOWN_WHO, LETTERS, UP_WHO
from tests.steps.harness import Case, Machine
from tongmai.care.referrals import access, rules, services, stepping
from tongmai.care.referrals.states import DOWN, UP, Direction, Side
from tongmai.care.referrals.stepping import Said
from tongmai.care.referrals.tests.factories import CONSENT, FINDINGS, Clinic
from tongmai.foundation.orgs.permissions import MAY, Action
from tongmai.foundation.orgs.roles import Role


def _returned(clinic):
    row = clinic.submitted()
    return services.return_for_information(referral_id=row.id, reason="缺报告", by=clinic.specialist)


def _declined(clinic):
    return services.decline(referral_id=clinic.submitted().id, reason="无指征", by=clinic.specialist)


def _withdrawn(clinic):
    return services.withdraw(referral_id=clinic.submitted().id, reason="好转", by=clinic.gp)


def _missed(clinic):
    row = clinic.booked(clinic.pool(days=1))
    return services.miss(referral_id=row.id, by=clinic.later(clinic.specialist, days=1, hours=12))


def _closed(clinic):
    return services.close(referral_id=clinic.treated().id, by=clinic.specialist)


def _down_returned(clinic):
    row = clinic.down_submitted()
    return services.return_for_information(referral_id=row.id, reason="缺方案", by=clinic.gp)


def _down_declined(clinic):
    return services.decline(referral_id=clinic.down_submitted().id, reason="无条件", by=clinic.gp)


def _down_withdrawn(clinic):
    return services.withdraw(referral_id=clinic.down_submitted().id, reason="留观", by=clinic.specialist)


def _followed(clinic, result="stable"):
    row = clinic.received()
    follow_up = row.follow_ups.order_by("due_on").first()
    services.record_follow_up(follow_up_id=follow_up.id, findings=FINDINGS, by=clinic.gp)
    return row


def _finished(clinic):
    row = _followed(clinic)
    for follow_up in row.follow_ups.filter(done_at=None, dropped_at=None).order_by("due_on"):
        services.record_follow_up(follow_up_id=follow_up.id, findings=FINDINGS, by=clinic.gp)
    return services.finish(referral_id=row.id, by=clinic.gp)


UP_STATES = {
    "draft": Clinic.draft, "reviewing": Clinic.reviewing, "submitted": Clinic.submitted, "returned": _returned,
    "accepted": Clinic.accepted, "booked": Clinic.booked, "no_show": _missed, "arrived": Clinic.arrived,
    "treated": Clinic.treated, "closed": _closed, "declined": _declined, "withdrawn": _withdrawn,
}  # fmt: skip
DOWN_STATES = {
    "draft": Clinic.down_draft, "submitted": Clinic.down_submitted, "returned": _down_returned,
    "accepted": Clinic.down_accepted, "received": Clinic.received, "following": _followed, "closed": _finished,
    "declined": _down_declined, "withdrawn": _down_withdrawn,
}  # fmt: skip


def _sides(clinic: Clinic, row: Any, actor: Any) -> set[Side]:
    """On which sides somebody stands, by where her post is: said here a second time."""
    was_sent = row.submitted_at is not None
    found = {Side.SENDER} if actor.org_id == row.sender_id else set()
    found |= {Side.RECEIVER} if actor.org_id == row.receiver_id and was_sent else set()
    found |= {Side.REVIEWER} if actor.org_id == row.reviewer_id else set()
    leads = actor.org_id == clinic.world.lead.id and actor.role == Role.REFERRAL_COORDINATOR
    return found | ({Side.COORDINATOR} if leads and row.alliance_id else set())


def _referral(clinic: Clinic, row: Any) -> Case:
    direction = Direction(row.direction)
    life, who = (UP, UP_WHO) if direction == Direction.UP else (DOWN, DOWN_WHO)
    table = {line["step"]: line for line in drawn(who)}
    leads_on = {str(step) for state, step in life.rows if str(state) == row.state}

    def expected(actor: Any, place: str) -> set[str]:
        if Action.SEE_REFERRALS not in MAY[actor.role]:
            return set()
        sides, found = _sides(clinic, row, actor), set()
        for step in leads_on & table.keys():
            line = table[step]
            named = {LETTERS[letter] for letter in line["roles"]}
            if line["side"] in sides and actor.role in named:
                found.add(step)
        facts = access.facts_of(row)
        return {
            step
            for step in found
            if rules.applies(direction, type(next(iter(life.rules)))(step), facts, sides=frozenset(sides))
        }

    def take(step: str, actor: Any) -> Any:
        takes_places = direction == Direction.UP or step in ("book", "reschedule")
        said = Said(
            reason="示例原因",
            pool_ids=[clinic.spare.id] if takes_places else [],
            receiver_id=clinic.world.tcm.id,
            summary="示例摘要",
            consent=CONSENT,
        )
        return stepping._STEPS[step](row, said, {"referral_id": row.id, "by": actor, "seen_version": None})

    steps = [str(step) for step in life.rules if str(step) in stepping._STEPS]
    by_service = {step: {other for other in steps if stepping._STEPS[other] is stepping._STEPS[step]} for step in steps}

    def offered(actor: Any) -> set[str]:
        return {str(step) for step in access.possible_steps(row, by=actor)}

    return Case(
        row, steps, offered, expected, take, by_service.__getitem__,
        page=reverse("referrals:detail", args=[row.id]), on_page=lambda html: _on_page(html, row),
        api=f"/api/v1/referrals/{row.id}", on_page_as=_in_words_of_the_page,
    )  # fmt: skip


def _in_words_of_the_page(steps: set[str]) -> set[str]:
    """One page serves the receiver who redirects and the coordinator who reassigns; follow-ups have their own."""
    return {"redirect" if step == "reassign" else step for step in steps} - {"follow_up"}


def _on_page(html: str, row: Any) -> set[str]:
    """Return the steps whose button or link is on the page."""
    taken = set(re.findall(rf"{row.id}/steps/(\w+)/", html))
    pages = {"paperwork": "complete_paperwork", "consent": "record_consent"}
    linked = set(re.findall(rf'href="[^"]*{row.id}/(book|redirect|paperwork|consent)/', html))
    if "book" in linked:
        linked = (linked - {"book"}) | {{"submitted": "accept", "booked": "reschedule"}.get(row.state, "book")}
    return taken | {pages.get(name, name) for name in linked}


MACHINES = [
    Machine("a referral up", UP, UP_STATES, _referral),
    Machine("a referral down", DOWN, DOWN_STATES, _referral),
]
