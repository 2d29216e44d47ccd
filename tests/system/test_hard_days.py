"""A keyboard without a mouse, a slow link, a broken one, nothing to show, and paper."""

import re
import time

from django.db import OperationalError

from tests.system.test_up import family_doctor_of
from tongmai.care.referrals import selectors
from tongmai.care.referrals.models import Referral

LISTS = {
    "general_practitioner": ["residents:list", "encounters:list", "referrals:list", "family_doctors:list", "capacity:board"],
    "referral_coordinator": ["referrals:list", "capacity:compliance", "portal:flow", "exchange:messages"],
    "system_admin": ["orgs:list", "orgs:alliances", "orgs:agreements", "orgs:staff", "exchange:imports", "audit:operations"],
    "security_admin": ["orgs:staff", "orgs:tokens"],
    "audit_admin": ["audit:events", "audit:accesses"],
}  # fmt: skip


# Notes, for whoever asks on the next page, that the sign of a slow page was shown and how the buttons stood then.
WATCH = """() => new MutationObserver(() => {
  if (!document.body.classList.contains('tm-under-way')) return;
  const buttons = [...document.querySelectorAll('form[aria-busy] button')];
  sessionStorage.setItem('under-way', buttons.length && buttons.every(b => b.disabled) ? 'disabled' : 'enabled');
}).observe(document.body, {attributes: true})"""


def _tabs_to(page, what: str, *, most: int = 150) -> None:
    """Press Tab until the focus stands on `what` (a CSS selector), and see that it can be seen there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            outlined = page.evaluate(
                """() => { const s = getComputedStyle(document.activeElement);
                return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'; }"""
            )
            assert outlined, f"the focus on {what} cannot be seen"
            return
    raise AssertionError(f"{what} was not reached with {most} Tabs on {page.url}")


def test_a_referral_is_written_and_sent_with_the_keyboard_alone(county, seat):
    # Given a township doctor whose mouse is broken
    family_doctor_of(county)
    screen = seat(county.gp)
    screen.opens("portal:home")
    page, keys = screen.page, screen.page.keyboard

    # When she finds the resident, and goes to the form
    screen.finds("slj", county.resident.name)
    _tabs_to(page, "a[href*='/referrals/new']")
    with page.expect_navigation():
        keys.press("Enter")

    # And picks a diagnosis, a receiver, says why, and notes the consent
    _tabs_to(page, "#pick-diagnosis_code")
    keys.type("I10")
    page.locator("#pick-diagnosis_code-list [role=option]").first.wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_function("document.querySelector('[name=diagnosis_code]').value")
    page.wait_for_load_state("networkidle")
    _tabs_to(page, "#id_receiver_id")
    if not page.input_value("#id_receiver_id"):
        keys.press("ArrowDown")
    _tabs_to(page, "[name=reason]")
    keys.type("两次随访血压不达标")
    for field in ("how", "relation"):
        _tabs_to(page, f"[name=consent_{field}]")
        keys.press("ArrowDown")
    _tabs_to(page, "[name=consent_name]")
    keys.type(county.resident.name)
    _tabs_to(page, "button[name=send]")
    with page.expect_navigation():
        keys.press("Enter")

    # Then it is on its way
    screen.keeps_picture("keyboard").looks()
    assert Referral.objects.get().state != "draft"


def test_a_slow_link_is_shown_and_a_second_press_sends_nothing(county, seat):
    # Given a referral that waits for an answer, and a link on which each answer takes its time
    referral = county.submitted(by=county.gp)
    screen = seat(county.specialist)
    screen.opens("referrals:detail", referral.id)
    sent = []

    def slowly(route):
        sent.append(route.request.method)
        time.sleep(1.5)
        route.continue_()

    screen.page.route("**/referrals/**", slowly)
    screen.page.evaluate(WATCH)

    # When she sends it back, and presses again
    screen.unfolds("退回补充")
    form = screen.page.locator("details[open] form")
    form.locator("textarea").fill("请补近三个月的血压记录")
    with screen.page.expect_navigation():
        form.locator("button").evaluate("button => { button.click(); setTimeout(() => button.click(), 100); }")

    # Then the page said that something was under way, its button took no second press, and it was sent once
    assert screen.page.evaluate("sessionStorage.getItem('under-way')") == "disabled"
    assert sent.count("POST") == 1
    referral.refresh_from_db()
    assert referral.state == "returned"


def test_a_broken_link_is_said_and_what_is_shown_stays(county, seat):
    # Given a home with something on it
    county.submitted(by=county.gp)
    screen = seat(county.specialist)
    screen.opens("portal:home").sees(county.resident.name)

    # When the link breaks and the page asks for news
    screen.page.route("**/*", lambda route: route.abort())
    screen.page.evaluate("document.body.dispatchEvent(new CustomEvent('tm:changed', {bubbles: true}))")

    # Then it says so and keeps what it has
    screen.sees("网络不通").sees(county.resident.name)

    # And when the link is back, it stops saying so
    screen.page.unroute("**/*")
    screen.page.evaluate("document.body.dispatchEvent(new CustomEvent('tm:changed', {bubbles: true}))")
    screen.page.locator("#tm-cut-off").wait_for(state="detached")


def test_a_list_is_asked_for_in_place_slowly_and_over_a_broken_link(county, seat):
    """Every list is filtered by the same few scripts: one of chips and a search stands for all."""
    # Given a list with somebody on it, on a link on which each answer takes its time
    screen = seat(county.gp)
    screen.opens("residents:list").sees(county.resident.name)
    page, sent = screen.page, []

    def slowly(route):
        sent.append(route.request.method)
        time.sleep(1.5)
        route.continue_()

    page.route("**/residents/", slowly)
    page.evaluate(WATCH)

    # When she searches, and presses again at once
    form = page.locator("#tm-main form[role=search]")
    form.locator("input[type=search]").fill("没有这个人")
    form.locator("button[type=submit]").evaluate("b => { b.click(); setTimeout(() => b.click(), 100); }")
    screen.sees("没有符合条件的居民")

    # Then something was under way, the second press sent nothing, and the page stayed
    assert page.evaluate("sessionStorage.getItem('under-way')") == "disabled"
    assert sent == ["POST"]
    page.unroute("**/residents/")

    # When the link breaks, and she searches for somebody else
    page.route("**/residents/**", lambda route: route.abort())
    form.locator("input[type=search]").fill(county.resident.name)
    form.locator("button[type=submit]").click()

    # Then it says so, what was typed stays, and asking again finds her when the link is back
    screen.sees("网络不通", "没有符合条件的居民")
    assert form.locator("input[type=search]").input_value() == county.resident.name
    assert form.locator("button[type=submit]").is_enabled()
    screen.looks()
    page.unroute("**/residents/**")
    page.get_by_role("button", name="重试").click()
    screen.sees(county.resident.name).sees_not("网络不通")


def test_a_list_whose_database_is_away_stays_and_says_so(county, seat, monkeypatch):
    # Given a list with somebody on it
    county.submitted(by=county.gp)
    screen = seat(county.gp)
    screen.opens("referrals:list").sees(county.resident.name)
    page, address = screen.page, screen.page.url

    # When the database goes away and she filters
    def away(*_args, **_kwargs):
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as broken:
        broken.setattr(selectors, "rows_from", away)
        page.locator(".tm-chips a:not([aria-current])").first.click()

        # Then it is said above the list, which stays, at its address
        page.locator("#tm-notices").get_by_text("暂时连不上数据库").wait_for()
        screen.sees(county.resident.name)
        assert page.url == address
    assert len(screen.failures) == 1
    screen.failures.clear()

    # And when it is back, the same press filters
    page.locator(".tm-chips a:not([aria-current])").first.click()
    page.wait_for_url("**/referrals/?*")
    screen.looks()


def test_a_list_with_nothing_in_it_says_so(county, seat):
    # Given a county in which nothing has happened yet; then each list has rows, or says that it has none
    bare = []
    for role, names in LISTS.items():
        screen = seat(county.world.actor(role))
        for name in names:
            assert screen.opens(name).status == 200, f"{name}: {screen.status}"
            rows = screen.page.locator("#tm-main tbody tr, #tm-main .tm-number, #tm-main .tm-tree-head").count()
            if not rows and not screen.page.locator("#tm-main .tm-empty").count():
                bare.append(f"{name} as {role}")
    assert not bare, f"neither rows nor a word that there are none: {bare}"


def test_paper_carries_the_matter_and_not_the_screen(county, seat):
    # Given a referral on the screen
    referral = county.booked(by=county.gp)
    screen = seat(county.specialist)
    screen.opens("referrals:detail", referral.id)

    # When she prints the page
    screen.page.emulate_media(media="print")

    # Then the menus and buttons stay behind, and it fits on two sheets
    for chrome in (".tm-side", ".tm-top", ".tm-bottom", "#tm-main .btn"):
        assert not screen.page.locator(chrome).locator("visible=true").count(), f"{chrome} is printed"
    screen.sees(county.resident.name)
    sheets = len(re.findall(rb"/Type\s*/Page\b", screen.page.pdf(format="A4")))
    assert 1 <= sheets <= 2, f"{sheets} sheets"
