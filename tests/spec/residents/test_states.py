"""A card or code ends for good when it is revoked or replaced; a lost one may be found again."""

from tongmai.commons.residents.states import MediumState, MediumStep, after
from tongmai.kernel.errors import StepNotAllowed

title = "Which steps a card or code allows"


def test_every_state_and_step_of_a_card(states_table):
    """An empty cell means the step is refused.  The number of an ended card is never given out again."""
    states_table(
        MediumState,
        MediumStep,
        after,
        refused=StepNotAllowed,
        expected="""
                     | report_lost | find   | revoke  | replace
            active   | lost        |        | revoked | replaced
            lost     |             | active | revoked | replaced
            revoked  |             |        |         |
            replaced |             |        |         |
        """,
    )
