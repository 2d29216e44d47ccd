from tongmai.commons.capacity import states
from tongmai.commons.capacity.states import Side, State, Step
from tongmai.kernel.errors import StepNotAllowed

title = "The life of a booking"


def test_every_state_and_step(states_table):
    """An empty cell means the step is refused.  Somebody marked as no-show who comes late after all still arrives."""
    states_table(State, Step, states.after, refused=StepNotAllowed, expected="""
                  | confirm | reschedule | arrive  | miss    | cancel    | expire
        held      | booked  |            |         |         | cancelled | expired
        booked    |         | booked     | arrived | no_show | cancelled |
        arrived   |         |            |         |         |           |
        no_show   |         |            | arrived |         |           |
        cancelled |         |            |         |         |           |
        expired   |         |            |         |         |           |
    """)  # fmt: skip


def test_who_takes_a_step(table):
    """The offering organisation marks who came; whoever booked may move and cancel, and so may the sender of the
    referral for which it was booked (source).  Only the system ends holds.
    """
    drawn = table("""
        role                 | offerer                                 | booker                     | source
        registrar            | confirm reschedule arrive miss cancel   | confirm reschedule cancel  | confirm reschedule cancel
        specialist           | confirm reschedule arrive miss cancel   | confirm reschedule cancel  | confirm reschedule cancel
        general_practitioner | confirm reschedule arrive miss cancel   | confirm reschedule cancel  | confirm reschedule cancel
        village_doctor       | confirm reschedule arrive miss cancel   | confirm reschedule cancel  | confirm reschedule cancel
        referral_coordinator | confirm reschedule arrive miss cancel   | confirm reschedule cancel  | confirm reschedule cancel
        nurse                | confirm reschedule arrive miss cancel   |                            | confirm reschedule cancel
        technician           | confirm reschedule arrive miss cancel   |                            | confirm reschedule cancel
        resource_manager     | confirm reschedule arrive miss cancel   |                            | confirm reschedule cancel
        manager              |                                         |                            |
        health_commission    |                                         |                            |
        audit_admin          |                                         |                            |
    """)  # fmt: skip
    for row in drawn:
        for side in (Side.OFFERER, Side.BOOKER, Side.SOURCE):
            may = {step.value for step in Step if states.may(step, sides={side}, role=row["role"])}
            assert may == set(row[side].split()), (row["role"], side)
    assert all(states.may(step, sides={Side.SYSTEM}, role="system") for step in Step)


def test_a_resident_cancels_her_own_booking_and_does_nothing_else():
    may = {step for step in Step if states.may(step, sides={Side.RESIDENT}, role="resident")}
    assert may == {Step.CANCEL}


def test_cancelling_and_moving_want_a_reason():
    assert {step for step in Step if states.needs_reason(step)} == {Step.CANCEL, Step.RESCHEDULE}
