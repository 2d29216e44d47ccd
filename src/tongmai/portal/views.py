"""Signing out, changing the post or the language, and home."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.foundation.orgs import sessions, staying
from tongmai.foundation.orgs.guards import signed_in
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import InvalidInput
from tongmai.portal import forms, services
from tongmai.portal import home as waiting_room
from tongmai.portal.signing_in import onward
from tongmai.ui.http import done, page


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.actor is not None:
        services.note_sign_out(by=request.actor)
        staying.leave(request, now=request.actor.now)
    auth.logout(request)
    response = redirect("portal:sign-in")
    # What this browser kept of the session goes too: drafts, and pages it could show on "back".
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
@signed_in
def post(request: HttpRequest) -> HttpResponse:
    """Act in another of one's posts."""
    form = forms.ChoosePost(request.POST)
    if not form.is_valid() or not sessions.choose_post(request, form.cleaned_data["post"], now=request.actor.now):
        raise InvalidInput(field=_("岗位"), problem=_("不是您当前有效的岗位"))
    services.note_switch(form.cleaned_data["post"], by=request.actor)
    return done(request, "portal:home")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie: a visitor who has not signed in may choose too."""
    form = forms.Language(request.POST)
    response = HttpResponseRedirect(onward(request))
    if form.is_valid():
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            form.cleaned_data["language"],
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.SECURE_COOKIES,
        )
    return response


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Everything that waits for me.  Polled; answers 304 while nothing has changed."""
    actor = request.actor
    if actor.role == Role.RESIDENT:
        return redirect("portal:own")
    kind = request.GET.get("kind", "")[:40]
    tag = _etag(request, f"home-{kind}")
    if request.htmx and request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    context = {"waiting": waiting_room.waiting(by=actor, kind=kind), "now": actor.now, "kind": kind, "etag": tag}
    template = "portal/_waiting.html" if request.htmx and not request.htmx.boosted else "portal/home.html"
    response = page(request, template, context)
    response["ETag"] = tag
    return response


@require_safe
@signed_in
def counts(request: HttpRequest) -> HttpResponse:
    """How much waits, by entry of the left column; JSON for the small script that shows it."""
    tag = _etag(request, "counts")
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = JsonResponse(waiting_room.counts(by=request.actor))
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _etag(request: HttpRequest, what: str) -> str:
    return f'"{what}-{waiting_room.version(by=request.actor)}-{get_language()}"'
