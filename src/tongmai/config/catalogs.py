"""`tongmai catalog import icd10|drugs|consumables|charges|divisions FILE --from DATE …`: official lists from CSV or Excel, dry run first."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

SETS = {"icd10": "疾病诊断 ICD-10", "drugs": "药品", "consumables": "医用耗材", "charges": "医疗服务项目"}
SHOWN = 20  # rows of each kind that the terminal lists


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True).add_parser("import", help="import a list from a file")
    what.add_argument("table", choices=[*SETS, "divisions"])
    what.add_argument("file", type=Path, help="CSV (UTF-8 or GB18030) or .xlsx with the columns code and name")
    what.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True, help="first day in force")
    what.add_argument("--version", default="", help="name of the edition of a code list, e.g. insurance-2.0")
    what.add_argument("--title", default="", help="what the list is called")
    what.add_argument("--source", default="", help="where the list comes from; the file's name if not given")
    what.add_argument("--under", default="", help="only divisions below this code, e.g. 3401")
    what.add_argument("--rejected", type=Path, help="write the rejected rows to this CSV file")
    what.add_argument("--dry-run", action="store_true", help="tell every row's fate and change nothing")
    what.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> int:
    """Return 0 when every row was taken, 1 when some were rejected or the file cannot be used."""
    import django

    django.setup()
    from tongmai.kernel.errors import TongmaiError

    if options.table in SETS and not options.version:
        sys.stderr.write("--version is needed: the name of the edition\n")
        return 2
    try:
        return _import(options)
    except (TongmaiError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _import(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from tongmai.exchange.tabular import reading
    from tongmai.foundation.catalog import importing
    from tongmai.foundation.orgs.actors import Actor

    titles = [title for names in importing.COLUMNS.values() for title in names]
    sheet = reading.read(options.file.read_bytes(), titles)
    if options.table in SETS:
        facts = {"version": options.version, "starts_on": options.starts_on, "system": options.table}
        plan = importing.plan_codes(sheet.rows, sheet.head, **facts)
    else:
        plan = importing.plan_divisions(sheet.rows, sheet.head, under=options.under)
    outcome = None
    if not options.dry_run:
        outcome = _apply(options, plan, by=Actor.system(now=timezone.now()))
    if options.rejected:
        options.rejected.write_text(importing.rejected_csv(plan), encoding="utf-8-sig")
    (_say_json if options.json else _say)(plan, outcome)
    return 1 if plan.of(importing.FateKind.REJECTED) else 0


def _apply(options: argparse.Namespace, plan: Any, *, by: Any) -> Any:
    from tongmai.foundation.catalog import importing

    facts = {"source": options.source or options.file.name, "starts_on": options.starts_on, "by": by}
    if options.table == "divisions":
        return importing.apply_divisions(plan, **facts, progress=_progress)
    facts |= {"version": options.version, "title": options.title or SETS[options.table], "system": options.table}
    return importing.apply_codes(plan, **facts, progress=_progress)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done}/{total}" + ("\n" if done == total else ""))
        sys.stderr.flush()


def _say_json(plan: Any, outcome: Any) -> None:
    fates = [{"line": f.line, "code": f.code, "name": f.name, "fate": f.kind, "reason": f.reason} for f in plan.fates]
    said = {
        "counts": plan.counts(),
        "absent": list(plan.absent),
        "outside": plan.n_outside,
        "written": outcome is not None,
        "rows": fates,
    }
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")


def _say(plan: Any, outcome: Any) -> None:
    from tongmai.foundation.catalog.importing import FateKind

    for kind in (FateKind.REJECTED, FateKind.CHANGED):
        fates = plan.of(kind)
        for fate in fates[:SHOWN]:
            sys.stdout.write(f"{kind:>8}  line {fate.line}  {fate.code}  {fate.name}  {fate.reason}\n")
        if len(fates) > SHOWN:
            sys.stdout.write(f"{kind:>8}  … {len(fates) - SHOWN} more (--json or --rejected lists all)\n")
    counts = ", ".join(f"{kind} {n}" for kind, n in plan.counts().items())
    sys.stdout.write(f"{counts}, in force but not in the file {len(plan.absent)}, outside {plan.n_outside}\n")
    sys.stdout.write("written\n" if outcome is not None else "dry run: nothing was written\n")
