"""Examinations without a mouse: a scanner finds the order, and a whole reading needs the keyboard alone."""

import pytest

from tongmai.care.diagnostics import services as diagnostics
from tongmai.care.diagnostics.tests.factories import Centre
from tongmai.foundation.orgs.actors import Actor


@pytest.fixture
def centre(county):
    made = Centre(county.world, county.resident)
    diagnostics.load_starter(by=Actor.system(now=county.world.now))
    return made


def _presses(screen, key: str) -> None:
    with screen.page.expect_navigation():
        screen.page.keyboard.press(key)
    screen.looks()


@pytest.mark.parametrize("who", ["technician", "reader"])
def test_a_scanned_number_opens_the_order(centre, seat, who):
    order = centre.sent()
    screen = seat(getattr(centre, who))
    screen.opens("diagnostics:list").keeps_picture(f"examination-list-{who}")
    # A scanner is a keyboard that types fast and ends with Enter, wherever the focus is
    screen.page.keyboard.type(order.number[:-1])
    _presses_last(screen, order.number[-1])
    screen.sees(order.number, order.item_name)


def _presses_last(screen, last: str) -> None:
    screen.page.keyboard.type(last)
    _presses(screen, "Enter")


def test_a_reading_from_the_queue_to_the_next_by_keyboard_alone(centre, seat):
    # Given two examinations that wait
    first, second = centre.sent(), centre.sent(item_code="ct-head")
    reader = seat(centre.reader)
    keys = reader.page.keyboard

    # She takes the next one, chooses a template, writes, and submits while taking the next
    reader.opens("diagnostics:list")
    _presses(reader, "Alt+n")
    keys.press("Alt+m")
    keys.press("Tab")
    _presses(reader, "Enter")
    assert "template=" in reader.page.url
    keys.press("Control+End")
    keys.type("右下肺可见斑片影。")
    _tabs_to(reader.page, "conclusion")
    keys.press("Control+a")
    keys.type("右下肺感染可能。")
    _presses(reader, "Alt+n")
    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.state, second.state} == {"preliminary", "claimed"}
    done = first if first.state == "preliminary" else second

    # The second person finds it in her list, opens it and verifies
    other = seat(centre.second)
    other.opens("diagnostics:list", query="?box=verify")
    other.page.keyboard.press("j")
    _presses(other, "Enter")
    other.sees("右下肺感染可能。")
    _presses(other, "Alt+s")
    done.refresh_from_db()
    assert done.state == "published" and done.versions.get().conclusion == "右下肺感染可能。"


def _tabs_to(page, element_id: str, most: int = 20) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == element_id:
            return
    raise AssertionError(f"{element_id} is not reached by Tab")
