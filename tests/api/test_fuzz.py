"""The whole API is called with what its own description allows, and with what it forbids, as every role.

Whatever is sent: no failure of ours (5xx), nothing of our insides in the answer, every refusal a problem+json that wrote
nothing, every answer as described.  Each operation is called as each role.  What an example writes is rolled back, so
that each starts from the same county.
"""

import json
import os
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ninja.openapi.schema import OpenAPISchema
from schemathesis.checks import not_a_server_error, response_schema_conformance

from tests import living, unwritten
from tests.api import callers
from tongmai.config.api import api
from tongmai.ui.api import Problem

# How many times as many examples as in `make test`; with more than one they are new ones each time.
MORE = int(os.environ.get("TONGMAI_EXAMPLES", "1"))
EXAMPLES = 2 * MORE
CHECKS = (not_a_server_error, response_schema_conformance)
QUIET = list(HealthCheck)


def _operations() -> list[Any]:
    description = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))))
    return [found.ok() for found in description.get_all_operations()]


OPERATIONS = _operations()
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[each.label for each in OPERATIONS])


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    """The county that was lived in, and who calls: in one transaction for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        lived = living.lived_in()
        yield callers.callers(lived.world, resident_id=lived.clinic.resident.id), lived.objects
        transaction.set_rollback(True)


@pytest.fixture
def application(crowd):
    """The product as a server would call it, but in the connection, and so the transaction, of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def fuzz(crowd, application):
    """`fuzz(operation, case, turn)` sends one example as those whose turn it is, and judges the answers."""
    who, objects = crowd

    def send(operation: Any, case: Any, turn: int) -> None:
        for caller in who[turn % EXAMPLES :: EXAMPLES] if MORE == 1 else who:
            response, written = unwritten.sent(lambda by=caller: case.call(app=application, headers=by.headers))
            case.validate_response(response, checks=list(CHECKS))
            _judge(operation, response, caller.role)
            assert not written, f"{operation.label} as {caller.role} was refused and wrote {written}"

    def drawn(operation: Any, data: st.DataObject) -> Any:
        case = data.draw(_strategy(operation, data.draw(st.sampled_from(schemathesis.GenerationMode))))
        if data.draw(st.integers(0, 3)):
            _name_existing_rows(case, objects)
        return case

    return drawn, send


@pytest.mark.proof
@pytest.mark.django_db
@each_operation
def test_no_example_breaks_the_api(operation, fuzz):
    drawn, send = fuzz
    cases = []

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=MORE == 1, suppress_health_check=QUIET, database=None)
    @given(st.data())
    def examples(data):
        cases.append(drawn(operation, data))
        send(operation, cases[-1], len(cases) - 1)

    examples()
    for turn in range(len(cases), EXAMPLES):  # an operation with few different examples is called as each role, too
        send(operation, cases[-1], turn)


def test_no_two_schemas_share_a_name():
    """ninja keeps the last one of a name, and the description of the others would be wrong."""
    kept: dict[str, set[str]] = {}

    class Remembering(OpenAPISchema):
        def add_schema_definitions(self, definitions):
            for name, definition in definitions.items():
                kept.setdefault(name, set()).add(json.dumps(definition, sort_keys=True))
            super().add_schema_definitions(definitions)

    Remembering(api, "/api/v1/")
    assert [name for name, different in kept.items() if len(different) > 1] == []


def _strategy(operation: Any, mode: schemathesis.GenerationMode) -> st.SearchStrategy:
    """An operation without parameters and body cannot be called wrongly."""
    takes_anything = list(operation.iter_parameters()) or list(operation.body)
    return operation.as_strategy(mode if takes_anything else schemathesis.GenerationMode.POSITIVE)


def _name_existing_rows(case: Any, objects: dict[str, Any]) -> None:
    """Replace invented ids by those of rows that exist, or every example would end at the door."""
    for name in list(case.path_parameters or {}):
        if objects.get(name) is not None:
            case.path_parameters[name] = str(objects[name])
    for place in (case.query, case.body):
        if isinstance(place, dict):
            for name in place:
                row = callers.named_by(name, objects)
                if row is not None and place[name]:
                    place[name] = [str(row)] if name.endswith("_ids") else str(row)


def _judge(operation: Any, response: Any, role: str) -> None:
    told = f"{operation.label} as {role}: {response.status_code} {response.text[:500]}"
    assert "Traceback" not in response.text, told
    if response.status_code < 400:
        declared = operation.definition.raw["responses"]
        assert str(response.status_code) in declared, f"not described: {told}"
        return
    assert response.headers["content-type"] == ["application/problem+json"], told
    problem = Problem(**response.json())
    assert problem.status == response.status_code and problem.title and problem.code, told
