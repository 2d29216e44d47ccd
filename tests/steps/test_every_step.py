"""Every state × step × role × place, through the real services: what is offered is taken, what is not is refused, and
page and API offer exactly that.

The tables of `tests/spec` say who takes which step in words; here the rows exist, and the people are posts at real
organisations: the sender, the receiver, the reviewer, a neighbour, another county.  A refused step leaves the row and its
history as they were.
"""

import importlib
import pkgutil

import pytest
from django.db import transaction

import tongmai
from tests.meta.acting import Acting
from tests.steps.harness import compare, everybody, judge
from tests.steps.machines import MACHINES
from tongmai.kernel.states import Table

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
CELLS = [pytest.param(machine, state, id=f"{machine.name}-{state}") for machine in MACHINES for state in machine.states]


@pytest.fixture
def case(clinic, machine, state):
    """The machine's row in that state; everything is taken back."""
    with transaction.atomic():
        row = machine.states[state](clinic)
        row.refresh_from_db()
        assert machine.table is None or state in machine.further or row.state == state
        yield machine.case(clinic, row)
        transaction.set_rollback(True)


@pytest.mark.parametrize(("machine", "state"), CELLS)
def test_every_step_by_everybody(clinic, case):
    judge(clinic, case)


@pytest.fixture(scope="module")
def acting():
    return Acting()


@pytest.mark.parametrize(("machine", "state"), CELLS)
def test_page_and_api_offer_what_the_service_takes(clinic, case, acting):
    n_offered = compare(clinic, case, acting)
    assert n_offered or not any(case.expected(actor, place) for place, actor, _ in everybody(clinic, case))


def test_every_life_cycle_is_walked_through_every_state():
    """A `Table` in any `states.py` has its machine here, and the machine a way into each of its states."""
    found = {
        id(value): (module.name, value)
        for module in pkgutil.walk_packages(tongmai.__path__, "tongmai.")
        if module.name.endswith(".states")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Table)
    }
    walked = {id(machine.table): machine.reached for machine in MACHINES if machine.table is not None}
    assert len(found) >= 8
    for key, (name, table) in found.items():
        states = {str(state) for state in type(next(iter(table.rows))[0])}
        assert walked.get(key) == states, f"{name}: tests/steps/machines reaches {sorted(walked.get(key, ()))}"
