"""Which post may do what, typed a second time; and what one person may not hold together."""

import pytest

from tests.harness.tables import rows
from tongmai.foundation.orgs import rules
from tongmai.foundation.orgs.permissions import MAY, Action, may
from tongmai.foundation.orgs.roles import Role

title = "Who may do what"

COLUMNS = {
    "village": Role.VILLAGE_DOCTOR,
    "gp": Role.GENERAL_PRACTITIONER,
    "nurse": Role.NURSE,
    "registrar": Role.REGISTRAR,
    "technician": Role.TECHNICIAN,
    "specialist": Role.SPECIALIST,
    "reporting": Role.REPORTING_DOCTOR,
    "pharmacist": Role.PHARMACIST,
    "coordinator": Role.REFERRAL_COORDINATOR,
    "resources": Role.RESOURCE_MANAGER,
    "insurance": Role.INSURANCE_OFFICER,
    "manager": Role.MANAGER,
    "commission": Role.HEALTH_COMMISSION,
    "cdc": Role.CDC_OFFICER,
    "system": Role.SYSTEM_ADMIN,
    "security": Role.SECURITY_ADMIN,
    "audit": Role.AUDIT_ADMIN,
    "resident": Role.RESIDENT,
}


def check(drawn: str) -> None:
    """Every action is a row; an x means that posts of the column's role include it."""
    table = rows(drawn)
    assert [row["action"] for row in table] == [str(action) for action in Action]
    wrong = [
        f"{COLUMNS[column]} × {row['action']}"
        for row in table
        for column, mark in row.items()
        if column != "action" and may(COLUMNS[column], Action(row["action"])) != (mark == "x")
    ]
    assert not wrong, wrong


def test_those_who_care_and_register():
    """Doctors open and write records and refer; only doctors of the first contact sign family-doctor contracts."""
    check("""
        action                | village | gp | nurse | registrar | technician | specialist
        residents.search      | x       | x  | x     | x         |            | x
        residents.register    | x       | x  |       | x         |            | x
        residents.match       |         |    |       | x         |            |
        residents.open        | x       | x  | x     |           | x          | x
        residents.break_glass | x       | x  |       |           |            | x
        encounters.write      | x       | x  | x     |           |            | x
        capacity.see          | x       | x  | x     | x         | x          | x
        capacity.book         | x       | x  |       | x         |            | x
        capacity.manage       |         |    |       |           |            |
        capacity.compliance   |         |    |       |           |            |
        recognition.decide    | x       | x  |       |           |            | x
        recognition.see       |         |    |       |           |            |
        recognition.manage    |         |    |       |           |            |
        critical_values.see   | x       | x  | x     |           | x          | x
        critical_values.manage|         |    |       |           |            |
        diagnostics.see       | x       | x  | x     |           | x          | x
        diagnostics.order     | x       | x  |       |           |            | x
        diagnostics.perform   | x       | x  | x     |           | x          | x
        diagnostics.report    |         |    |       |           |            |
        diagnostics.direct    |         |    |       |           |            |
        referrals.see         | x       | x  | x     | x         |            | x
        referrals.write       | x       | x  |       |           |            | x
        referrals.coordinate  |         |    |       |           |            |
        referrals.catalogue   |         |    |       |           |            |
        referrals.flow        |         |    |       |           |            |
        family_doctors.sign   | x       | x  |       |           |            |
        orgs.see              | x       | x  | x     | x         | x          | x
        orgs.manage           |         |    |       |           |            |
        orgs.posts            |         |    |       |           |            |
        orgs.tokens           |         |    |       |           |            |
        catalog.manage        |         |    |       |           |            |
        terminology.settle    |         |    |       |           |            |
        exchange.import       |         |    |       |           |            |
        exchange.messages     |         |    |       |           |            |
        exchange.connections  |         |    |       |           |            |
        imaging.reconcile     |         |    |       | x         | x          |
        operations.see        |         |    |       |           |            |
        audit.read            |         |    |       |           |            |
        requests.answer       | x       | x  |       | x         |            | x
        resident.own          |         |    |       |           |            |
    """)


def test_those_who_report_coordinate_and_oversee():
    """Whoever oversees sees numbers, not records."""
    check("""
        action                | reporting | pharmacist | coordinator | resources | insurance | manager
        residents.search      |           |            | x           |           |           |
        residents.register    |           |            | x           |           |           |
        residents.match       |           |            |             |           |           |
        residents.open        | x         |            | x           |           |           |
        residents.break_glass |           |            |             |           |           |
        encounters.write      |           |            |             |           |           |
        capacity.see          | x         |            | x           | x         | x         | x
        capacity.book         |           |            | x           |           |           |
        capacity.manage       |           |            |             | x         |           |
        capacity.compliance   |           |            | x           | x         | x         | x
        recognition.decide    |           |            |             |           |           |
        recognition.see       |           |            | x           | x         | x         | x
        recognition.manage    |           |            | x           | x         |           |
        critical_values.see   | x         |            | x           |           |           | x
        critical_values.manage|           |            |             |           |           | x
        diagnostics.see       | x         |            |             |           |           | x
        diagnostics.order     |           |            |             |           |           |
        diagnostics.perform   |           |            |             |           |           |
        diagnostics.report    | x         |            |             |           |           |
        diagnostics.direct    |           |            |             |           |           | x
        referrals.see         |           |            | x           |           |           |
        referrals.write       |           |            |             |           |           |
        referrals.coordinate  |           |            | x           |           |           |
        referrals.catalogue   |           |            | x           |           |           | x
        referrals.flow        |           |            | x           |           | x         | x
        family_doctors.sign   |           |            |             |           |           |
        orgs.see              | x         | x          | x           | x         | x         | x
        orgs.manage           |           |            |             |           |           |
        orgs.posts            |           |            |             |           |           |
        orgs.tokens           |           |            |             |           |           |
        catalog.manage        |           |            |             |           |           |
        terminology.settle    |           | x          | x           |           | x         |
        exchange.import       |           |            |             |           |           |
        exchange.messages     |           |            | x           |           |           |
        exchange.connections  |           |            |             |           |           |
        imaging.reconcile     |           |            |             |           |           |
        operations.see        |           |            |             |           |           |
        audit.read            |           |            |             |           |           |
        requests.answer       |           |            |             |           |           |
        resident.own          |           |            |             |           |           |
    """)


def test_authorities_administrators_and_residents():
    """Three administrators: organisations, people and rights, the trail; none of them reads a record."""
    check("""
        action                | commission | cdc | system | security | audit | resident
        residents.search      |            |     |        |          |       |
        residents.register    |            |     |        |          |       |
        residents.match       |            |     |        |          |       |
        residents.open        |            |     |        |          |       |
        residents.break_glass |            |     |        |          |       |
        encounters.write      |            |     |        |          |       |
        capacity.see          | x          |     |        |          |       |
        capacity.book         |            |     |        |          |       |
        capacity.manage       |            |     |        |          |       |
        capacity.compliance   | x          |     |        |          |       |
        recognition.decide    |            |     |        |          |       |
        recognition.see       | x          |     |        |          |       |
        recognition.manage    |            |     |        |          |       |
        critical_values.see   |            |     |        |          |       |
        critical_values.manage|            |     |        |          |       |
        diagnostics.see       |            |     |        |          |       |
        diagnostics.order     |            |     |        |          |       |
        diagnostics.perform   |            |     |        |          |       |
        diagnostics.report    |            |     |        |          |       |
        diagnostics.direct    |            |     |        |          |       |
        referrals.see         |            |     |        |          |       |
        referrals.write       |            |     |        |          |       |
        referrals.coordinate  |            |     |        |          |       |
        referrals.catalogue   |            |     |        |          |       |
        referrals.flow        | x          |     |        |          |       |
        family_doctors.sign   |            |     |        |          |       |
        orgs.see              | x          | x   | x      | x        |       |
        orgs.manage           |            |     | x      |          |       |
        orgs.posts            |            |     |        | x        |       |
        orgs.tokens           |            |     |        | x        |       |
        catalog.manage        |            |     | x      |          |       |
        terminology.settle    |            |     | x      |          |       |
        exchange.import       |            |     | x      |          |       |
        exchange.messages     |            |     |        |          |       |
        exchange.connections  |            |     | x      |          |       |
        imaging.reconcile     |            |     |        |          |       |
        operations.see        |            |     | x      |          |       |
        audit.read            |            |     |        |          | x     |
        requests.answer       |            |     |        |          | x     |
        resident.own          |            |     |        |          |       | x
    """)


def test_every_role_is_drawn():
    assert set(COLUMNS.values()) == set(Role) - {Role.SYSTEM}
    assert MAY[Role.SYSTEM] == frozenset(Action)


@pytest.mark.parametrize(
    "row",
    rows("""
        held           | wanted               | together
        system_admin   | security_admin       | no
        system_admin   | audit_admin          | no
        security_admin | audit_admin          | no
        system_admin   | general_practitioner | no
        security_admin | village_doctor       | no
        audit_admin    | specialist           | no
        audit_admin    | nurse                | no
        system_admin   | registrar            | no
        security_admin | referral_coordinator | no
        audit_admin    | pharmacist           | no
        system_admin   | technician           | no
        system_admin   | reporting_doctor     | no
        system_admin   | manager              | yes
        audit_admin    | manager              | yes
        security_admin | resource_manager     | yes
        audit_admin    | insurance_officer    | yes
        specialist     | manager              | yes
        specialist     | general_practitioner | yes
        nurse          | registrar            | yes
    """),
    ids=lambda row: f"{row['held']} and {row['wanted']}",
)
def test_what_one_person_may_hold_at_a_time(row):
    """The three administrators are three people, and none of them has a post that touches residents' records."""
    assert rules.kept_apart(row["wanted"], row["held"]) == (row["together"] == "no")


@pytest.mark.parametrize(
    "row",
    rows("""
        role                 | kind       | level    | exists
        village_doctor       | facility   | village  | yes
        village_doctor       | facility   | township | no
        general_practitioner | facility   | township | yes
        specialist           | facility   | county   | yes
        specialist           | facility   | outside  | yes
        specialist           | commission | county   | no
        health_commission    | commission | county   | yes
        health_commission    | facility   | county   | no
        cdc_officer          | cdc        | county   | yes
        cdc_officer          | facility   | county   | no
        insurance_officer    | insurer    | county   | yes
        insurance_officer    | facility   | county   | yes
        manager              | commission | county   | yes
        security_admin       | facility   | county   | yes
        audit_admin          | commission | county   | yes
        resident             | facility   | county   | no
        system               | facility   | county   | no
    """),
    ids=lambda row: f"{row['role']} at {row['kind']} {row['level']}",
)
def test_which_organisation_has_which_post(row):
    assert rules.role_fits(row["role"], kind=row["kind"], level=row["level"]) == (row["exists"] == "yes")


@pytest.mark.parametrize(
    "row",
    rows("""
        role             | registered at | works at | agreement needed
        specialist       | lead          | lead     | no
        specialist       | lead          | township | yes
        nurse            | township      | lead     | yes
        village_doctor   | village       | township | yes
        reporting_doctor | lead          | township | yes
        registrar        | township      | lead     | no
        manager          | township      | lead     | no
    """),
    ids=lambda row: f"{row['role']} of {row['registered at']} at {row['works at']}",
)
def test_who_needs_an_agreement_to_work_elsewhere(row):
    """A licensed person practises where she is registered; elsewhere under an agreement, without registering anew."""
    needed = rules.needs_agreement(row["role"], registered_at=row["registered at"], works_at=row["works at"])
    assert needed == (row["agreement needed"] == "yes")
