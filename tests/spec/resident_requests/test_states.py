from tongmai.commons.resident_requests import states
from tongmai.commons.resident_requests.states import (
    DISPUTES,
    WARDS,
    DisputeState,
    DisputeStep,
    Side,
    WardState,
    WardStep,
)
from tongmai.kernel.errors import StepNotAllowed

title = "The life of a dispute and of a ward request"


def test_disputes(states_table):
    """What a resident says against an access or an entry.  An empty cell means the step is refused.

    Opened again it can be once only, within the time that the policy gives; that is decided beside the table.
    """
    states_table(DisputeState, DisputeStep, states.after_dispute, refused=StepNotAllowed, expected="""
                  | answer   | correct   | reject   | reopen   | withdraw
        open      | answered | corrected | rejected |          | withdrawn
        answered  |          |           |          | reopened |
        corrected |          |           |          | reopened |
        rejected  |          |           |          | reopened |
        reopened  | answered | corrected | rejected |          | withdrawn
        withdrawn |          |           |          |          |
    """)  # fmt: skip


def test_ward_requests(states_table):
    """A resident asks to be entered as somebody's guardian; a registrar looks at the papers."""
    states_table(WardState, WardStep, states.after_ward, refused=StepNotAllowed, expected="""
                  | accept   | refuse  | withdraw
        asked     | accepted | refused | withdrawn
        accepted  |          |         |
        refused   |          |         |
        withdrawn |          |         |
    """)  # fmt: skip


def test_who_takes_a_step(table):
    """Who answers for a dispute is decided by what it is about; of them only these roles take the steps."""
    drawn = table("""
        role                 | resident        | answerer
        resident             | reopen withdraw |
        audit_admin          |                 | answer correct reject
        registrar            |                 | answer correct reject
        village_doctor       |                 | answer correct reject
        general_practitioner |                 | answer correct reject
        specialist           |                 | answer correct reject
        nurse                |                 |
        manager              |                 |
        security_admin       |                 |
    """)  # fmt: skip
    for row in drawn:
        for side in Side:
            may = {step.value for step in DisputeStep if DISPUTES.may(step, sides={side}, role=row["role"])}
            assert may == set(row[side].split()), (row["role"], side)
    deciding = {step.value for step in WardStep if WARDS.may(step, sides={Side.ANSWERER}, role="registrar")}
    assert deciding == {"accept", "refuse"}
    assert not any(WARDS.may(step, sides={Side.ANSWERER}, role="general_practitioner") for step in WardStep)
