"""The life of a critical value.  An empty cell means that the step is refused."""

from tests.harness.tables import rows
from tongmai.care.critical_values.states import LIFE, Side, State, Step
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import StepNotAllowed

title = "Which steps a critical value allows, and who takes them"


def test_every_state_and_step(states_table):
    """Nothing leads past the acknowledgement; only what nobody was told of is rejected without one.

    What was read back and not acted on escalates as what nobody has read back.
    """
    states_table(State, Step, LIFE.after, refused=StepNotAllowed, expected="""
                     | release  | reject      | escalate     | acknowledge  | phone        | act   | close  | dismiss     | correct
        raised       | notified | false_alarm |              |              |              |       |        |             | raised
        notified     |          |             | notified     | acknowledged | acknowledged |       |        |             | notified
        acknowledged |          |             | acknowledged |              |              | acted |        | false_alarm | acknowledged
        acted        |          |             |              |              |              | acted | closed | false_alarm | acted
        closed       |          |             |              |              |              |       |        |             | closed
        false_alarm  |          |             |              |              |              |       |        |             | false_alarm
    """)  # fmt: skip


WHO = """
        step        | side     | village_doctor | general_practitioner | specialist | nurse | technician | reporting_doctor | referral_coordinator | manager
        release     | finder   |                | x                    | x          | x     | x          | x                |                      |
        reject      | finder   |                | x                    | x          | x     | x          | x                |                      |
        escalate    | platform |                |                      |            |       |            |                  |                      |
        acknowledge | receiver | x              | x                    | x          | x     | x          | x                | x                    | x
        phone       | finder   |                | x                    | x          | x     | x          | x                |                      |
        act         | receiver | x              | x                    | x          |       |            |                  |                      |
        close       | receiver | x              | x                    | x          | x     |            |                  |                      |
        dismiss     | receiver | x              | x                    | x          |       |            |                  |                      |
        correct     | platform |                |                      |            |       |            |                  |                      |
"""  # fmt: skip


def test_who_takes_a_step():
    """Whoever was told may read it back; only a doctor acts on it or calls it a false alarm."""
    table = rows(WHO)
    assert [row["step"] for row in table] == [str(step) for step in Step]
    for row in table:
        step, side = row.pop("step"), row.pop("side")
        rule = LIFE.rules[Step(step)]
        assert rule.side == Side(side)
        assert rule.roles - {"system"} == {Role(name) for name, mark in row.items() if mark == "x"}, step
