"""The pictures of the demonstration: stored through the services, in the records of those whose orders they are."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from tongmai.commons.imaging import checks
from tongmai.commons.imaging.models import Device, Study
from tongmai.config.demo import images
from tongmai.exchange.dicom.tests.conftest import order_of


def test_performed_orders_get_their_pictures_and_one_film_waits(world, her):
    order_of(her, world, "340199D0000001", state="performed")
    order_of(her, world, "340199D0000002", modality="CT", state="performed")
    order_of(her, world, "340199D0000003", modality="US")
    towns = [SimpleNamespace(centre=world.township), SimpleNamespace(centre=world.other_township)]
    images.build(towns, now=timezone.now())
    assert (Device.objects.count(), Study.objects.filter(resident=her).count()) == (6, 2)
    assert Study.objects.get(resident=None).doubts == "no-accession"
    assert not list(checks.files())


pytestmark = pytest.mark.django_db
