"""The database itself refuses nonsense: each constraint is violated once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongmai.foundation.orgs.models import (
    Agreement,
    ApiToken,
    Attempts,
    CatchmentArea,
    Department,
    Factor,
    Membership,
    Org,
    Post,
    SignIn,
    Staff,
    User,
)
from tongmai.foundation.orgs.tests import factories

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def cases(world):
    """name of the constraint → what violates it"""
    staff = Staff.objects.get(id=world.actor("nurse").staff_id)
    user = User.objects.get(staff=staff)
    post = Post.objects.get(staff=staff)
    agreement = Agreement.objects.create(kind="posting", from_org=world.lead, to_org=world.township, starts_on=DAY)
    token = {
        "post": post, "name": "x", "digest": "d", "created_at": NOW, "created_by": user, "expires_at": NOW,
    }  # fmt: skip
    attempt = {"kind": "account", "key": "x", "last_failed_at": NOW}
    empty = {"starts_on": DAY, "ends_before": DAY}
    member = {"alliance": world.alliance, "starts_on": DAY}
    elsewhere = {"staff": staff, "org": world.lead, "role": "nurse", "starts_on": DAY}
    return {
        "org_code": lambda: factories.org("x", code=world.lead.code),
        "staff_number": lambda: factories.staff(at=world.lead, number=staff.number),
        "user_username": lambda: User.objects.create(username=user.username, display_name="x"),
        "user_staff": lambda: User.objects.create(username="other", staff=staff, display_name="x"),
        "alliance_span": lambda: factories.alliance(**empty),
        "catchment_span": lambda: CatchmentArea.objects.create(org=world.lead, division_code="340199", **empty),
        "catchment_once": lambda: CatchmentArea.objects.create(
            org=world.township, division_code="340199101", starts_on=factories.LONG_AGO
        ),
        "department_name_once": lambda: Department.objects.create(org=world.lead, code="03", name="心血管内科"),
        "membership_span": lambda: factories.membership(world.alliance, world.tcm, **empty),
        "membership_one_lead": lambda: Membership.objects.create(org=world.tcm, part="lead", **member),
        "membership_once": lambda: Membership.objects.create(org=world.township, part="member", **member),
        "agreement_span": lambda: Agreement.objects.create(
            kind="posting", from_org=world.lead, to_org=world.township, **empty
        ),
        "agreement_between_two": lambda: Agreement.objects.create(
            kind="posting", from_org=world.lead, to_org=world.lead, starts_on=DAY
        ),
        "post_span": lambda: Post.objects.create(**(elsewhere | empty)),
        "post_once": lambda: Post.objects.create(
            staff=staff, org=post.org, department=post.department, role=post.role, starts_on=post.starts_on
        ),
        "post_once_without_department": lambda: [Post.objects.create(**elsewhere), Post.objects.create(**elsewhere)],
        "post_posting_without_agreement": lambda: Post.objects.create(**elsewhere, posting="rounds"),
        "post_agreement_without_posting": lambda: Post.objects.create(**elsewhere, agreement=agreement),
        "post_one_open_administrator": lambda: [
            factories.post(role, at=world.lead, of=staff, is_main=False) for role in ("audit_admin", "security_admin")
        ],
        "attempts_once": lambda: [Attempts.objects.create(**attempt), Attempts.objects.create(**attempt)],
        "factor_passkey_has_id": lambda: Factor.objects.create(
            user=user, kind="passkey", name="x", secret="x", added_at=NOW
        ),
        "sign_in_seen_after_start": lambda: SignIn.objects.create(
            user=user, device="x", started_at=NOW, last_seen_at=NOW - timedelta(seconds=1)
        ),
        "token_revoked_pair": lambda: ApiToken.objects.create(**token, revoked_at=NOW),
        "token_digest": lambda: [ApiToken.objects.create(**token), ApiToken.objects.create(**token)],
    }


NAMES = [
    "org_code", "staff_number", "user_username", "user_staff", "alliance_span", "catchment_span", "catchment_once",
    "department_name_once", "membership_span", "membership_one_lead", "membership_once", "agreement_span",
    "agreement_between_two", "post_span", "post_once", "post_once_without_department",
    "post_posting_without_agreement", "post_agreement_without_posting", "token_revoked_pair", "token_digest",
    "post_one_open_administrator", "attempts_once", "factor_passkey_has_id", "sign_in_seen_after_start",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_database_refuses(world, name):
    violate = cases(world)[name]
    with pytest.raises(IntegrityError), transaction.atomic():
        violate()


def test_every_constraint_of_the_app_is_violated_somewhere(world):
    from django.apps import apps

    declared = {c.name for m in apps.get_app_config("orgs").get_models() for c in m._meta.constraints}
    covered = {n for n in declared if any(name.startswith(n) for name in NAMES)}
    assert declared - covered == {"post_posting_by_agreement"}  # violated from both sides above
    assert set(NAMES) == set(cases(world))
    assert Org.objects.filter(code=world.lead.code).count() == 1
