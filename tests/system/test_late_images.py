"""An image that comes after the report: the reader finds it in her list, looks, and leaves the report as it is."""

from datetime import timedelta

from tongmai.care.diagnostics import services
from tongmai.care.diagnostics.tests.factories import Centre
from tongmai.care.diagnostics.tests.test_late import images_of
from tongmai.foundation.orgs.actors import Actor


def test_a_reader_sees_what_came_too_late(county, seat):
    centre = Centre(county.world, county.resident)
    order = centre.published()
    at = order.published_at + timedelta(seconds=1)
    services.images_added(study_id=images_of(order, at, n=2).id, by=Actor.system(now=at))
    reader = seat(centre.reader)
    reader.opens("portal:home").sees("报告后新到图像")
    reader.opens("diagnostics:list", query="?box=late").sees("新到图像")
    reader.opens("diagnostics:detail", order.id).sees("报告发布后新到 2 幅图像")
    reader.presses("已看过，报告不变").sees("已登记看过")
    order.refresh_from_db()
    assert order.late_images_at is None and order.n_versions == 1
