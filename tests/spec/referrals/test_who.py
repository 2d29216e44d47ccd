"""Who takes which step: every state × step × role × side, against a table typed here a second time."""

import itertools

import pytest

from tongmai.care.referrals.states import DOWN, UP, DownState, DownStep, Side, UpState, UpStep
from tongmai.foundation.orgs.roles import Role

title = "Who takes which step of a referral"

# V village doctor · G general practitioner · S specialist · C coordinator · N nurse · R registrar; everybody else never.
LETTERS = {
    "V": "village_doctor",
    "G": "general_practitioner",
    "S": "specialist",
    "C": "referral_coordinator",
    "N": "nurse",
    "R": "registrar",
}

UP_WHO = """
    step               | side        | roles  | reason
    ask_review         | sender      | VGS    |
    submit             | sender      | VGS    |
    send_emergency     | sender      | VGS    |
    complete_paperwork | sender      | VGS    |
    withdraw           | sender      | VGS    | yes
    approve            | reviewer    | GSC    |
    send_back          | reviewer    | GSC    | yes
    accept             | receiver    | GSC    |
    decline            | receiver    | GSC    | yes
    return             | receiver    | GSC    | yes
    redirect           | receiver    | C      | yes
    reassign           | coordinator | C      | yes
    book               | receiver    | GSCR   |
    reschedule         | receiver    | GSCR   | yes
    arrive             | receiver    | GSCRN  |
    miss               | receiver    | GSCRN  |
    admit_emergency    | receiver    | GS     |
    treat              | receiver    | GS     |
    close              | receiver    | GSC    |
    record_consent     | receiver    | GSCRN  |
"""

DOWN_WHO = """
    step      | side        | roles | reason
    submit    | sender      | SGC   |
    withdraw  | sender      | SGC   | yes
    accept    | receiver    | VGC   |
    decline   | receiver    | VGC   | yes
    return    | receiver    | VGC   | yes
    redirect  | receiver    | VGC   | yes
    reassign  | coordinator | C     | yes
    receive   | receiver    | VGN   |
    follow_up | receiver    | VGN   |
    finish    | receiver    | VGC   |
    record_consent | receiver    | VGCN   |
"""


@pytest.mark.parametrize(
    ("life", "states", "steps", "drawn"),
    [(UP, UpState, UpStep, UP_WHO), (DOWN, DownState, DownStep, DOWN_WHO)],
    ids=["up", "down"],
)
def test_every_state_step_role_and_side(life, states, steps, drawn, table):
    who = {row["step"]: row for row in table(drawn)}
    assert set(who) == {str(step) for step in steps}
    wrong = []
    for state, step, role, side in itertools.product(states, steps, Role.values, Side):
        row = who[str(step)]
        named = {LETTERS[letter] for letter in row["roles"]}
        expected = (state, step) in life.rows and side == row["side"] and role in named
        if (step in life.open_to(state, sides=[side], role=role)) != expected:
            wrong.append((state, step, role, side))
    assert not wrong


@pytest.mark.parametrize(("life", "drawn"), [(UP, UP_WHO), (DOWN, DOWN_WHO)], ids=["up", "down"])
def test_which_steps_want_a_reason(life, drawn, table):
    expected = {row["step"] for row in table(drawn) if row["reason"] == "yes"}
    assert {str(step) for step, rule in life.rules.items() if rule.needs_reason} == expected
