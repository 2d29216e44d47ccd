"""What `tongmai bench limit` asks: each hot request as a program or a browser sends it, and its limit line in SQL."""

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count

from tongmai.bench import limit_sql, limit_write, stage
from tongmai.care.referrals.models import Referral
from tongmai.commons.residents.models import Resident, SearchKey
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department, Org, Post, User
from tongmai.foundation.orgs.roles import Role
from tongmai.foundation.orgs.sessions import actor_in

N_ASKS = 400
N_WRITES = 20_000
_COOKIE = re.compile(r"(\w+)=([^;]*)")


@dataclass(frozen=True)
class Case:
    """One kind of request.  `ms_of_cpu`: the goal for the server, where there is one."""

    name: str
    requests: list[str]
    statements: list[dict[str, Any]]
    asks: list[dict[str, Any]]
    once: bool = False
    ms_of_cpu: float | None = None


@dataclass
class Caller:
    """Somebody signed in: the actor she is, and what her browser sends along."""

    actor: Actor
    username: str
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, port: int) -> None:
        """Sign in by the form, as people do.

        Raises:
            RuntimeError: the door stays shut.
        """
        self._take(port, "GET", "/sign-in/", None)
        said = urlencode({"username": self.username, "password": stage.PASSWORD})
        if self._take(port, "POST", "/sign-in/", said) != 302:
            raise RuntimeError(f"{self.username} could not sign in")

    def get(self, path: str) -> str:
        return f"GET {path} HTTP/1.1\r\n{self._head()}\r\n"

    def post(self, path: str, sent: dict[str, Any], **headers: str) -> str:
        body = json.dumps(sent)
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        return (
            f"POST {path} HTTP/1.1\r\n{self._head()}X-CSRFToken: {self.cookies['csrftoken']}\r\n{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def _head(self) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return f"Host: localhost\r\nCookie: {cookies}\r\n"

    def _take(self, port: int, method: str, path: str, body: str | None) -> int:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": "localhost", "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, path, body, headers | {"X-CSRFToken": self.cookies.get("csrftoken", "")})
        answer = line.getresponse()
        answer.read()
        for value in answer.headers.get_all("Set-Cookie") or ():
            if found := _COOKIE.match(value):
                self.cookies[found[1]] = found[2]
        line.close()
        return answer.status


@dataclass(frozen=True)
class People:
    """Who asks: a general practitioner with many residents, and a specialist whose hospital receives most referrals."""

    doctor: Caller
    specialist: Caller
    manager: Actor
    clinic: Department
    now: datetime


def people(now: datetime) -> People:
    """Find them in the loaded database."""
    receiver = _busiest(Referral.objects.filter(submitted_at__isnull=False, receiver__level="county"), "receiver")
    sender = _busiest(Referral.objects.filter(receiver=receiver, sender__level="township"), "sender")
    manager = _caller(receiver, Role.RESOURCE_MANAGER, now).actor
    clinic = Department.objects.filter(org=receiver, resources__kind="clinic").order_by("code").first()
    assert clinic is not None, receiver.name
    return People(
        _caller(sender, Role.GENERAL_PRACTITIONER, now), _caller(receiver, Role.SPECIALIST, now), manager, clinic, now
    )


def cases(who: People) -> Iterator[Case]:
    """Yield the hot requests; everybody in `who` has signed in."""
    doctor, specialist = who.doctor, who.specialist
    area = Org.objects.get(id=doctor.actor.org_id).division_code[:9]
    residents = list(Resident.objects.filter(village_code__startswith=area).values_list("id", flat=True)[:N_ASKS])
    asks = [_known(doctor.actor, who.now) | {"resident": str(each)} for each in residents]
    yield Case(
        "resident, API", [doctor.get(f"/api/v1/residents/{each}/") for each in residents],
        [{"sql": limit_sql.HEAD}], asks,
    )  # fmt: skip
    yield Case(
        "resident, page", [doctor.get(f"/residents/{each}/") for each in residents], [{"sql": limit_sql.PAGE}], asks
    )
    mine = [{"org": str(specialist.actor.org_id)}]
    yield Case(
        "worklist of 50, API", [specialist.get("/api/v1/referrals/?limit=50")],
        [{"sql": limit_sql.WORKLIST_BY_CREATION}], mine,
    )  # fmt: skip
    yield Case(
        "worklist of 50, page", [specialist.get("/referrals/?group=all")], [{"sql": limit_sql.WORKLIST}], mine,
        ms_of_cpu=5,
    )  # fmt: skip
    keys = sorted(set(SearchKey.objects.filter(kind="initials").values_list("key", flat=True)[: N_ASKS * 4]))
    wanted = sorted({key[:3] for key in keys})[:N_ASKS]
    yield Case(
        "search, API", [doctor.post("/api/v1/residents/search/", {"q": key, "limit": 20}) for key in wanted],
        [{"sql": limit_sql.SEARCH}], [{"prefix": f"{key}%", "county": doctor.actor.county_code} for key in wanted],
    )  # fmt: skip
    yield _accepting(who)


def _accepting(who: People) -> Case:
    """Half of the waiting referrals are accepted over HTTP, half in SQL."""
    by = who.specialist.actor
    template = (
        Referral.objects.filter(receiver_id=by.org_id, direction="up", consent__isnull=False, submitted_at__isnull=False)
        .exclude(sender__level="outside")
        .select_related("receiver")[0]
    )  # fmt: skip
    pools = limit_write.sessions(who.manager, who.clinic)
    found = limit_write.waiting(template, N_WRITES, now=who.now)
    statements = limit_write.statements(found[0], pools[0], by=by)
    kept = {name: value for each in statements for name, value in each.get("kept", {}).items()}
    placed = [each | {"pool": str(pools[i % len(pools)])} for i, each in enumerate(found[1:])]
    half = len(placed) // 2
    return Case(
        "referral accepted with a reserved place, API",
        [
            who.specialist.post(
                f"/api/v1/referrals/{each['referral']}/steps/accept", {"pool_ids": [each["pool"]]}, If_Match='"1"'
            )
            for each in placed[:half]
        ],
        [{name: value for name, value in each.items() if name != "kept"} for each in statements],
        [each | kept for each in placed[half:]],
        once=True,
    )


def _busiest(rows: Any, side: str) -> Org:
    found = rows.order_by().values(side).annotate(n=Count("id")).order_by("-n", side)[0]
    return Org.objects.get(id=found[side])


def _caller(org: Org, role: Role, now: datetime) -> Caller:
    posts = Post.objects.filter(org=org, role=role, staff__user__isnull=False).select_related("org", "staff")
    post = posts.order_by("-is_main", "id")[0]
    user = User.objects.get(staff_id=post.staff_id)
    return Caller(actor_in(post, user_id=user.id, now=now), user.username)


def _known(by: Actor, now: datetime) -> dict[str, Any]:
    """What the statements are told of the actor."""
    ids: dict[str, UUID | None] = {"user": by.user_id, "post": by.post_id, "org": by.org_id}
    plain = {name: str(value) for name, value in ids.items()}
    return plain | {
        "name": by.name, "org_name": by.org_name, "role": str(by.role), "county": by.county_code,
        "now": now.isoformat(), "today": by.today.isoformat(),
    }  # fmt: skip
