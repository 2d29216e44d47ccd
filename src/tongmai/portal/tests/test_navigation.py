import re

import pytest
from django.urls import reverse

from tongmai.foundation.orgs.roles import GRANTABLE, Role
from tongmai.foundation.orgs.tests import factories

MARKED = re.compile(r'<a href="([^"]+)" aria-current="page">')


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("recognition:figures", "recognition:figures"),
        ("recognition:marks", "recognition:figures"),
        ("recognition:items", "recognition:figures"),
        ("portal:help", None),
    ],
)
def test_the_left_column_says_in_which_room_a_page_lies(client, db, name, entry):
    factories.sign_in_as(client, Role.MANAGER, org=factories.org("示例县人民医院"))
    found = set(MARKED.findall(client.get(reverse(name)).content.decode()))
    assert found == ({reverse(entry)} if entry else set())


@pytest.mark.parametrize("role", sorted(GRANTABLE))
def test_who_may_bring_a_list_is_led_to_the_imports(client, db, role):
    """A manager brings the critical limits that she sets: she has the entry, too."""
    factories.sign_in_as(client, role, org=factories.org("示例县人民医院"))
    home = client.get(reverse("portal:home"), follow=True).content.decode()
    is_shown = f'href="{reverse("exchange:imports")}"' in home
    assert is_shown == (client.get(reverse("exchange:imports")).status_code == 200)
    assert is_shown or role not in (Role.MANAGER, Role.SYSTEM_ADMIN)
