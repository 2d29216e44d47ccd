"""The two lives of a referral.  An empty cell means that the step is refused."""

# ruff: noqa: E501  (a table of nineteen columns is read as one)

from tongmai.care.referrals.states import DOWN, UP, DownState, DownStep, UpState, UpStep
from tongmai.kernel.errors import StepNotAllowed

title = "Which steps a referral allows"


def test_every_state_and_step_of_an_up_referral(states_table):
    states_table(UpState, UpStep, UP.after, refused=StepNotAllowed, expected="""
                  | ask_review | approve   | send_back | submit    | accept   | decline  | return   | redirect  | reassign  | book   | reschedule | arrive  | miss    | treat   | close  | withdraw  | send_emergency | admit_emergency | complete_paperwork | record_consent
        draft     | reviewing  |           |           | submitted |          |          |          |           |           |        |            |         |         |         |        | withdrawn | accepted       | arrived         |                    |
        reviewing |            | submitted | returned  |           |          |          |          |           |           |        |            |         |         |         |        | withdrawn |                |                 |                    |
        submitted |            |           |           |           | accepted | declined | returned | submitted | submitted |        |            |         |         |         |        | withdrawn |                |                 |                    | submitted
        returned  | reviewing  |           |           | submitted |          |          |          |           |           |        |            |         |         |         |        | withdrawn |                |                 |                    |
        accepted  |            |           |           |           |          |          |          | submitted | submitted | booked |            | arrived |         |         |        | withdrawn |                |                 | accepted           | accepted
        booked    |            |           |           |           |          |          |          |           |           |        | booked     | arrived | no_show |         |        | withdrawn |                |                 | booked             | booked
        no_show   |            |           |           |           |          |          |          |           |           | booked |            |         |         |         |        | withdrawn |                |                 |                    |
        arrived   |            |           |           |           |          |          |          |           |           |        |            |         |         | treated |        |           |                |                 | arrived            | arrived
        treated   |            |           |           |           |          |          |          |           |           |        |            |         |         |         | closed |           |                |                 | treated            | treated
        closed    |            |           |           |           |          |          |          |           |           |        |            |         |         |         |        |           |                |                 |                    |
        declined  |            |           |           |           |          |          |          |           |           |        |            |         |         |         |        |           |                |                 |                    |
        withdrawn |            |           |           |           |          |          |          |           |           |        |            |         |         |         |        |           |                |                 |                    |
    """)  # fmt: skip


def test_every_state_and_step_of_a_down_referral(states_table):
    states_table(DownState, DownStep, DOWN.after, refused=StepNotAllowed, expected="""
                  | submit    | accept   | decline  | return   | redirect  | reassign  | receive  | follow_up | finish | withdraw | record_consent
        draft     | submitted |          |          |          |           |           |          |           |        | withdrawn |
        submitted |           | accepted | declined | returned | submitted | submitted |          |           |        | withdrawn | submitted
        returned  | submitted |          |          |          |           |           |          |           |        | withdrawn |
        accepted  |           |          |          |          | submitted | submitted | received |           |        | withdrawn | accepted
        received  |           |          |          |          |           |           |          | following |        |          |
        following |           |          |          |          |           |           |          | following | closed |          |
        closed    |           |          |          |          |           |           |          |           |        |          |
        declined  |           |          |          |          |           |           |          |           |        |          |
        withdrawn |           |          |          |          |           |           |          |           |        |          |
    """)  # fmt: skip
