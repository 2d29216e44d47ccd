"""What the users of a bench do: the five journeys, click by click, as the pages offer them.

A journey is a generator.  It yields each click as (what the page is called, a function that clicks); between two clicks
the user thinks.  What a click brings is sent back in, so a journey reads like a story.
"""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import Random

from tongmai.bench.browser import Browser, Form, Page, Unexpected

Click = tuple[str, Callable[[], Page]]
Journey = Generator[Click, Page, None]

NOTE = "主诉同前。查体无特殊，对症处理，三日不缓解复诊。"
REASON = "基层处理后控制不佳，需专科门诊评估"
SUMMARY = "病史及基层用药见就诊记录，近两周症状反复。"


@dataclass
class Stock:
    """What all users share: people who come for the first time, and referrals on their way, by receiver."""

    newcomers: deque[dict[str, str]]
    sent: dict[str, deque[str]]
    diagnoses: list[str]


@dataclass
class User:
    """Somebody at work.  `patients` are those whom she may find and open; `to_refer` each goes up once."""

    username: str
    part: str  # doctor | village | desk
    receiver_id: str
    departments: list[str]
    patients: list[dict[str, str]]
    to_refer: deque[dict[str, str]]
    browser: Browser
    random: Random
    stock: Stock
    home: Page | None = field(default=None, repr=False)

    def sign_in(self, password: str) -> None:
        """Sign in through the page.

        Raises:
            Unexpected: the page came back.
        """
        form = self.browser.get("/sign-in/").form(having="password")
        page = self.browser.send(form, {"username": self.username, "password": password})
        if page.status != 200 or "/sign-in/" in page.address:
            raise Unexpected(f"{self.username} could not sign in: {page.status} {page.address}")
        self.home = page

    def next_journey(self) -> Journey:
        """Choose what to do next, as often as the part she plays does it."""
        return self.random.choices(list(JOURNEYS[self.part]), weights=list(JOURNEYS[self.part].values()))[0](self)

    def link(self, name: str, address: str) -> Click:
        return name, lambda: self.browser.get(address)

    def fill(self, name: str, form: Form, entered: dict[str, str], *, fragment: bool = False) -> Click:
        return name, lambda: self.browser.send(form, entered, fragment=fragment)

    def a_patient(self) -> dict[str, str]:
        return self.random.choice(self.patients)


def register(user: User) -> Journey:
    """(1) Somebody comes for the first time: register her, open a visit, write diagnosis and note, end it."""
    who = user.stock.newcomers.popleft()
    village = user.random.choice(user.patients)["village"]
    page = yield user.link("register: form", "/residents/new/")
    entered = {"id_number": who["number"], "name": who["name"], "phone": who["phone"], "village_code": village}
    page = yield user.fill("register: save", page.form(having="id_number"), entered | {"scheme": "resident"})
    if page.status == 409:  # somebody of the same name: the user has looked, and goes on
        page = yield user.fill("register: save", page.form(having="id_number"), entered | {"is_another": "on"})
    yield from _visit(user, _resident_in(page))


def _visit(user: User, resident_id: str) -> Journey:
    page = yield user.link("visit: form", f"/encounters/start/{resident_id}/")
    page = yield user.fill("visit: start", page.form(having="kind"), {"complaint": "头晕三天"})
    code = user.random.choice(user.stock.diagnoses)
    page = yield user.fill("visit: diagnosis", page.form("/diagnoses/"), {"code_0": code})
    page = yield user.fill("visit: note", page.form("/notes/", having="text"), {"text": NOTE})
    yield user.fill("visit: finish", page.form("/finish/"), {})


def find_by_number(user: User) -> Journey:
    """(2) A citizen's number is read from a card into the search box; the record opens."""
    who = user.a_patient()
    home = yield user.link("home", "/")
    page = yield user.fill("find: number", home.form("/search/", having="q"), {"q": who["number"]}, fragment=True)
    yield user.link("resident page", _found(page, who))


def find_by_name(user: User) -> Journey:
    """(3) Initials are typed into the search box, or a name into the list of residents."""
    who = user.a_patient()
    if user.random.random() < 0.5:
        home = yield user.link("home", "/")
        form = home.form("/search/", having="q")
        yield user.fill("find: two letters", form, {"q": who["initials"][:2]}, fragment=True)
        page = yield user.fill("find: letters and year", form, {"q": f"{who['initials']} {who['year']}"}, fragment=True)
    else:
        page = yield user.link("find: list", "/residents/")
        form = page.form("/residents/", having="q")
        page = yield user.fill("find: name in list", form, {"q": who["name"][:2]})
    rows = page.links("/residents/[0-9a-f-]{36}/") or _hrefs(page)
    if hers := [row for row in rows if who["id"] in row]:  # else the user would type more; others are not her patients
        yield user.link("resident page", hers[0])


def open_resident(user: User) -> Journey:
    """(4) The page of a resident is opened, and the latest visit from it."""
    page = yield user.link("resident page", f"/residents/{user.a_patient()['id']}/")
    if visits := page.links("/encounters/[0-9a-f-]{36}/"):
        yield user.link("visit page", visits[0])


def refer(user: User) -> Journey:
    """(5, below) A referral is written for one's own patient, advice is asked for as the page does, and it is sent."""
    if not user.to_refer:
        yield from open_resident(user)
        return
    who = user.to_refer.popleft()
    page = yield user.link("referral: form", f"/referrals/new/?resident={who['id']}")
    form = page.form(having="diagnosis_code")
    entered = {
        "diagnosis_code": user.random.choice(user.stock.diagnoses), "receiver_id": user.receiver_id, "reason": REASON,
        "summary": SUMMARY, "consent_relation": "self", "consent_how": "signature", "consent_name": who["name"],
    }  # fmt: skip
    advice = yield "referral: advice", lambda: user.browser.post("/referrals/new/advice/", form.fields | entered)
    department = _department(user, advice)
    page = yield user.fill("referral: send", form, entered | {"receiver_department_id": department, "send": "1"})
    if not page.address.rstrip("/").endswith(("new", "edit")):
        user.stock.sent[user.receiver_id].append(page.address)


def answer(user: User) -> Journey:
    """(5, above) The coordinator takes the oldest referral that came in, accepts it and books a free place."""
    yield user.link("referral: board", "/referrals/")
    try:
        address = user.stock.sent[user.receiver_id].popleft()
    except IndexError:
        return
    page = yield user.link("referral: page", address)
    page = yield user.link("referral: free places", f"{address}book/")
    form = page.form(having="seen_version")
    places = form.choices.get("pool_ids") or [""]
    if not places[0]:
        raise Unexpected("no free place is offered")
    page = yield user.fill("referral: accept and book", form, {"pool_ids": user.random.choice(places)})
    if "/book/" in page.address:
        raise Unexpected("the booking did not go through")


JOURNEYS: dict[str, dict[Callable[[User], Journey], int]] = {
    "doctor": {register: 20, find_by_number: 20, find_by_name: 20, open_resident: 25, refer: 15},
    "village": {register: 20, find_by_number: 25, find_by_name: 25, open_resident: 30},
    "desk": {answer: 100},
}


def _found(page: Page, who: dict[str, str]) -> str:
    rows = _hrefs(page)
    if not any(who["id"] in row for row in rows):
        raise Unexpected(f"the search by number found {len(rows)} others")
    return rows[0]


def _hrefs(page: Page) -> list[str]:
    """The rows of the search box are chosen by script; they carry their address as data."""
    return [part.partition('"')[0] for part in page.text.split('data-href="')[1:]]


def _resident_in(page: Page) -> str:
    parts = page.address.split("/")
    if len(parts) < 3 or parts[1] != "residents" or len(parts[2]) != 36:
        raise Unexpected(f"registered, but came to {page.address} ({page.status})")
    return parts[2]


def _department(user: User, advice: Page) -> str:
    """A department of the receiver that offers clinics, among those that the advice offers."""
    offered = set(Form.of({}, advice.text, "/").choices.get("receiver_department_id", []))
    fitting = sorted(offered & set(user.departments))
    if not fitting:
        raise Unexpected("the advice offers no department with a clinic")
    return user.random.choice(fitting)
