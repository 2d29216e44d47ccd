"""What is about to end waits for whoever can renew it."""

from datetime import timedelta

from tongmai.foundation.orgs import services, worklists
from tongmai.foundation.orgs.models import Agreement
from tongmai.foundation.orgs.tests import factories


def test_agreements_wait_for_the_system_administrator(world, system, security):
    terms = {"kind": "support", "from_org": world.lead, "starts_on": factories.LONG_AGO}
    soon, late = world.now.date() + timedelta(days=30), world.now.date() + timedelta(days=31)
    Agreement.objects.create(**terms, to_org=world.township, ends_before=soon)
    Agreement.objects.create(**terms, to_org=world.other_township, ends_before=late)
    Agreement.objects.create(**terms, to_org=world.village)
    (item,) = worklists.waiting(by=system)
    assert item.who == "甲镇卫生院" and item.deadline(world.now).tone == "green"
    assert worklists.waiting(by=security) == []


def test_posts_and_tokens_wait_for_the_security_administrator(world, security, system):
    soon = world.now.date() + timedelta(days=3)
    factories.post("nurse", at=world.township, ends_before=soon)
    factories.post("nurse", at=world.stranger, ends_before=soon)
    services.issue_token(by=security, post_id=world.actor("nurse").post_id, name="对接", days=10)
    revoked = services.issue_token(by=security, post_id=world.actor("nurse").post_id, name="旧", days=10)
    services.revoke_token(by=security, token_id=revoked.id)
    assert [item.title for item in worklists.waiting(by=security)] == ["岗位即将到期", "接口令牌即将到期"]
    assert worklists.waiting(by=system) == []


def test_nothing_waits_for_others(world, django_assert_num_queries):
    by = world.actor("nurse")
    with django_assert_num_queries(0):
        assert worklists.waiting(by=by) == []
