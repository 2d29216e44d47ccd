"""No page holds anything inline that the content security policy would have to allow: asked of what is really sent."""

from html.parser import HTMLParser

import pytest

from tests.meta import county
from tests.meta.routes import all_routes
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.tests import factories as orgs

ROLES = (
    Role.GENERAL_PRACTITIONER, Role.SPECIALIST, Role.REFERRAL_COORDINATOR, Role.RESOURCE_MANAGER, Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.HEALTH_COMMISSION,
)  # fmt: skip
# JSON for our scripts is data; the browser does not run it.
DATA = {"application/json", "application/ld+json"}


class Inline(HTMLParser):
    """Collects what a policy without 'unsafe-inline' blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}>")


def inline(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found


def test_what_is_inline_is_found():
    assert inline('<p style="x"><a href=" JavaScript:x" onclick="y"><script>1</script><style></style>') == [
        "<p style>", "<a href>", "<a onclick>", "<script>", "<style>",
    ]  # fmt: skip
    assert inline('<script type="application/json">{}</script><script src="/x.js"></script>') == []


@pytest.mark.alike
@pytest.mark.parametrize("role", ROLES)
def test_no_page_holds_anything_inline(client, db, role):
    world, objects = county.build()
    orgs.sign_in_as(client, role, org=getattr(world, orgs._PLACES[role][0]))
    wrong, n_pages = {}, 0
    for route in (route for route in all_routes() if not route.is_api):
        answer = client.get(route.address(objects))
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        n_pages += 1
        assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
        found = inline(answer.content.decode())
        if found:
            wrong[route.key] = found
    assert not wrong and n_pages > 20
