"""A message or an import is never lost: it is done, or it waits with its reason, or somebody refused it."""

from tongmai.exchange.states import IMPORT, MESSAGE, ImportState, ImportStep, MessageState, MessageStep
from tongmai.kernel.errors import StepNotAllowed

title = "Which steps a received message and an import allow"


def test_every_state_and_step_of_a_message(states_table):
    """An empty cell means the step is refused.  A held message may be tried again as often as needed."""
    states_table(
        MessageState,
        MessageStep,
        MESSAGE.after,
        refused=StepNotAllowed,
        expected="""
                     | take | hold | reject
            received | done | held | rejected
            held     | done | held | rejected
            done     |      |      |
            rejected |      |      |
        """,
    )


def test_every_state_and_step_of_an_import(states_table):
    """Where the columns are not clear, a person says which is which, and may say otherwise until she confirms.

    An import can be abandoned until it is confirmed; from then on it runs to its end, row by row.
    """
    states_table(
        ImportState,
        ImportStep,
        IMPORT.after,
        refused=StepNotAllowed,
        expected="""
                      | map      | finish_check | confirm  | finish  | abandon
            mapping   | checking |              |          |         | abandoned
            checking  |          | checked      |          |         | abandoned
            checked   | checking |              | applying |         | abandoned
            applying  |          |              |          | applied |
            applied   |          |              |          |         |
            abandoned |          |              |          |         |
        """,
    )
