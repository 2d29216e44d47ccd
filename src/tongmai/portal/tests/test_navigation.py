import re

import pytest
from django.urls import reverse

from tongmai.foundation.orgs.roles import Role
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
