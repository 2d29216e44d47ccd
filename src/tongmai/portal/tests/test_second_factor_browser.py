"""The second question in a real browser: a code, a passkey of Chromium's virtual authenticator, and the end of a session."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.core.cache import cache
from django.utils import timezone

from tongmai.foundation.orgs import passkeys
from tongmai.foundation.orgs.models import Factor, SignIn, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.services.factors import own_passkeys
from tongmai.foundation.orgs.tests import factories
from tongmai.foundation.orgs.tests.factories import PASSWORD


@pytest.fixture
def keeper(transactional_db, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    return factories.actor(Role.SECURITY_ADMIN, org=factories.org("示例县医院", level="county"))


def _sign_in(page, live_server, who):
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", User.objects.get(id=who.user_id).username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def _fits(page):
    page.set_viewport_size({"width": 360, "height": 720})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1366, "height": 768})


def test_an_administrator_adds_an_authenticator_and_signs_in_with_it(page, live_server, keeper, axe):
    _sign_in(page, live_server, keeper)
    page.wait_for_url("**/orgs/security/")
    axe(page)
    _fits(page)
    page.get_by_role("link", name="添加手机动态码").click()
    page.wait_for_selector(".tm-qr img")
    assert page.evaluate("document.querySelector('.tm-qr img').naturalWidth") > 100
    axe(page)
    _fits(page)
    page.click("summary:has-text('不能扫描')")
    totp = pyotp.TOTP(re.sub(r"\s", "", page.inner_text(".tm-steps .tm-code")))
    page.fill("[name=code]", totp.at(timezone.now()))
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/recovery-codes/")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".tm-codes")
    axe(page)
    _fits(page)
    recovery = page.locator(".tm-codes .tm-code").first.inner_text()
    page.evaluate("document.querySelector('[data-forget-drafts]').requestSubmit()")
    page.wait_for_selector(".tm-door")
    _sign_in(page, live_server, keeper)
    page.wait_for_url("**/sign-in/second/")
    axe(page)
    _fits(page)
    page.fill("[name=code]", recovery)
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".tm-side")
    assert SignIn.objects.latest("started_at").has_second_factor


def test_a_passkey_is_made_and_signs_in(page, live_server, keeper, axe):
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True,
    }  # fmt: skip
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    _sign_in(page, live_server, keeper)
    page.wait_for_url("**/orgs/security/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.fill("[name=password]", PASSWORD)
    axe(page)
    _fits(page)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/recovery-codes/")
    assert Factor.objects.get().kind == "passkey"
    page.evaluate("document.querySelector('[data-forget-drafts]').requestSubmit()")
    page.wait_for_selector(".tm-door")
    _sign_in(page, live_server, keeper)
    page.wait_for_url("**/sign-in/second/")
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_selector(".tm-side")
    assert Factor.objects.get().last_used_at is not None
    _answers_elsewhere_prove_nothing(page, live_server, keeper)


def _answers_elsewhere_prove_nothing(page, live_server, keeper):
    """The same key and a true signature, but for another place than the one that asks, or another question."""
    host = live_server.url.removeprefix("http://")
    here, existing = passkeys.Place("http", host), own_passkeys(by=keeper)
    question, kept = passkeys.ask_to_prove(here, existing=existing)
    answer = page.evaluate(
        """async (text) => {
            const b = (t) => Uint8Array.from(atob(t.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
            const t = (x) => btoa(String.fromCharCode(...new Uint8Array(x))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
            const q = JSON.parse(text);
            q.challenge = b(q.challenge);
            q.allowCredentials = q.allowCredentials.map((c) => ({ ...c, id: b(c.id) }));
            const c = await navigator.credentials.get({ publicKey: q });
            const r = { clientDataJSON: t(c.response.clientDataJSON), authenticatorData: t(c.response.authenticatorData), signature: t(c.response.signature) };
            return JSON.stringify({ id: c.id, rawId: t(c.rawId), type: c.type, response: r, clientExtensionResults: {} });
        }""",
        question,
    )
    assert passkeys.proven(here, kept, answer, existing=existing).credential_id == Factor.objects.get().credential_id
    other_question = passkeys.ask_to_prove(here, existing=existing)[1]
    for place, asked, keys in (
        (passkeys.Place("https", host), kept, existing),
        (passkeys.Place("http", "localhost:1"), kept, existing),
        (passkeys.Place("https", "tongmai.example"), kept, existing),
        (here, other_question, existing),
        (here, kept, []),
    ):
        with pytest.raises(passkeys.NotProven):
            passkeys.proven(place, asked, answer, existing=keys)


def test_before_the_end_the_page_warns_and_then_leaves(page, live_server, transactional_db, axe):
    doctor = factories.actor(Role.GENERAL_PRACTITIONER, org=factories.org("示例丁卫生院"))
    _sign_in(page, live_server, doctor)
    page.wait_for_selector(".tm-side")

    def age(**passed):
        SignIn.objects.update(
            last_seen_at=timezone.now() - timedelta(**passed), started_at=timezone.now() - timedelta(hours=1)
        )
        cache.clear()

    age(minutes=28, seconds=30)
    left = page.evaluate(
        "async () => (await (await fetch('/orgs/stay/', {headers: {'X-Tongmai-Poll': '1'}})).json()).left"
    )
    assert 0 < left <= 90
    # A page that was open all the time would hear it by itself; this one is told that its time has come.
    page.route("**/me/", lambda route: _with_less_time(route))
    page.goto(f"{live_server.url}/me/")
    page.unroute("**/me/")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    assert "即将自动退出" in dialog.inner_text()
    axe(page)
    dialog.get_by_role("button", name="继续使用").click()
    dialog.wait_for(state="detached" if dialog.count() == 0 else "hidden")
    assert timezone.now() - SignIn.objects.get().last_seen_at < timedelta(minutes=1)


def _with_less_time(route):
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r'data-stay-left="\d+"', 'data-stay-left="60"', answer.text()))
