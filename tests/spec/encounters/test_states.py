"""A visit that took place is finished, never cancelled; what must be added to it is added after reopening it."""

from tongmai.commons.encounters.states import State, Step, after
from tongmai.kernel.errors import StepNotAllowed

title = "Which steps an encounter allows"


def test_every_state_and_step_of_an_encounter(states_table):
    """An empty cell means the step is refused.  Cancelling and reopening want a reason."""
    states_table(
        State,
        Step,
        after,
        refused=StepNotAllowed,
        expected="""
                        | start       | finish   | cancel    | reopen
            planned     | in_progress |          | cancelled |
            in_progress |             | finished | cancelled |
            finished    |             |          |           | in_progress
            cancelled   |             |          |           |
        """,
    )
