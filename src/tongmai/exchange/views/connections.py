"""Pages of the members' systems: the board, one system, and entering it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.exchange import connection_words, connections, forms
from tongmai.exchange.services import sources
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.terminology import presenters as code_words
from tongmai.foundation.terminology import selectors as codes
from tongmai.ui.http import done, page

DETAILS = ("name", "application", "facility", "org_id", "address", "certificate", "answers_on", "is_active", "version")


@require_safe
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def board(request: HttpRequest) -> HttpResponse:
    by = request.actor
    context = {
        "lines": [connection_words.connection_line(each) for each in connections.board(by=by)],
        "unknown": [connection_words.unknown_line(each) for each in connections.unknown_senders(by=by)],
        "manages": by.may(Action.MANAGE_CONNECTIONS),
    }
    return page(request, "exchange/connections.html", context)


@require_safe
@may(Action.SEE_MESSAGES, Action.MANAGE_CONNECTIONS)
def connection(request: HttpRequest, system_id: UUID) -> HttpResponse:
    return _shown(request, system_id)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MANAGE_CONNECTIONS)
def new(request: HttpRequest) -> HttpResponse:
    """A sender that waits is entered from its line: its names come in the query."""
    initial = {name: request.GET.get(name, "")[:180] for name in ("application", "facility")}
    form = forms.System(request.POST or None, initial=initial | {"is_active": True})
    if request.method == "POST" and form.carries_out(
        lambda: sources.register(details=form.details(), by=request.actor)
    ):
        return done(request, "exchange:connection", form.result.id, message=_("已登记；它的消息可以重试。"))
    return page(request, "exchange/connection_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@may(Action.MANAGE_CONNECTIONS)
def change(request: HttpRequest, system_id: UUID) -> HttpResponse:
    form = forms.ChangeSystem(request.POST)
    if not form.carries_out(
        lambda: sources.change(
            system_id=system_id, details=form.details(), version=form.cleaned_data["version"], by=request.actor
        )
    ):
        return _shown(request, system_id, form=form, status=422)
    return done(request, "exchange:connection", system_id, message=_("已保存。"))


def _shown(request: HttpRequest, system_id: UUID, form: Any = None, status: int = 200) -> HttpResponse:
    system, found = connections.connection(system_id, by=request.actor)
    context = {
        "system": system,
        "line": connection_words.connection_line(found),
        "shares": [code_words.share_line(each) for each in codes.shares(by=request.actor, org_id=system.org_id)],
        "scores": [connection_words.score_line(each) for each in found.fields],
        "form": form or forms.ChangeSystem(initial={name: getattr(system, name) for name in DETAILS}),
        "manages": request.actor.may(Action.MANAGE_CONNECTIONS),
        "reads": request.actor.may(Action.SEE_MESSAGES),
    }
    return page(request, "exchange/connection.html", context, status=status)
