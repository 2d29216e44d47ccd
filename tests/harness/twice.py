"""Every form that a test sends and that is carried out is sent a second time, under the same key, as a browser does that
got no answer: the way on must be the same, and nothing may be written.

So each test of a page that writes is a test of this promise as well, and a new form needs none of its own.
"""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from pytest import fixture

from tests import unwritten

# The API has its own; the forms for the post one acts in, and for the door, have none.
WITHOUT_KEY = ("/api/", "/post/", "/sign-in/")
_post = Client.post


@fixture(scope="session", autouse=True)
def _forms_are_sent_twice():
    Client.post = _sent_twice
    yield
    Client.post = _post


def _sent_twice(client: Client, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
    if path.startswith(WITHOUT_KEY) or not isinstance(data, dict | None) or args or "content_type" in kwargs:
        return _post(client, path, data, *args, **kwargs)
    follow = kwargs.pop("follow", False)
    form = {"once": uuid4().hex} | (data or {})
    first = _post(client, path, form, **kwargs)
    if getattr(first, "way_on", None) is not None and connection.in_atomic_block:
        _check(client, path, form, kwargs, first)
    return client._handle_redirects(first, data=form, **kwargs) if follow and _leads_on(first) else first


def _check(client: Client, path: str, form: dict[str, Any], kwargs: dict[str, Any], first: Any) -> None:
    values = (each for value in form.values() for each in (value if isinstance(value, list) else [value]))
    for file in values:
        if hasattr(file, "seek"):
            file.seek(0)
    again, written = unwritten.sent(lambda: _post(client, path, form, **kwargs), refused=lambda answer: True)
    if again.headers.get("Location", "").startswith("/sign-in/"):
        return  # the form ended the session that sent it
    assert "Idempotent-Replay" in again, f"{path} was carried out twice: {again.status_code}"
    assert again.way_on == first.way_on, f"{path} led to {first.way_on}, and sent again to {again.way_on}"
    assert not written, f"{path} sent again wrote {written}"


def _leads_on(response: Any) -> bool:
    return response.status_code in {301, 302, 303, 307, 308}
