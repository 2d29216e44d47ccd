"""Builds the demonstration: the county's organisations and people, then six weeks of days, one after the other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tongmai.care.referrals import services as referrals
from tongmai.config.demo import (
    accounts,
    codes,
    critical,
    diagnostics,
    ecg,
    images,
    offers,
    places,
    prices,
    recognised,
    recognition,
    residents,
    staffing,
    stage,
    systems,
)
from tongmai.config.demo.accounts import Account
from tongmai.config.demo.cast import Cast
from tongmai.config.demo.clock import Diary, at
from tongmai.config.demo.county import County
from tongmai.config.demo.days import Days, Town
from tongmai.config.demo.staffing import Hiring
from tongmai.config.jobs import JOBS
from tongmai.config.progress import progress
from tongmai.foundation.audit import worker
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Alliance, Org
from tongmai.foundation.orgs.roles import Role

WEEKS = 6
AHEAD_DAYS = 21


@dataclass(frozen=True)
class Size:
    """How much there is: clinics that take part in each town, residents of each, visits and bookings a day; whether a
    hospital's own system sends messages.
    """

    clinics_per_town: int = 2
    residents_per_clinic: int = 18
    visits_a_day: int = 17
    bookings_a_day: int = 22
    has_messages: bool = True


def build(county: County, *, now: datetime, size: Size, password: str, seed: int = 7) -> list[Account]:
    """Build everything in an empty database, ending at `now`; return the accounts to sign in with."""
    random = Random(seed)
    first_day = (now - timedelta(weeks=WEEKS)).date()
    before = at(first_day, 6)
    orgs = places.build(county, now=before)
    cast, hiring = staffing.build(county, orgs, now=before, random=random)
    towns = _towns(county, cast, size)
    opened = accounts.open_staff(cast, hiring, _stage(cast, towns), password)
    _sign_ins(cast, hiring, towns)
    offers.build(county, cast, days=WEEKS * 7 + AHEAD_DAYS, now=before, random=random)
    _catalogues(cast, before, random)
    prices.build(cast, now=before)
    residents.build(cast, towns, per_clinic=size.residents_per_clinic, now=at(first_day, 7), random=random)
    opened.append(_resident(hiring, towns[0], password))
    _play(cast, towns, size, random, now=now)
    codes.build(cast, towns, now=now, random=Random(seed))
    critical.build(cast, towns, now=now, random=Random(seed))
    diagnostics.build(cast, towns, now=now)
    images.build(towns, now=now)
    ecg.build(cast, towns, now=now)
    recognition.build(cast, towns, now=now)
    recognised.build(cast, towns, now=now)
    if size.has_messages:
        systems.build(towns, now=now, random=Random(seed))
    return opened


def _towns(county: County, cast: Cast, size: Size) -> list[Town]:
    """Return the towns of the county communities, each with those of its clinics that take part."""
    clinics_of: dict[str, list[Org]] = {}
    for clinic in county.clinics():
        parent = county.parent_of(clinic)
        if parent:
            clinics_of.setdefault(parent.key, []).append(cast.orgs[clinic.key])
    return [
        Town(cast.orgs[f.key], cast.orgs[group.lead], clinics_of[f.key][: size.clinics_per_town], [])
        for group in county.groups
        if group.form == "county_community"
        for f in county.members_of(group)
        if f.level == "township" and clinics_of.get(f.key)
    ]


def _sign_ins(cast: Cast, hiring: Hiring, towns: list[Town]) -> None:
    """Give a sign-in to whoever acts in the play; the demonstration's own accounts come later and may be the same people."""
    leads = {town.lead.id for town in towns}
    acting = {*leads, *(town.centre.id for town in towns), *(c.id for town in towns for c in town.clinics)}
    posts = [post for (org_id, _), held in cast.posts.items() if org_id in acting for post in held]
    for post in progress(posts, "accounts"):
        hiring.sign_in(post)


def _catalogues(cast: Cast, now: datetime, random: Random) -> None:
    """Each county community starts with the starter catalogue of referral diseases."""
    for alliance in Alliance.objects.filter(form=Alliance.Form.COUNTY_COMMUNITY):
        lead = alliance.memberships.get(part="lead", ends_before=None).org_id
        by = cast.actor(lead, Role.REFERRAL_COORDINATOR, now, random=random)
        referrals.load_starter(alliance_id=alliance.id, by=by)


def _stage(cast: Cast, towns: list[Town]) -> dict[str, Org]:
    """Return the organisations at which the demonstration's accounts work, by the words of accounts.WHO."""
    first, *others = _on_stage(towns)
    second = others[0] if others else first
    return {
        "village": first.clinics[0],
        "township": first.centre,
        "lead": first.lead,
        **_other(first, second),
        **{org.kind: org for org in cast.orgs.values() if org.kind != Org.Kind.FACILITY},
    }


def _on_stage(towns: list[Town]) -> list[Town]:
    """Return the towns at which the demonstration's accounts work: the first, and one of another lead, or the last."""
    first = towns[0]
    second = next((town for town in towns if town.lead.id != first.lead.id), towns[-1])
    return [first] if second is first else [first, second]


def _other(first: Town, second: Town) -> dict[str, Org]:
    """Return where the second chain's people work; a county of one group or one town has fewer of them."""
    other = {}
    if second.lead.id != first.lead.id:
        other["lead2"] = second.lead
    if second.centre.id != first.centre.id:
        other |= {"village2": second.clinics[0], "township2": second.centre}
    return other


def _resident(hiring: Hiring, town: Town, password: str) -> Account:
    grown = next(patient for patient in town.patients if patient.has_family_doctor and 40 < patient.age < 70)
    child = next((patient for patient in town.patients if patient.age < 14), None)
    if child is not None:
        accounts.open_family(hiring, grown.id, grown.name, child_id=child.id, relation="grandparent")
    return accounts.open_resident(hiring, grown.id, grown.name, password)


def _play(cast: Cast, towns: list[Town], size: Size, random: Random, *, now: datetime) -> None:
    diary = Diary(ends_before=now)
    days = Days(
        random=random, cast=cast, diary=diary, towns=towns, visits_a_day=size.visits_a_day,
        bookings_a_day=size.bookings_a_day,
    )  # fmt: skip
    days.plan_repair(now)
    days.plan_last(now)
    stage.set_up(days, _on_stage(towns), now=now)
    n_days = WEEKS * 7 + 1
    for n in progress(range(n_days), "days"):
        day = (now - timedelta(days=n_days - 1 - n)).date()
        days.plan(day)
        evening = min(at(day, 24), now)
        diary.play(evening)
        while worker.deliver_due(now=evening, actor=Actor.system):
            pass
        worker.run_jobs(JOBS, now=evening, actor=Actor.system)
