"""`tongmai bench dicomweb`: searching 100,000 studies and reading frames over DICOMweb.

A new database is filled with people and studies.  Searches go through the whole application (session, middleware, basis,
JSON) but no socket.  Frames are read over a socket, too (`dicomweb_served.py`), against the same bytes from the same
server program without any check, and against a bare read of the files in one process, which no server can reach.
"""

import argparse
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from tongmai.bench import apart, databases, dicomweb_bare, dicomweb_pacs, dicomweb_served, postgres, results, timing
from tongmai.bench.dicomweb_served import Shown
from tongmai.bench.results import Figure, Result

SEARCH_MS, LEAST_SHARE, FIRST_IMAGE_MS = 100, 0.6, 1000
SLICES = 40
WARM_UP = 10
_LIMITS = {"read": "a bare read of the files", "http": "the same bytes over HTTP without a check"}


def run(options: argparse.Namespace) -> int:
    """Load, measure and publish; 1 where a goal is missed."""
    started, at = time.monotonic(), datetime.now().astimezone()
    plan = {"studies": options.studies, "queries": options.queries, "seed": options.seed, "is_served": True}
    settings = postgres.DURABLE | postgres.memory_settings(databases.memory_mb())
    found = apart.on_new_database("tongmai.bench.dicomweb", plan, kind=options.on, settings=settings)
    figures = [
        Figure(
            f"QIDO-RS {each['what']}, p95, {plan['studies']:,} studies", f"{each['p95_ms']:.1f} ms (p50 {each['p50_ms']:.1f} ms)",
            f"≤ {SEARCH_MS} ms", each["p95_ms"] <= SEARCH_MS,
        )
        for each in found["searches"]
    ]  # fmt: skip
    figures += [
        Figure(
            f"one frame inside of the process, of {each['what']}", f"{each['ms']:.2f} ms; bare read of the file {each['bare_ms']:.2f} ms"
        )
        for each in found["frames"]
    ]  # fmt: skip
    for each in found["served"]:
        figures += _served(each)
    figures += _on_a_pacs(found["pacs"])
    figures.append(Figure("loading", f"{found['load_seconds']:.0f} s"))
    result = Result(
        bench="dicomweb", at=at, seconds=time.monotonic() - started, figures=figures, facts={"plan": plan} | found,
        database=options.on, settings=dict(settings) if options.on == "postgres" else {},
    )  # fmt: skip
    results.publish(result, save=options.save, as_json=options.json)
    return 0 if all(figure.is_met is not False for figure in figures) else 1


def _served(each: dict[str, Any]) -> list[Figure]:
    """Return the lines of one series over a socket: frame by frame and whole, against both limit lines."""
    lines = []
    for where, called in (("disk", "from the disk"), ("memory", "from memory")):
        took = each[where]
        for name, what in (("frames", "WADO-RS frame by frame"), ("series", "WADO-RS, the whole series at once")):
            rate = f"{each['n'] / took[name]:.0f} frames/s, {each['mb'] / took[name]:.0f} MB/s"
            for limit, limited in _LIMITS.items():
                share = took[limit] / took[name]
                said = f"{rate}; the limit {each['mb'] / took[limit]:.0f} MB/s; ratio {share:.2f}"
                line = f"{what}, {each['what']} {called}, to {limited}"
                lines.append(Figure(line, said, f"≥ {LEAST_SHARE:.2f}", share >= LEAST_SHARE))
    if looks := each["first_image_ms"]:
        said = f"{median(looks):.0f} ms (first look {looks[0]:.0f} ms)"
        lines.append(
            Figure(
                f"first image in the browser, {each['what']}",
                said,
                f"≤ {FIRST_IMAGE_MS} ms",
                max(looks) <= FIRST_IMAGE_MS,
            )
        )
    return lines


def _on_a_pacs(found: list[dict[str, Any]] | None) -> list[Figure]:
    """Return the lines of the first picture where Orthanc keeps the images."""
    if found is None:
        return [Figure("first image in the browser, images on Orthanc", "not measured: it is not installed")]
    return [
        Figure(
            f"first image in the browser, {each['what']}, images on Orthanc, {called}",
            f"{median(each[way]):.0f} ms (slowest of {len(each[way])}: {max(each[way]):.0f} ms)",
            f"≤ {FIRST_IMAGE_MS} ms",
            max(each[way]) <= FIRST_IMAGE_MS,
        )
        for each in found
        for way, called in (("anew", "asked anew"), ("copy", "from the copy"))
        if each[way]
    ]


def measured(plan: dict[str, Any]) -> dict[str, Any]:
    """Fill the database of the settings, which has its tables and nothing else, and return the times."""
    from django.test import Client
    from django.utils import timezone

    from tongmai.foundation.orgs.roles import Role
    from tongmai.foundation.orgs.tests import factories as orgs

    now, begun = timezone.now(), time.monotonic()
    world = orgs.county_world(now=now)
    people = _filled(plan, world, now)
    databases.rest()
    load_seconds = time.monotonic() - begun
    browser = Client()
    orgs.sign_in_as(browser, Role.SPECIALIST, org=world.lead)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    shown = _stored(world, people[0])
    draw = Random(plan["seed"])

    def search(query: Callable[[int], str]) -> Callable[[int], Any]:
        return lambda _i: browser.get(f"/dicom-web/studies?limit=50&{query(draw.randrange(plan['studies']))}")

    searches = {
        "the latest": lambda n: "", "by a Chinese name": lambda n: f"PatientName={people[n % len(people)].name}",
        "by its beginning": lambda n: f"PatientName={people[n % len(people)].name[:2]}*",
        "by pinyin": lambda n: "PatientName=zhangsan*", "by patient number": lambda n: f"PatientID=P{n % len(people):06}",
        "by accession number": lambda n: f"AccessionNumber=A{n:07}", "by a span of days and a modality": _days(now),
        "page 20": lambda n: "offset=1000",
    }  # fmt: skip
    return {
        "load_seconds": load_seconds,
        "searches": [{"what": what} | _timed(search(query), plan["queries"]) for what, query in searches.items()],
        "frames": _frames(plan, browser, shown),
        "served": dicomweb_served.measured(shown, cookies) if plan["is_served"] else [],
        "pacs": _pacs(plan, world, people[0], cookies),
    }


def _pacs(plan: dict[str, Any], world: Any, person: Any, cookies: dict[str, str]) -> list[dict[str, Any]] | None:
    if not plan["is_served"]:
        return []
    return dicomweb_pacs.measured(_made("B3"), world, person, cookies) if dicomweb_pacs.is_installed() else None


def _made(stem: str) -> dict[str, list[bytes]]:
    from tongmai.commons.imaging import phantom

    series, film = phantom.Of(order_number=f"{stem}1"), phantom.Of(order_number=f"{stem}2")
    return {
        f"{SLICES} slices of a CT, 512²": list(phantom.ct(series, n_slices=SLICES, size=512)),
        "a film of 2048²": [phantom.chest(film, modality="CR", n_rows=2048, n_columns=2048)],
    }


def _days(now: datetime) -> Callable[[int], str]:
    def query(n: int) -> str:
        first = now - timedelta(days=n % 3000)
        return f"StudyDate={first - timedelta(days=7):%Y%m%d}-{first:%Y%m%d}&ModalitiesInStudy=CT"

    return query


def _filled(plan: dict[str, Any], world: Any, now: datetime) -> list[Any]:
    """Write people, and ten studies of each; return the people."""
    people = _people(plan, world, now)
    _studies(plan["studies"], people, world, now)
    return people


def _people(plan: dict[str, Any], world: Any, now: datetime) -> list[Any]:
    from tongmai.commons.residents.models import KnownTo, Resident, SearchKey
    from tongmai.foundation.orgs.tests.factories import COUNTY
    from tongmai.kernel import pinyin

    draw, n_people = Random(plan["seed"]), max(plan["studies"] // 10, 1)
    parts = ("王李张刘陈杨黄赵周吴", "伟芳娜敏静丽强磊军洋", "勇艳杰娟涛明超秀霞平")
    names = ["".join(draw.choice(part) for part in parts) for _ in range(n_people)]
    people = Resident.objects.bulk_create(
        [
            Resident(name=name, sex="female", born_on=now.date(), county_code=COUNTY, registered_at=now)
            for name in names
        ],
        batch_size=2000,
    )
    keys = []
    for who in people:
        said = pinyin.keys(who.name)
        keys += [
            SearchKey(resident=who, kind="name", key=who.name),
            SearchKey(resident=who, kind="full", key=said.full[0]),
        ]
    SearchKey.objects.bulk_create(keys, batch_size=5000)
    KnownTo.objects.bulk_create(
        [KnownTo(resident=who, org=world.lead, via="encounter", since=now) for who in people], batch_size=5000
    )
    return people


def _studies(n_studies: int, people: list[Any], world: Any, now: datetime) -> None:
    """Write the studies, with one series and one instance each."""
    from tongmai.commons.imaging.models import Instance, Series, Study
    from tongmai.commons.imaging.phantom import uid

    n_people = len(people)
    studies = Study.objects.bulk_create(
        [
            Study(
                uid=uid("bench", n), resident=people[n % n_people], org=world.lead, order_number=f"A{n:07}", modality="DX" if n % 3 else "CT",
                description="胸部", studied_at=now - timedelta(minutes=40 * n), said_accession=f"A{n:07}",
                said_number=f"P{n % n_people:06}", said_name=people[n % n_people].name, received_at=now, linked_at=now,
            )
            for n in range(n_studies)
        ],
        batch_size=2000,
    )  # fmt: skip
    series = Series.objects.bulk_create(
        [Series(uid=f"{row.uid}.1", study=row, modality=row.modality, number=1, received_at=now) for row in studies],
        batch_size=5000,
    )
    Instance.objects.bulk_create(
        [
            Instance(sop_uid=f"{row.uid}.1", series=row, sop_class="1.2", transfer_syntax="1.2", sha256="0" * 64, n_bytes=1, received_at=now)
            for row in series
        ],
        batch_size=5000,
    )  # fmt: skip


def _stored(world: Any, person: Any) -> list[Shown]:
    """Store a CT series and a film of a person who lies in the hospital."""
    from django.urls import reverse

    from tongmai.commons.encounters.models import Encounter
    from tongmai.commons.imaging import selectors
    from tongmai.commons.imaging.archive import archive
    from tongmai.commons.imaging.models import Study

    now = world.now
    Encounter.objects.create(resident=person, org=world.lead, kind="inpatient", state="in_progress", started_at=now)
    found = []
    for what, contents in _made("B").items():
        said = dicomweb_pacs.kept(contents, world, person)
        study = Study.objects.get(uid=said.study_uid)
        series = f"/dicom-web/studies/{said.study_uid}/series/{said.series_uid}"
        rows = selectors.instances_of(study)
        paths = [archive().path(selectors.place_of(study, row)) for row in rows]
        lengths = [row.n_rows * row.n_columns * 2 for row in rows]
        files = [(str(path), path.stat().st_size - n, n) for path, n in zip(paths, lengths, strict=True)]
        addresses = [f"{series}/instances/{row.sop_uid}/frames/1" for row in rows]
        found.append(Shown(what, addresses, series, files, reverse("imaging:study", args=[study.id])))
    return found


def _frames(plan: dict[str, Any], browser: Any, shown: list[Shown]) -> list[dict[str, Any]]:
    """Read one frame of each, without a socket, and the same bytes from its file."""
    found = []
    for each in shown:
        address, file = each.addresses[0], each.files[0]
        ours = _timed(lambda _i, address=address: b"".join(browser.get(address)), plan["queries"])
        bare = _timed(lambda _i, file=file: dicomweb_bare.read(*file), plan["queries"])
        found.append({"what": each.what, "ms": ours["p50_ms"], "bare_ms": bare["p50_ms"], "mb": file[2] / 1e6})
    return found


def _timed(ask: Callable[[int], Any], times: int) -> dict[str, float]:
    def answered(i: int) -> None:
        answer = ask(i)
        assert getattr(answer, "status_code", 200) in (200, 204), answer

    taken = timing.taken(answered, times, warm_up=WARM_UP)
    return {"p50_ms": taken.p50, "p95_ms": taken.p95}


if __name__ == "__main__":
    apart.answer(measured)
