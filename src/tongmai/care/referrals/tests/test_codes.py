"""The code on the referral slip and the plan can be read, by a scanner of others from the PDF."""

import pytest
from django.urls import reverse

from tests.harness import scanner
from tongmai.care.referrals import paper
from tongmai.foundation.orgs.tests.factories import sign_in_as

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "dots"), [("slip", 300), ("slip", 150), ("plan-pdf", 300), ("plan-pdf", 150)])
def test_the_address_that_says_whether_it_is_genuine_is_on_paper(clinic, client, tmp_path, name, dots):
    down = clinic.received()
    sign_in_as(client, "general_practitioner", org=clinic.world.township)
    printed = client.get(reverse(f"referrals:{name}", args=[down.id])).content
    client.logout()
    [(kind, address)] = scanner.read(printed, tmp_path, dots=dots)
    path = reverse("referrals:verify", args=[down.id, paper.signature(down.id)])
    assert (kind, address) == ("QR-Code", f"http://testserver{path}")
    assert down.number in client.get(path).content.decode(), "and it answers"
