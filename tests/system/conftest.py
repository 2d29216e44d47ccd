"""A county in miniature behind a live server, and people who sit at its screens."""

import pytest
from django.test import Client

from tests import living
from tests.system.screens import PHONE, Screen
from tongmai.foundation.orgs.models import User


@pytest.fixture
def county(transactional_db):
    """The smallest county this minute, with the referral catalogue of its alliance."""
    return living.county()


@pytest.fixture
def seat(county, live_server, new_page, axe):
    """`seat(actor)` is the screen of somebody who has signed in; `on_phone` makes it one of 360 × 740."""

    def make(actor, *, on_phone: bool = False) -> Screen:
        page = new_page(**(PHONE if on_phone else {}))
        client = Client()
        client.force_login(User.objects.get(id=actor.user_id))
        session = client.session
        if actor.post_id:
            session["post_id"] = str(actor.post_id)
            session.save()
        page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
        return Screen(page, live_server.url, axe)

    return make
