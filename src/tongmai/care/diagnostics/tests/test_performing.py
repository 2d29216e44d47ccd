"""What a device says of an examination (MPPS), and its images."""

from datetime import timedelta

import pytest

from tongmai.care.diagnostics import services
from tongmai.care.diagnostics.models import Order
from tongmai.commons.imaging.models import Instance, Series, Study
from tongmai.foundation.orgs.actors import Actor

pytestmark = pytest.mark.django_db


def image_of(order, at):
    """One image of an order, as if it had come without anybody hearing of it."""
    study = Study.objects.create(
        uid=order.study_uid, resident=order.resident, org=order.site, order_number=order.number, received_at=at, linked_at=at
    )  # fmt: skip
    series = Series.objects.create(uid=f"{order.study_uid}.1", study=study, received_at=at)
    Instance.objects.create(
        sop_uid=f"{order.study_uid}.1.1", series=series, sop_class="1.2", transfer_syntax="1.2", sha256="0" * 64,
        n_bytes=1, received_at=at,
    )  # fmt: skip


def told(order, site=None):
    """Return the state after a device has said that it is done."""
    by = Actor.system(now=order.state_since + timedelta(minutes=9))
    services.device_completed(order_number=order.number, org_id=site or order.site_id, by=by)
    return Order.objects.get(id=order.id).state


def test_completed_without_images_it_waits_for_them(county):
    assert told(county.ordered()) == "ordered"


def test_completed_with_images_it_is_performed_and_sent_where_policy_says_so(county):
    order = county.ordered()
    image_of(order, order.state_since + timedelta(minutes=5))
    assert told(order, site=county.world.lead.id) == "ordered", "a device of another site"
    assert told(order) == "sent" and told(order) == "sent"


def test_images_from_before_it_was_rejected_do_not_count(county):
    order = county.ordered()
    Order.objects.filter(id=order.id).update(state="rejected")
    image_of(order, order.state_since - timedelta(minutes=5))
    assert told(order) == "rejected"


def test_an_order_that_nobody_knows_is_nothing(county):
    by = Actor.system(now=county.world.now)
    assert services.device_completed(order_number="340199X9999999", org_id=county.world.township.id, by=by) is None
