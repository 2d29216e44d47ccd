"""The thread from the order to the report.  An empty cell means that the step is refused."""

# ruff: noqa: E501  (a table of fourteen columns is read as one)

from tongmai.care.diagnostics.states import THREAD, State, Step
from tongmai.kernel.errors import StepNotAllowed

title = "Which steps an examination allows"


def test_every_state_and_step(states_table):
    states_table(State, Step, THREAD.after, refused=StepNotAllowed, expected="""
                    | perform   | send | redo      | cancel    | reject   | claim   | release | assign  | submit      | publish   | verify    | send_back | amend   | drop_amendment
        ordered     | performed |      |           | cancelled |          |         |         |         |             |           |           |           |         |
        performed   |           | sent |           | cancelled |          |         |         |         |             |           |           |           |         |
        rejected    |           |      | performed | cancelled |          |         |         |         |             |           |           |           |         |
        sent        |           |      |           |           | rejected | claimed |         | claimed |             |           |           |           |         |
        claimed     |           |      |           |           | rejected |         | sent    | claimed | preliminary | published |           |           |         | published
        preliminary |           |      |           |           |          |         |         |         |             |           | published | claimed   |         |
        published   |           |      |           |           |          |         |         |         |             |           |           |           | claimed |
        cancelled   |           |      |           |           |          |         |         |         |             |           |           |           |         |
    """)  # fmt: skip
