"""A traceback says where and what kind, and quotes no data."""

import pytest

from tongmai.kernel import tracebacks
from tongmai.kernel.errors import InvalidInput

SECRET = "示例张三340199196005170021"


def _raised(error, cause=None):
    try:
        raise error from cause
    except Exception as caught:
        return caught


class Diagnosis:
    sqlstate, constraint_name, table_name, column_name = "23505", "identifier_once", "residents_identifier", None
    message_detail = f"Key (value)=({SECRET}) already exists."


class OfPostgres(Exception):
    diag = Diagnosis()


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        RuntimeError(f"no {SECRET}"),
        FileNotFoundError(2, "No such file or directory", f"/srv/{SECRET}.hl7"),
        InvalidInput(field="name", problem=SECRET),
        OfPostgres(f"duplicate key, DETAIL: Key (value)=({SECRET})"),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        type("IntegrityError", (Exception,), {})(f"DETAIL: Failing row contains ({SECRET})"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_message_quotes_data(error):
    text = tracebacks.told(_raised(error, cause=_raised(ValueError(SECRET))))
    assert SECRET not in text and "which led to" in text
    assert type(error).__name__ in text and "in _raised" in text


def test_what_helps_an_operator_is_kept():
    assert "has no attribute" in tracebacks.summary(AttributeError("'X' object has no attribute 'y'"))
    assert tracebacks.summary(InvalidInput(field="name", problem=SECRET)).endswith("invalid-input field problem")
    assert "23505 identifier_once residents_identifier" in tracebacks.summary(OfPostgres(SECRET))
    unique = type("IntegrityError", (Exception,), {})("UNIQUE constraint failed: residents_identifier.value")
    assert "residents_identifier.value" in tracebacks.summary(unique)
    assert "No such file" in tracebacks.summary(FileNotFoundError(2, "No such file or directory", SECRET))
    assert tracebacks.WITHHELD in tracebacks.summary(ValueError(SECRET))
