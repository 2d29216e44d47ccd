"""The limit lines of `tongmai bench limit`: the least SQL that each request needs, as PostgreSQL speaks it.

One statement for a read, with the line in the access log where the law wants one; for the write, the statements that
leave the same rows behind, in one transaction.  Nobody's rights are asked here beyond the scope of the rows.
"""

from typing import Any

_LOG = """
WITH opened AS (
  INSERT INTO audit_accesslog (resident_id, at, by_user_id, by_post_id, by_org_id, by_name, by_org_name, by_role,
                               by_county_code, basis, reason, what)
  SELECT id, %(now)s, %(user)s, %(post)s, %(org)s, %(name)s, %(org_name)s, %(role)s, %(county)s::varchar,
         'responsible_area', '', 'record'
  FROM residents_resident WHERE id = %(resident)s AND county_code = %(county)s::varchar RETURNING resident_id
)"""

_HEAD = """
  r.id, r.name, r.sex, r.born_on, r.id_masked, r.county_code, r.village_code, r.address, r.died_on, r.is_unnamed,
  r.version, town.name AS town, village.name AS village, phone.number, phone.whose,
  (SELECT c.scheme FROM residents_coverage c WHERE c.resident_id = r.id AND c.starts_on <= %(today)s
     AND (c.ends_before IS NULL OR c.ends_before > %(today)s) ORDER BY c.starts_on DESC, c.added_at DESC LIMIT 1),
  ARRAY(SELECT t.kind FROM residents_tag t WHERE t.resident_id = r.id AND t.starts_on <= %(today)s
     AND (t.ends_before IS NULL OR t.ends_before > %(today)s) ORDER BY t.kind),
  doctor.org_id, doctor.staff_id, doctor.team_id, doctor.team_name, doctor.source_id, doctor_org.name, doctor_staff.name
"""

_JOINS = """
FROM opened JOIN residents_resident r ON r.id = opened.resident_id
LEFT JOIN catalog_division town ON town.code = left(r.village_code, 9) AND town.ends_before IS NULL
LEFT JOIN catalog_division village ON village.code = r.village_code AND village.ends_before IS NULL
LEFT JOIN residents_phone phone ON phone.resident_id = r.id AND phone.closed_at IS NULL AND phone.is_main
LEFT JOIN residents_carerelation doctor ON doctor.resident_id = r.id AND doctor.kind = 'family_doctor'
  AND doctor.starts_on <= %(today)s AND (doctor.ends_before IS NULL OR doctor.ends_before > %(today)s)
LEFT JOIN orgs_org doctor_org ON doctor_org.id = doctor.org_id
LEFT JOIN orgs_staff doctor_staff ON doctor_staff.id = doctor.staff_id
"""

HEAD = f"{_LOG} SELECT {_HEAD} {_JOINS}"

PAGE = f"""{_LOG}
SELECT {_HEAD},
  (SELECT json_agg(a) FROM (SELECT id, substance, reaction, severity FROM encounters_allergy
     WHERE resident_id = r.id AND refuted_at IS NULL) a),
  (SELECT json_agg(d) FROM (SELECT d.code, d.name, d.recorded_at FROM encounters_encounterdiagnosis d
     JOIN encounters_encounter e ON e.id = d.encounter_id WHERE e.resident_id = r.id AND d.replaced_at IS NULL
     AND d.is_chronic AND d.certainty = 'confirmed' AND e.state <> 'cancelled' ORDER BY d.recorded_at) d),
  (SELECT json_agg(p) FROM (SELECT id, problem_key, problem_code, problem_name, opened_at FROM encounters_episode
     WHERE resident_id = r.id AND closed_at IS NULL ORDER BY opened_at) p),
  (SELECT json_agg(m) FROM (SELECT id, name, dose, frequency, is_long_term, starts_on, ends_before
     FROM encounters_medicationstatement WHERE resident_id = r.id AND starts_on <= %(today)s
     AND (ends_before IS NULL OR ends_before > %(today)s)) m),
  (SELECT json_agg(v) FROM (SELECT v.* FROM encounters_vitals v JOIN encounters_encounter e ON e.id = v.encounter_id
     WHERE e.resident_id = r.id AND v.withdrawn_at IS NULL ORDER BY v.recorded_at DESC, v.id DESC LIMIT 40) v),
  (SELECT json_agg(e) FROM (SELECT e.id, e.kind, e.state, e.started_at, e.planned_for, e.ended_at, e.complaint,
       o.short_name, dep.name AS department, s.name AS who, ep.id AS episode, ep.problem_name, ep.opened_at, ep.closed_at,
       (SELECT d.name FROM encounters_encounterdiagnosis d
          WHERE d.encounter_id = e.id AND d.replaced_at IS NULL AND d.is_main) AS main
     FROM encounters_encounter e JOIN orgs_org o ON o.id = e.org_id
     LEFT JOIN orgs_department dep ON dep.id = e.department_id LEFT JOIN orgs_staff s ON s.id = e.staff_id
     LEFT JOIN encounters_episode ep ON ep.id = e.episode_id
     WHERE e.resident_id = r.id AND e.state <> 'cancelled' ORDER BY e.started_at DESC, e.id DESC LIMIT 200) e),
  (SELECT json_agg(b) FROM (SELECT b.id, b.state, b.starts_at, b.ends_at, q.name FROM capacity_booking b
     JOIN capacity_resource q ON q.id = b.resource_id WHERE b.resident_id = r.id AND b.state IN ('held', 'booked')
     AND b.ends_at > %(now)s AND (q.org_id = %(org)s OR b.booker_org_id = %(org)s) ORDER BY b.starts_at DESC) b),
  (SELECT json_agg(f) FROM (SELECT f.id, f.direction, f.state, f.diagnosis_name, f.submitted_at, f.created_at,
       f.booked_place, a.short_name AS sender, z.short_name AS receiver FROM referrals_referral f
     JOIN orgs_org a ON a.id = f.sender_id JOIN orgs_org z ON z.id = f.receiver_id WHERE f.resident_id = r.id
     AND (f.sender_id = %(org)s OR f.receiver_id = %(org)s AND f.submitted_at IS NOT NULL
          OR f.reviewer_id = %(org)s AND f.sent_at IS NOT NULL) ORDER BY f.created_at DESC LIMIT 50) f)
{_JOINS}"""

_LINE = """
SELECT f.id, f.number, f.direction, f.urgency, f.state, f.state_since, f.version, f.resident_id, r.name, r.sex,
  r.born_on, f.diagnosis_code, f.diagnosis_name, f.sender_id, a.short_name, f.receiver_id, z.short_name, d.name,
  f.is_inside, f.by_family_doctor, f.wants, f.booked_for, f.booked_place, f.created_at, f.submitted_at,
  f.paperwork_until, f.alliance_id,
  EXISTS (SELECT 1 FROM referrals_slotissue i WHERE i.referral_id = f.id AND i.closed_at IS NULL)
FROM referrals_referral f JOIN residents_resident r ON r.id = f.resident_id JOIN orgs_org a ON a.id = f.sender_id
JOIN orgs_org z ON z.id = f.receiver_id LEFT JOIN orgs_department d ON d.id = f.receiver_department_id"""


def _worklist(order: str) -> str:
    """The first of each side are read off its index, and the first of these are the first of all."""
    sides = (
        "sender_id = %(org)s",
        "receiver_id = %(org)s AND submitted_at IS NOT NULL",
        "reviewer_id = %(org)s AND sent_at IS NOT NULL",
    )
    firsts = (f"(SELECT id FROM referrals_referral WHERE {side} ORDER BY {order} LIMIT 51)" for side in sides)
    ordered = ", ".join(f"f.{each}" for each in order.split(", "))
    return f"{_LINE} WHERE f.id IN ({' UNION '.join(firsts)}) ORDER BY {ordered} LIMIT 51"


WORKLIST = _worklist("state_since DESC, id")
WORKLIST_BY_CREATION = _worklist("created_at DESC, id DESC")

# Exact keys and beginnings in one walk of the index: the beginnings hold the exact ones.
SEARCH = """
SELECT DISTINCT ON (k.resident_id) k.resident_id, k.kind, k.key, r.name, r.sex, r.born_on, r.village_code, r.id_masked,
  r.died_on, town.name, village.name
FROM (SELECT resident_id, kind, key FROM residents_searchkey k WHERE k.key LIKE %(prefix)s
      AND EXISTS (SELECT 1 FROM residents_resident r WHERE r.id = k.resident_id AND r.county_code = %(county)s)
      LIMIT 160) k
JOIN residents_resident r ON r.id = k.resident_id
LEFT JOIN catalog_division town ON town.code = left(r.village_code, 9) AND town.ends_before IS NULL
LEFT JOIN catalog_division village ON village.code = r.village_code AND village.ends_before IS NULL
ORDER BY k.resident_id, length(k.key) LIMIT 20"""


def insert(table: str, row: dict[str, Any], **named: str) -> dict[str, Any]:
    """Return the INSERT of a row like `row`; columns in `named` take that parameter, the others keep their value.

    The values that stay are parameters too, called by table and column: what is prepared has the same shape as the
    product's own statement.
    """
    kept = {f"{table}.{column}": value for column, value in row.items() if column not in named}
    slots = ", ".join(f"%({named.get(column, f'{table}.{column}')})s" for column in row)
    columns = ", ".join(f'"{column}"' for column in row)
    return {"sql": f"INSERT INTO {table} ({columns}) VALUES ({slots})", "kept": kept}
