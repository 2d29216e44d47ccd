"""`tongmai check …`: prove that what is stored is whole.  Each app proves its own; here they are listed."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable

WHAT = {
    "seals": "no sealed event or opening of a record was changed, removed or put in",
    "capacity": "the counters of places say what the bookings say",
    "counters": "every other stored number is what its rows say",
    "states": "every state is what the last step of its history led to",
    "orphans": "no row names something that is not there, or somebody else's",
    "images": "every image has its file with its hash, every file its row",
    "outbox": "no event is stuck",
    "policies": "every policy has a value today and for the coming twelve months",
}
Proof = Callable[[], Iterable[object]]
SHOWN = 20  # findings of one check that a terminal gets to see


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "; ".join(f"{name}: {promise}" for name, promise in WHAT.items())
    parser.add_argument("what", choices=[*WHAT, "all"], nargs="?", default="all")
    parser.add_argument("--deploy", action="store_true", help="instead: what keeps this installation from real use")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--link", default="", help="the end of the chain as noted elsewhere: NUMBER:HEX")


def run(options: argparse.Namespace) -> int:
    """Print the findings; exit 1 when there is one."""
    import django

    django.setup()
    from tongmai.config import deploying

    if options.deploy:
        found = {"deploy": [str(each) for each in deploying.findings()]}
        if not deploying.pending_migrations():
            found["second factors"] = [str(each) for each in deploying.not_enrolled()]
    elif pending := deploying.pending_migrations():
        found = {"migrations": [f"{name} is not applied; run `tongmai manage migrate` first" for name in pending]}
    else:
        found = prove(options.what, link=options.link)
    if options.json:
        json.dump({"findings": found}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        tell(found)
    return 1 if any(found.values()) else 0


def prove(what: str = "all", *, link: str = "") -> dict[str, list[str]]:
    """Return the findings by check; an empty list means that all is well."""
    proofs = _proofs(link)
    wanted = proofs if what == "all" else {what: proofs[what]}
    return {name: [str(finding) for proof in each for finding in proof()] for name, each in wanted.items()}


def _proofs(link: str) -> dict[str, tuple[Proof, ...]]:
    """The register: which app proves what."""
    from django.utils import timezone

    from tongmai.care.critical_values import checks as critical_values
    from tongmai.care.diagnostics import checks as diagnostics
    from tongmai.care.family_doctors import checks as family_doctors
    from tongmai.care.referrals import checks as referrals
    from tongmai.commons.capacity import checks as capacity
    from tongmai.commons.encounters import checks as encounters
    from tongmai.commons.imaging import checks as imaging
    from tongmai.commons.recognition import checks as recognition
    from tongmai.commons.resident_requests import checks as resident_requests
    from tongmai.commons.residents import checks as residents
    from tongmai.commons.results import checks as results
    from tongmai.config import referring
    from tongmai.exchange import checks as exchange
    from tongmai.foundation.audit import checks as audit
    from tongmai.foundation.audit import noting, seals
    from tongmai.foundation.orgs import checks as orgs
    from tongmai.kernel.months import local_day

    now = timezone.now()
    noted = seals.Link.parse(link) if link else None
    apps = (
        audit, orgs, residents, encounters, results, imaging, recognition, resident_requests, capacity, critical_values, diagnostics,
        family_doctors, referrals, referring, exchange,
    )  # fmt: skip
    return {
        "seals": (lambda: seals.check(now=now, noted=noted), noting.check),
        "capacity": (capacity.compare_counters,),
        "counters": tuple(app.counters for app in apps if hasattr(app, "counters")),
        "states": tuple(app.states for app in apps if hasattr(app, "states")),
        "orphans": tuple(app.orphans for app in apps if hasattr(app, "orphans")),
        "images": (imaging.files,),
        "outbox": (lambda: audit.stuck(now),),
        "policies": (lambda: orgs.policies(local_day(now)),),
    }


def tell(found: dict[str, list[str]]) -> None:
    """Print what was found, for people."""
    for name, findings in found.items():
        sys.stdout.write(f"{name}: {'ok' if not findings else f'{len(findings)} finding(s)'}\n")
        sys.stdout.writelines(f"  {finding}\n" for finding in findings[:SHOWN])
        if len(findings) > SHOWN:
            sys.stdout.write(f"  … and {len(findings) - SHOWN} more; --json lists them\n")
