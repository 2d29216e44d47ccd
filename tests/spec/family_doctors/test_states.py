"""The life of a contract.  An empty cell means that the step is refused."""

from tongmai.care.family_doctors.states import CONTRACT, State, Step
from tongmai.kernel.errors import StepNotAllowed

title = "Which steps a family-doctor contract allows"


def test_every_state_and_step(states_table):
    states_table(State, Step, CONTRACT.after, refused=StepNotAllowed, expected="""
                   | sign   | amend  | end   | terminate  | discard
        draft      | active |        |       |            | discarded
        active     |        | active | ended | terminated |
        ended      |        |        |       |            |
        terminated |        |        |       |            |
        discarded  |        |        |       |            |
    """)  # fmt: skip
