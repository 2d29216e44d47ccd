"""The Jinja2 environment of every page: escaping on, unknown names are errors, words are translated."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from jinja2 import StrictUndefined

from tongmai.ui import drawn, once, searching, words
from tongmai.ui.addresses import plain
from tongmai.ui.compiling import FastEnvironment, said


def environment(**options: Any) -> FastEnvironment:
    """Return the environment that Django's Jinja2 backend asks for."""
    options |= {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }
    options.pop("autoescape", None)  # Django gives it too
    env = FastEnvironment(autoescape=True, **options)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals |= {
        "_": said,
        "url": url,
        "static": drawn.static,
        "drawn": drawn,
        "query": query,
        "search_forgotten": searching.is_forgotten,
        "language": translation.get_language,
        "policy_amount": words.policy_amount,
        "policy_title": lambda value: translation.gettext(value.title),
        "policy_status": words.policy_status,
    }
    env.filters |= {"when": words.when, "day": words.day, "clock": words.clock, "ago": words.ago}
    return env


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of the view called `name`."""
    return reverse(name, args=args or None, kwargs=kwargs or None) if args or kwargs else plain(name)


def query(request: HttpRequest, **changes: Any) -> str:
    """Return this page's query with `changes` made ("" takes a name away), from the first page on."""
    asked = dict(request.GET.lists())
    asked |= {"page": None} | {name: None if value in ("", None) else value for name, value in changes.items()}
    return "?" + urlencode({name: values for name, values in asked.items() if values is not None}, doseq=True)


def context(request: HttpRequest) -> dict[str, Any]:
    """Give each template the actor, the notices left by the step before, and what a form that writes is opened with."""
    return {
        "actor": getattr(request, "actor", None),
        "notices": lambda: take_notices(request),
        "once_input": once.Input(request),
    }


def take_notices(request: HttpRequest) -> list[str]:
    """Return what `http.done` left to be said, and forget it."""
    session = getattr(request, "session", None)
    return session.pop("notices", []) if session is not None else []
