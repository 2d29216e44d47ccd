"""Making an entry for a person, with a warning where she may be there already."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongmai.commons.residents import forms, presenters, selectors, services
from tongmai.commons.residents.errors import AlreadyRegistered, IdentifierTaken
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching
from tongmai.ui.http import done, fragment, go, page


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.REGISTER_RESIDENT)
def register(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, forms.Register(initial=_given(request)))
    form = forms.Register(request.POST)
    if form.is_valid() and not form.cleaned_data["is_another"] and (alike := _alike(request, form.cleaned_data)):
        return _shown(request, form, alike=alike, status=409)
    if not form.carries_out(lambda: services.register(by=request.actor, **form.facts())):
        return _shown(request, form, status=422)
    return go(request, presenters.home_of(form.result.id, by=request.actor), _("已建档。"))


@require_POST
@may(Action.REGISTER_RESIDENT)
def alike(request: HttpRequest) -> HttpResponse:
    """Who may be the same person, while the form is filled in.  Nothing is written."""
    form = forms.Register(request.POST)
    form.is_valid()
    return fragment(request, "residents/_alike.html", {"alike": _alike(request, form.cleaned_data)})


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.REGISTER_RESIDENT)
def introduce(request: HttpRequest) -> HttpResponse:
    """A person of elsewhere shows her document."""
    form = forms.Introduce(request.POST or None)
    if request.method == "POST" and form.carries_out(
        lambda: services.introduce(by=request.actor, **form.cleaned_data)
    ):  # fmt: skip
        return done(request, "residents:identity", form.result.id, message=_("已调入，本机构今后可以查到该居民。"))
    return page(request, "residents/introduce.html", {"form": form}, status=422 if form.errors else 200)


def _shown(request: HttpRequest, form: forms.Register, *, alike: Any = (), status: int = 200) -> HttpResponse:
    refused = form.refused
    context = {
        "form": form,
        "village": selectors.place_text(form["village_code"].value() or "", request.actor.today),
        "alike": alike,
        "existing": refused.resident_id if isinstance(refused, AlreadyRegistered) else None,
        "is_elsewhere": isinstance(refused, IdentifierTaken),
    }
    return page(request, "residents/register.html", context, status=status)


def _given(request: HttpRequest) -> dict[str, str]:
    """What was typed into the search box and found nobody: a number, else a name."""
    q = searching.asked(request, "q")["q"]
    if not q:
        return {}
    return {"id_number": q} if any(character.isdigit() for character in q) else {"name": q}


def _alike(request: HttpRequest, entered: dict[str, Any]) -> list[selectors.Found]:
    """Who may be the same person."""
    if entered.get("is_unnamed"):
        return []
    return selectors.alike(
        name=entered.get("name") or "",
        born_on=entered.get("born_on"),
        phone=entered.get("phone") or "",
        id_number=entered.get("id_number") or "",
        by=request.actor,
    )
