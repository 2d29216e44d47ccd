"""`tongmai demo`: build the demonstration once, then serve it."""

import argparse
import json
import os
import sys
from pathlib import Path

from tongmai.config.demo.county import COUNTIES, CountyFileError, load

PASSWORD = "tongmai-demo-2026"  # nosec B105: of invented accounts; `tongmai check --deploy` refuses them
DEFAULT = COUNTIES / "lujiang.yaml"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--county", type=Path, default=DEFAULT, metavar="FILE", help="the county's description file")
    parser.add_argument("--build-only", action="store_true", help="build without serving")
    parser.add_argument("--rebuild", action="store_true", help="build anew, so that the six weeks end today")
    parser.add_argument("--small", action="store_true", help="fewer residents and visits, for a quick look")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def run(options: argparse.Namespace) -> int:
    """Build where nothing is built yet, say where to look, and serve."""
    try:
        county = load(options.county)
    except CountyFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    var = Path(os.environ.get("TONGMAI_VAR", "var")).resolve()
    var.mkdir(parents=True, exist_ok=True)
    database = var / f"demo-{county.county.code}.sqlite3"
    os.environ |= {"TONGMAI_DEMO": "1", "TONGMAI_VAR": str(var)}
    if options.rebuild or not database.exists():
        _build(county, database, small=options.small)
    os.environ["TONGMAI_DATABASE"] = f"sqlite:{database}"
    _say(database, host=options.host, port=options.port)
    if options.build_only:
        return 0
    # A process of its own: this one may have built, with its settings pointing at the unfinished file.
    words = ["serve", "--host", options.host, "--port", str(options.port)]
    os.execv(sys.executable, [sys.executable, "-m", "tongmai", *words])  # nosec B606: this very program, no shell wanted


def _build(county, database: Path, *, small: bool) -> None:
    """Build in a file of another name and rename it when it is whole, so that a half-built one is never served."""
    unfinished = database.with_suffix(".building")
    for leftover in unfinished.parent.glob(f"{unfinished.name}*"):
        leftover.unlink()
    os.environ["TONGMAI_DATABASE"] = f"sqlite:{unfinished}"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from tongmai.config.demo import building

    call_command("migrate", verbosity=0, interactive=False)
    size = building.Size(clinics_per_town=1, residents_per_clinic=10, visits_a_day=6, bookings_a_day=8)
    accounts = building.build(county, now=timezone.now(), size=size if small else building.Size(), password=PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA optimize")
    connection.close()
    lines = [
        {"username": a.username, "role": str(a.role), "org": a.org, "name": a.name, "note": a.note} for a in accounts
    ]
    _accounts_file(database).write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")
    for leftover in database.parent.glob(f"{database.name}-*"):
        leftover.unlink()
    unfinished.rename(database)


def _accounts_file(database: Path) -> Path:
    return database.with_suffix(".accounts.json")


def _say(database: Path, *, host: str, port: int) -> None:
    lines = json.loads(_accounts_file(database).read_text(encoding="utf-8"))
    out = sys.stdout
    out.write(f"\n  通脉演示县   http://{host}:{port}/\n\n  密码（每个账号相同） {PASSWORD}\n\n")
    for line in lines:
        out.write(
            f"  {line['username']:<16}{line['role']:<22}{line['org']}  {line['name']}  {line.get('note', '')}".rstrip()
            + "\n"
        )
    out.write("\n  居民也可用身份证号和短信验证码登录：/sign-in/code/，短信写在这个终端里。\n")
    out.write("\n  所有人员均为虚构。\n\n")
    out.flush()
