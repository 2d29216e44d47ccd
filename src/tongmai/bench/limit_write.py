"""The write that `tongmai bench limit` measures: accepting a referral with a reserved place.

Referrals that wait for an answer are made by copying one; the statements of the bare line are read off the rows that
the service leaves behind when it accepts the first of them.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from tongmai.bench import limit_sql
from tongmai.care.referrals import services as referrals
from tongmai.care.referrals.models import Consent, Referral
from tongmai.commons.capacity import services as capacity
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Department
from tongmai.kernel.months import start_of_day

PLACES = 2_000  # of one session, the most there may be
N_SESSIONS = 48
_FRESH = {
    "state": "'submitted'", "version": "1", "wants": "'clinic'", "by_family_doctor": "true", "urgency": "'routine'",
    "state_since": "%(now)s", "booked_place": "''", "external_system": "''", "external_number": "''",
}  # fmt: skip
_BLANK = (
    "reviewer_id", "parent_id", "episode_id", "source_encounter_id", "arrival_encounter_id", "booking_id", "booked_for",
    "answered_at", "answered_by_id", "arrived_at", "arrived_by_id", "closed_at", "closed_by_id", "paperwork_until",
    "decline_seen_at", "decline_seen_by_id", "receiver_department_id",
)  # fmt: skip


def sessions(manager: Actor, department: Department) -> list[UUID]:
    """Offer a clinic with so many places that no client ever finds it full."""
    room = capacity.create_resource(
        department_id=department.id, kind="clinic", catalog_code="clinic-specialist", name=f"极限{uuid4().hex[:8]}",
        by=manager,
    )  # fmt: skip
    first = start_of_day(manager.today + timedelta(days=1))
    starts = [first + timedelta(minutes=30 * i) for i in range(N_SESSIONS)]
    half_hour = timedelta(minutes=30)
    return [
        capacity.publish(resource_id=room.id, starts_at=at, ends_at=at + half_hour, total=PLACES, by=manager).id
        for at in starts
    ]


def waiting(template: Referral, n: int, *, now: datetime) -> list[dict[str, str]]:
    """Make `n` referrals like `template` for residents without such a one; return each with its resident."""
    values = {"consent_id": "people.consent", "id": "people.referral", "resident_id": "people.resident"}
    # A problem that nobody has: the same people can be sent again in the next run.
    values |= {"problem_key": "%(problem)s::varchar"}
    values |= {"number": "'L' || upper(left(replace(people.referral::text, '-', ''), 20))"}
    values |= _FRESH | dict.fromkeys(_BLANK, "NULL")
    columns = [field.column for field in Referral._meta.local_concrete_fields]
    consents = [f.column for f in Consent._meta.local_concrete_fields if f.column not in ("id", "replaces_id")]
    sql = f"""
      WITH people AS MATERIALIZED (
        SELECT r.id AS resident, gen_random_uuid() AS referral, gen_random_uuid() AS consent FROM residents_resident r
        WHERE r.died_on IS NULL AND r.county_code = %(county)s AND NOT EXISTS (SELECT 1 FROM referrals_referral f
          WHERE f.resident_id = r.id AND f.problem_key = %(problem)s::varchar) LIMIT %(n)s),
      consents AS (INSERT INTO referrals_consent (id, {", ".join(consents)})
        SELECT people.consent, {", ".join(f"c.{each}" for each in consents)}
        FROM people, referrals_consent c WHERE c.id = %(consent)s)
      INSERT INTO referrals_referral ({", ".join(columns)})
      SELECT {", ".join(values.get(each, f"t.{each}") for each in columns)}
      FROM people, referrals_referral t WHERE t.id = %(template)s RETURNING id, resident_id"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "county": template.receiver.county_code, "problem": f"~{uuid4().hex[:2]}", "n": n, "now": now,
                "consent": template.consent_id, "template": template.id,
            },
        )  # fmt: skip
        return [{"referral": str(referral), "resident": str(resident)} for referral, resident in cursor.fetchall()]


def statements(first: dict[str, str], pool_id: UUID, *, by: Actor) -> list[dict[str, Any]]:
    """Let the service accept the first referral, and return the statements that would have written the same rows."""
    before = _rows("referrals_referral", "t.id = %s", first["referral"])[0]
    last_event = _rows("(SELECT coalesce(max(id), 0) AS id FROM audit_event)", "true")[0]["id"]
    done = referrals.accept_and_book(referral_id=UUID(first["referral"]), pool_ids=[pool_id], by=by)
    log = audit.log_access(resident_id=done.resident_id, by=by, basis="referral_received", what="referral")
    after = _rows("referrals_referral", "t.id = %s", first["referral"])[0]
    booking = str(done.booking_id)
    return [
        _changed(before, after),
        {"sql": _TAKE, "into": ["ticket"]},
        _like("capacity_booking", "id", booking, id="new0", resident_id="resident", source_id="referral"),
        _like(
            "capacity_bookedplace", "booking_id", booking, booking_id="new0", pool_id="pool", resident_id="resident",
            number="ticket",
        ),
        _like("capacity_bookingtransition", "booking_id", booking, booking_id="new0"),
        *(
            limit_sql.insert("referrals_transition", _without_id(row), referral_id="referral")
            for row in _rows("referrals_transition", "t.referral_id = %s", first["referral"])
        ),
        *_events(last_event, booking),
        _like("audit_accesslog", "id", log.id, resident_id="resident"),
        {"sql": _READ},
    ]  # fmt: skip


_TAKE = """UPDATE capacity_pool SET taken_reserved = taken_reserved + 1, tickets = tickets + 1
WHERE id = %(pool)s AND state = 'open' AND reserved > taken_reserved + taken_lent + taken_released RETURNING tickets"""

_READ = """SELECT f.*, r.name, a.name, z.name, (SELECT json_agg(t ORDER BY t.id) FROM referrals_transition t
  WHERE t.referral_id = f.id) FROM referrals_referral f JOIN residents_resident r ON r.id = f.resident_id
JOIN orgs_org a ON a.id = f.sender_id JOIN orgs_org z ON z.id = f.receiver_id WHERE f.id = %(referral)s"""


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    changed = {column: value for column, value in after.items() if value != before[column]}
    sets = ", ".join(
        f"{column} = %(new0)s" if column == "booking_id" else f"{column} = %(referral.{column})s" for column in changed
    )
    return {
        "sql": f"UPDATE referrals_referral SET {sets} WHERE id = %(referral)s AND version = 1 AND state = 'submitted'",
        "kept": {f"referral.{column}": value for column, value in changed.items()},
    }


def _events(last: int, booking: str) -> list[dict[str, Any]]:
    """The events with their deliveries; what is about the booking is about the new one."""
    made = []
    for n, row in enumerate(_rows("audit_event", "t.id > %s", last)):
        subject = "new0" if row["subject_id"] == booking else "referral"
        insert = limit_sql.insert("audit_event", _without_id(row), subject_id=subject, resident_id="resident")
        made.append(_apart(insert | {"sql": insert["sql"] + " RETURNING id", "into": [f"event{n}"]}, n))
        for i, delivery in enumerate(_rows("audit_delivery", "t.event_id = %s", row["id"])):
            told = limit_sql.insert("audit_delivery", _without_id(delivery), event_id=f"event{n}")
            made.append(_apart(told, f"{n}.{i}"))
    return made


def _apart(statement: dict[str, Any], n: object) -> dict[str, Any]:
    """Give the kept values of one of several rows of a table names of their own."""
    sql, kept = statement["sql"], {}
    for name, value in statement["kept"].items():
        sql = sql.replace(f"%({name})s", f"%({name}#{n})s")
        kept[f"{name}#{n}"] = value
    return statement | {"sql": sql, "kept": kept}


def _like(table: str, column: str, value: object, **named: str) -> dict[str, Any]:
    row = _rows(table, f"t.{column} = %s", value)[0]
    return limit_sql.insert(table, row if "id" in named else _without_id(row), **named)


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if column != "id"}


def _rows(table: str, where: str, *values: object) -> list[dict[str, Any]]:
    """Return rows as the database writes them in JSON: everything a plan file can hold."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {where} ORDER BY 1", values)
        found = [json.loads(text) for (text,) in cursor.fetchall()]
    plain = (dict, list)
    return [{k: json.dumps(v) if isinstance(v, plain) else v for k, v in row.items()} for row in found]
