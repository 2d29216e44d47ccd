"""What becomes of a folder of messages and documents, counted: the table of docs/receiving-messages.md.

python -m tools.received FOLDER    try every message (.hl7) and document (.xml) below FOLDER on a new county, and write the table

Every sender is entered as a system of the county hospital first: that a stranger's messages wait is known.
"""

import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "receiving-messages.md"
OF_THE_MESSAGE = {"name", "said", "kind"}  # facts of a fault that would make each message its own line
BEGIN, END = "<!-- received: begin -->", "<!-- received: end -->"


def main(folder: Path) -> int:
    with tempfile.TemporaryDirectory() as var:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tongmai.config.settings", "TONGMAI_DEMO": "1", "TONGMAI_VAR": var,
            "TONGMAI_DATABASE": f"sqlite:{var}/received.sqlite3",
        }  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        text = table(folder)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(put(page, text), encoding="utf-8")
    sys.stdout.write(text + "\n")
    return 0


def put(page: str, text: str) -> str:
    """Return the page with this table in its place."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.S)


def table(folder: Path) -> str:
    """Take in every file, in the order of their names, into the database that is set up; return what became of them."""
    from tongmai.foundation.catalog.tests import factories as catalog
    from tongmai.foundation.orgs.tests import factories as orgs

    world = orgs.county_world()
    orgs.kinds()
    catalog.edition(rows=[("I20.0", "不稳定性心绞痛"), ("I63.9", "脑梗死")])
    from tongmai.exchange import formats

    files = sorted(path for path in folder.rglob("*") if path.suffix.lower().lstrip(".") in formats.ENDINGS)
    _enter_senders(files, world)
    return _table([_taken_in(path, world) for path in files])


def _enter_senders(files: list[Path], world) -> None:
    from tongmai.exchange import formats
    from tongmai.exchange.hl7v2.faults import Fault
    from tongmai.exchange.models import SourceSystem

    for path in files:
        raw = path.read_bytes()
        read = formats.opened(raw, formats.format_of(raw))
        if not isinstance(read, Fault) and (application := read.application[:180]):
            values = {"name": application[:80], "org": world.lead, "registered_at": world.now}
            SourceSystem.objects.get_or_create(application=application, facility="*", defaults=values)


def _taken_in(path: Path, world) -> tuple[str, str, str, str]:
    """Return (kind, state, what it did or what was wrong first, where).

    Each file meets the county as it was in the beginning: collections use one control id and one patient again and again.
    """
    from django.db import transaction

    with transaction.atomic():
        try:
            return _outcome(path, world)
        finally:
            transaction.set_rollback(True)


def _outcome(path: Path, world) -> tuple[str, str, str, str]:
    from tongmai.exchange import wording
    from tongmai.exchange.services import messages
    from tongmai.foundation.orgs.actors import Actor

    row, _ = messages.take_in(path.read_bytes(), by=Actor.system(now=world.now), file_name=path.name)
    if row.state == "done":
        return row.kind, row.state, wording.OUTCOMES[row.outcome], ""
    fault = row.faults.first()
    facts = {name: value for name, value in fault.facts.items() if name not in OF_THE_MESSAGE}
    problem = wording.said(wording.MESSAGES, fault.what, facts)[0]
    return row.kind, row.state, problem, fault.location


def _table(found: list[tuple[str, str, str, str]]) -> str:
    states = Counter(state for _, state, _, _ in found)
    lines = [
        f"{len(found)} files: **{states['done']} applied, {states['held']} held, {states['rejected']} refused.**", "",
        "| what became of it | reason, or what it did | place | kinds | n |", "| --- | --- | --- | --- | ---: |",
    ]  # fmt: skip
    words = {"done": "applied", "held": "held", "rejected": "refused"}
    groups: dict[tuple[str, str, str], Counter[str]] = {}
    for kind, state, what, place in found:
        groups.setdefault((state, what, place), Counter())[kind or "—"] += 1
    order = {state: i for i, state in enumerate(words)}
    for (state, what, place), kinds in sorted(groups.items(), key=lambda g: (order[g[0][0]], -g[1].total(), g[0])):
        named = ", ".join(f"{kind}{f' ×{n}' if n > 1 else ''}" for kind, n in sorted(kinds.items()))
        lines.append(f"| {words[state]} | {what} | {place} | {named} | {kinds.total()} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m tools.received FOLDER")
    sys.exit(main(Path(sys.argv[1])))
