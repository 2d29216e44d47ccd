"""Every address of the product, listed from the application itself, with the methods that it answers."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

from tongmai.config.api import api

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """A named address.  `methods`: the verbs that the API declares; a page is tried with GET and POST."""

    name: str
    pattern: str
    methods: tuple[str, ...] = ("get", "post")
    is_namesake: bool = False

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """What tests/meta/doors.py calls it: its name; of two with one name, the one about an object adds what it names."""
        return f"{self.name}/{self.arguments[0]}" if self.is_namesake and self.arguments else self.name

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(_ARGUMENT.findall(self.pattern))

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")

    def address(self, objects: dict[str, Any]) -> str:
        """Return the address that names the county's objects."""
        values = {a: objects.get(f"{self.name}.{a}", objects.get(a)) for a in self.arguments}
        missing = [a for a, value in values.items() if value is None]
        assert not missing, f"{self.name}: tests/meta/county.py must say what {missing} names"
        return reverse(self.name, kwargs=values)


def all_routes() -> list[Route]:
    """Return every route; two operations of the API at one address are one route with two methods."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver(), "", ""):
        earlier = found.get(route.pattern)
        if earlier is None:
            found[route.pattern] = route
        else:
            methods = tuple(dict.fromkeys((*earlier.methods, *route.methods)))
            found[route.pattern] = replace(earlier, methods=methods)
    named = Counter(route.name for route in found.values())
    return sorted((replace(r, is_namesake=named[r.name] > 1) for r in found.values()), key=lambda route: route.key)


def _walk(resolver: Any, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            yield from _walk(entry, pattern, entry.namespace or namespace)
            continue
        name = f"{namespace}:{entry.name}" if namespace else str(entry.name)
        methods = _operations().get("/" + _ARGUMENT.sub(r"{\1}", pattern)) if namespace == "api" else None
        yield Route(name, pattern, methods or ("get", "post"))


@cache
def _operations() -> dict[str, tuple[str, ...]]:
    """Return the methods of every address of the API, as its own description lists them."""
    verbs = {"get", "post", "put", "patch", "delete"}
    paths = api.get_openapi_schema()["paths"]
    return {path: tuple(verb for verb in operations if verb in verbs) for path, operations in paths.items()}
