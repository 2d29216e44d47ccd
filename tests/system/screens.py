"""One person's screen, in the words of a story: she opens, sees, fills in, presses.

Every page that is opened or arrived at is checked for accessibility and for not being wider than its screen.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.urls import reverse

PICTURES = Path(__file__).resolve().parent / "pictures"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


class Screen:
    """A page of the browser and what its reader does there."""

    def __init__(self, page: Any, root: str, axe: Callable[..., None]) -> None:
        self.page, self.root, self.axe = page, root, axe
        self.status = 0
        page.on("response", self._note_failures)
        self.failures: list[str] = []

    def _note_failures(self, response: Any) -> None:
        if response.status >= 500:
            self.failures.append(f"{response.status} {response.url}")

    def opens(self, name: str, *args: Any, query: str = "") -> "Screen":
        """Go to a page by the name of its address."""
        return self.goes_to(reverse(name, args=args) + query)

    def goes_to(self, path: str) -> "Screen":
        self.status = self.page.goto(self.root + path).status
        assert self.status < 500, f"{path}: {self.status}"
        if self.status < 400:
            self.looks()
        return self

    def looks(self) -> None:
        """Judge the page as it stands: nothing failed, nothing inaccessible, nothing wider than the screen."""
        self.page.wait_for_load_state("networkidle")
        assert not self.failures, self.failures
        self.axe(self.page)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"

    def is_refused(self, name: str, *args: Any, status: int = 404) -> None:
        """The page answers as if there were nothing."""
        self.opens(name, *args)
        assert self.status == status, f"{self.page.url}: {self.status}"

    def sees(self, *texts: str) -> "Screen":
        for text in texts:
            self.page.locator("#tm-main").get_by_text(text).locator("visible=true").first.wait_for()
        return self

    def sees_not(self, *texts: str) -> "Screen":
        shown = self.page.inner_text("#tm-main")
        for text in texts:
            assert text not in shown, f"{text} on {self.page.url}"
        return self

    def fills(self, label: str, value: str) -> "Screen":
        self.page.get_by_label(_label(label)).locator("visible=true").first.fill(value)
        return self

    def chooses(self, label: str, option: str) -> "Screen":
        self.page.get_by_label(re.compile(f"^{re.escape(label)}")).locator("visible=true").first.select_option(
            label=option
        )
        return self

    def picks(self, box: str, typed: str, row: str) -> "Screen":
        """Type into the picker whose box has the id `box`, and take the row that says `row`."""
        field = self.page.locator(f"#{box}")
        field.click()
        field.press_sequentially(typed)
        self.page.locator(f"#{box}-list [role=option]").filter(has_text=row).first.click()
        return self

    def finds(self, typed: str, name: str) -> "Screen":
        """Search for somebody with the keyboard alone, and open what is found."""
        self.page.keyboard.press("Control+k")
        self.page.keyboard.type(typed)
        self.page.locator("#tm-search-found [role=option]").filter(has_text=name).first.wait_for()
        self.page.keyboard.press("ArrowDown")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()
        return self.sees(name)

    def ticks(self, label: str) -> "Screen":
        self.page.get_by_label(label, exact=False).first.check()
        return self

    def unfolds(self, text: str) -> "Screen":
        self.page.locator("summary").filter(has_text=text).first.click()
        return self

    def presses(self, label: str, *, within: str = "#tm-main") -> "Screen":
        """Press the button that says `label`, and look at the page it leads to."""
        button = self.page.locator(within).get_by_role("button", name=label, exact=True).locator("visible=true").first
        with self.page.expect_navigation() as arrived:
            button.click()
        return self._arrives(arrived.value)

    def _arrives(self, response: Any) -> "Screen":
        """A form that comes back with its mistakes (422) is a page like any other; a refusal is not what was meant."""
        self.status = response.status
        assert self.status < 400 or self.status == 422, f"{self.status}: {self.page.inner_text('#tm-main')}"
        self.looks()
        return self

    def presses_and_says(self, label: str, reason: str = "") -> "Screen":
        """Press a button that asks first; answer with a reason where it wants one."""
        self.page.locator("#tm-main").get_by_role("button", name=label, exact=True).locator(
            "visible=true"
        ).first.click()
        dialog = self.page.locator("dialog[open]")
        dialog.wait_for()
        if reason:
            dialog.locator("textarea, input[type=text]").first.fill(reason)
        with self.page.expect_navigation() as arrived:
            dialog.get_by_role("button", name="确定").click()
        return self._arrives(arrived.value)

    def fetches(self, name: str, *args: Any) -> bytes:
        """Return the file at an address that a page links to."""
        answer = self.page.request.get(self.root + reverse(name, args=args))
        assert answer.ok, f"{answer.url}: {answer.status}"
        return answer.body()

    def follows(self, label: str) -> "Screen":
        """Follow the link that says `label`."""
        link = self.page.locator("#tm-main").get_by_role("link", name=label).locator("visible=true").first
        with self.page.expect_navigation():
            link.click()
        self.looks()
        return self

    def keeps_picture(self, name: str) -> "Screen":
        """Keep a picture of the whole page for people to look at; no test reads it."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        return self


def _label(words: str) -> re.Pattern:
    """A label may end in the star of a required field."""
    return re.compile(rf"^\s*{re.escape(words)}\s*\*?\s*$")
