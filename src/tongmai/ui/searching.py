"""Searches for people: what is typed stays out of the address.

An address is written down where nobody thinks of it: histories, proxies, server logs, the screen behind the counter.  So
the words are posted, kept in the session for a while, and the list is shown under an address that only says which
search it is.  Everything else about the address works as ever: reload, back, paging, filters, export.
"""

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from tongmai.ui import once

PARAMETER = "search"  # names the search in the address
KEPT = 20  # searches of one session; the oldest is forgotten first
LONGEST = 60
_SESSION_KEY = "searches"


def keep(request: HttpRequest, *names: str) -> HttpResponse:
    """Keep the posted words called `names` and answer with the way to the list that they narrow.

    The other fields of the form are filters without personal data; they stay in the address.
    """
    words = {name: _plain(request.POST.get(name, "")) for name in names}
    target = QueryDict(mutable=True)
    for name, value in request.POST.items():
        if name not in (*names, *once.NOT_SAID) and value and len(value) <= LONGEST:
            target[name] = value
    if any(words.values()):
        target[PARAMETER] = _kept_under(request, words)
    return HttpResponseRedirect(f"{request.path}?{target.urlencode()}" if target else request.path)


def asked(request: HttpRequest, *names: str) -> QueryDict:
    """Return what the address asks for, with the kept words called `names` in their place; never those of the address."""
    given = request.GET.copy()
    words = _searches(request).get(given.get(PARAMETER, ""), {})
    for name in names:
        given.pop(name, None)
        given[name] = words.get(name, "")
    return given


def posted(request: HttpRequest, name: str = "q") -> str:
    """Return the words of a search that is answered at once, as a picker's is."""
    return _plain(request.POST.get(name, ""))


def is_forgotten(request: HttpRequest) -> bool:
    """Whether the address names a search that this session does not know (any more)."""
    named = request.GET.get(PARAMETER, "")
    return bool(named) and named not in _searches(request)


def _searches(request: HttpRequest) -> dict[str, dict[str, str]]:
    return request.session.get(_SESSION_KEY, {})


def _kept_under(request: HttpRequest, words: dict[str, str]) -> str:
    """Return the name under which `words` are kept, the same one for the same words."""
    searches = _searches(request)
    name = next((name for name, kept in searches.items() if kept == words), None) or secrets.token_urlsafe(9)
    others = {known: kept for known, kept in searches.items() if known != name}
    request.session[_SESSION_KEY] = dict([*others.items(), (name, words)][-KEPT:])
    return name


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST]
