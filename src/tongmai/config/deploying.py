"""`tongmai check --deploy`: what keeps this installation from real use.  `tongmai serve` asks the same before it starts."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})
SHORTEST_KEY = 32
_DEMONSTRATION_KEY = "demonstration-only"
_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


@dataclass(frozen=True)
class Finding:
    """What is wrong, and what to do."""

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem}.  {self.remedy}"


class Unfit(Exception):
    """The installation must not serve real people; the message lists why."""


def findings(*, workers: int | None = None, database: Mapping[str, Any] | None = None) -> list[Finding]:
    """Return everything that must change before real use; an empty list means it may serve.

    `database`: as in Django's settings; theirs when it is not given.
    """
    from django.conf import settings
    from django.db import DatabaseError

    configured = settings.DATABASES["default"] if database is None else database
    found = [
        *_mode(), *_keys(), *_door(), *_texts(), *_addresses(), *_transport(), *_pacs(), *_database(configured, workers),
    ]  # fmt: skip
    try:
        pending = pending_migrations()
        found += [Finding(f"{len(pending)} migrations are pending", "Run `tongmai manage migrate`")] if pending else []
        # Tables that are behind cannot be asked who administers.
        found += [] if pending else [*_accounts(), *_administrators()]
    except DatabaseError as error:
        found.append(Finding(f"the database does not answer ({type(error).__name__})", "Look at TONGMAI_DATABASE"))
    return found


def refuse_unfit(*, host: str, workers: int | None = None, is_trial: bool = False) -> list[Finding]:
    """Return what `findings` finds where it is only a warning: a demonstration, or a trial on this machine alone.

    Raises:
        Unfit: it is for real, and something is wrong.
    """
    from django.conf import settings

    if settings.DEMO:
        return []
    found = findings(workers=workers)
    is_local = host in LOOPBACK and set(settings.ALLOWED_HOSTS) <= LOOPBACK
    if found and not (is_trial and is_local):
        hint = "For a trial: `tongmai demo`, or --trial on 127.0.0.1 with TONGMAI_HOSTS left alone."
        raise Unfit("\n".join(["Not started, because", *(f"  - {each}" for each in found), hint]))
    return found


def pending_migrations() -> list[str]:
    """Return the migrations that this version has and the database lacks, as `app.name`."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _mode() -> Iterator[Finding]:
    from django.conf import settings

    if settings.DEMO:
        yield Finding("this is a demonstration (TONGMAI_DEMO=1)", "Unset TONGMAI_DEMO and use a database of your own")
    if settings.DEBUG:
        yield Finding("debug is on: errors would show code and values", "Set DEBUG = False")


def _keys() -> Iterator[Finding]:
    from django.conf import settings

    for name, key in (("TONGMAI_SECRET_KEY", settings.SECRET_KEY), ("TONGMAI_SEAL_KEY", settings.SEAL_KEY)):
        remedy = "Set it to the output of `python -c 'import secrets; print(secrets.token_urlsafe(50))'`"
        if key == _DEMONSTRATION_KEY:
            yield Finding(f"{name} is the demonstration's, which everybody knows", remedy)
        elif len(key) < SHORTEST_KEY or len(set(key)) < 10:
            yield Finding(f"{name} is too short or too plain (at least {SHORTEST_KEY} random characters)", remedy)
    if settings.SECRET_KEY == settings.SEAL_KEY:
        yield Finding(
            "TONGMAI_SECRET_KEY and TONGMAI_SEAL_KEY are the same",
            "Give each its own: they protect from different people",
        )


def _door() -> Iterator[Finding]:
    from django.conf import settings

    if not settings.SECOND_FACTOR_REQUIRED:
        yield Finding("administrators need no second factor", "Unset TONGMAI_SECOND_FACTOR")
    if not settings.RATE_LIMITS:
        yield Finding("searches and sign-ins are not limited", "Unset TONGMAI_RATE_LIMITS")


def _texts() -> Iterator[Finding]:
    from django.conf import settings

    from tongmai.foundation.texting import senders

    remedy = "Set TONGMAI_SMS to the https:// address of the operator's gateway, or leave it unset: nobody then signs in by code"
    if senders.is_for_trial():
        yield Finding(f"sign-in codes are written to this machine (TONGMAI_SMS={settings.SMS})", remedy)
    elif settings.SMS and not settings.SMS.startswith("https://"):
        yield Finding("sign-in codes would travel unencrypted to the gateway", remedy)
    try:
        senders.sender()
    except ValueError:
        yield Finding("TONGMAI_SMS_BODY or TONGMAI_SMS_HEADERS is not JSON", "Write each as one JSON object")


def not_enrolled() -> list[Finding]:
    """Return the administrators who have no second factor yet.

    No reason not to start: they enrol at their first sign-in, and can do nothing else before.
    """
    from django.utils import timezone

    from tongmai.foundation.orgs import required
    from tongmai.kernel.months import local_day

    return [
        Finding(f"{who.username} ({who.role}) has no second factor yet", "Let them sign in and enrol one")
        for who in required.without_factor(on=local_day(timezone.now()))
    ]


def _addresses() -> Iterator[Finding]:
    from django.conf import settings

    remedy = "Set TONGMAI_HOSTS to the names under which people reach it, e.g. tongmai.example.gov.cn"
    hosts = [host for host in settings.ALLOWED_HOSTS if host]
    if any(host == "*" or host in {".", ".cn", ".com"} for host in hosts):
        yield Finding("TONGMAI_HOSTS allows every name", remedy)
    elif set(hosts) <= LOOPBACK:
        yield Finding("TONGMAI_HOSTS names no address beyond this machine", remedy)


def _transport() -> Iterator[Finding]:
    from django.conf import settings

    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield Finding("sign-ins would travel unencrypted", "Put TLS in front (nginx, Caddy), then set TONGMAI_HTTPS=1")
        return
    if not settings.SECURE_HSTS_SECONDS:
        yield Finding("browsers are not told to insist on TLS", "Leave SECURE_HSTS_SECONDS as TONGMAI_HTTPS=1 sets it")
    if not settings.SECURE_PROXY_SSL_HEADER and not settings.CSRF_TRUSTED_ORIGINS:
        yield Finding(
            "behind a proxy it cannot know that a request came over TLS",
            "Let the proxy set X-Forwarded-Proto and X-Forwarded-For, then set TONGMAI_PROXIES=1 (the number of proxies)",
        )
    plain = [origin for origin in settings.CSRF_TRUSTED_ORIGINS if not origin.startswith("https://")]
    if plain:
        yield Finding("TONGMAI_ORIGINS trusts an unencrypted origin", "Write each as https://…")


def _pacs() -> Iterator[Finding]:
    from django.conf import settings

    address = urlsplit(settings.PACS)
    if address.scheme == "http" and address.hostname not in LOOPBACK:
        yield Finding("images would travel unencrypted to the PACS", "Give TONGMAI_PACS an https:// address")
    elif settings.PACS and not settings.PACS_LOGIN:
        yield Finding("the PACS lets in whoever asks", "Give it users, and name a file with ours in TONGMAI_PACS_LOGIN")
    if settings.PACS_LOGIN and not os.access(settings.PACS_LOGIN, os.R_OK):
        yield Finding("the file TONGMAI_PACS_LOGIN cannot be read", "Write `user:password` or `Bearer …` into it")


def _database(database: Mapping[str, Any], workers: int | None) -> Iterator[Finding]:
    if database["ENGINE"].endswith("sqlite"):
        if (workers or 1) > 1:
            yield Finding(
                f"SQLite cannot serve {workers} processes", "Leave --workers out, or set TONGMAI_DATABASE=postgres://…"
            )
        if Path(str(database["NAME"])).name.startswith("demo-"):
            yield Finding("the database is the demonstration's", "Set TONGMAI_DATABASE to one of your own")
        return
    if _is_socket(database["HOST"]):
        return
    if not (database["PASSWORD"] or os.environ.get("PGPASSWORD") or os.environ.get("PGPASSFILE")):
        yield Finding(
            "the database lets us in without a password",
            "Give its user one (ALTER ROLE … PASSWORD …), demand it in pg_hba.conf (scram-sha-256), put it in TONGMAI_DATABASE",
        )
    mode = database["OPTIONS"].get("sslmode") or os.environ.get("PGSSLMODE", "")
    if database["HOST"] not in LOOPBACK and mode not in _ENCRYPTED:
        yield Finding(
            f"the way to the database at {database['HOST']} is not encrypted",
            "Add ?sslmode=verify-full&sslrootcert=/path/ca.crt to TONGMAI_DATABASE",
        )


def _is_socket(host: str) -> bool:
    """A socket of this machine: PostgreSQL asks the operating system who we are."""
    return not host or host.startswith("/")


def _accounts() -> Iterator[Finding]:
    from tongmai.config.demo.accounts import ADMINISTRATORS, WHO
    from tongmai.config.demo.command import PASSWORD
    from tongmai.foundation.orgs.models import Staff, User

    names = [name for name, *_ in (*WHO, *ADMINISTRATORS)]
    known = [
        user.username
        for user in User.objects.filter(username__in=names, is_active=True)
        if user.check_password(PASSWORD)
    ]
    if known:
        yield Finding(
            f"accounts have the demonstration's password: {', '.join(sorted(known))}",
            "Start with an empty database (`tongmai start`), or deactivate them",
        )
    if Staff.objects.filter(licence_number__startswith="DEMO").exists():
        yield Finding(
            "the database holds the demonstration's invented people", "Start with an empty one (`tongmai start`)"
        )


def _administrators() -> Iterator[Finding]:
    from django.utils import timezone

    from tongmai.foundation.orgs import required
    from tongmai.kernel.months import local_day

    today = local_day(timezone.now())
    missing = [str(role) for role in required.missing_administrators(on=today)]
    if missing:
        yield Finding(
            f"nobody can sign in as {', '.join(missing)}",
            "`tongmai start` makes all three; the security administrator gives posts and accounts",
        )
    united = required.not_apart(on=today)
    if united:
        yield Finding(
            f"one person holds several administrators' posts: staff {', '.join(united)}",
            "Give each of the three posts to a person of its own, and end the others",
        )
