"""What identifies a person: seen, amended, added to, ended."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.residents import access, choices, forms, presenters, selectors, services
from tongmai.commons.residents.states import MediumStep
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.kernel.text import N_
from tongmai.ui.http import done, page

ADDED: dict[str, tuple[type[forms.Carried], Callable[..., Any], str]] = {
    "identifier": (forms.AddIdentifier, services.add_identifier, N_("已添加证件。")),
    "medium": (forms.IssueMedium, services.issue_medium, N_("已发放。")),
    "phone": (forms.AddPhone, services.add_phone, N_("已保存电话。")),
    "guardian": (forms.AddGuardian, services.add_guardian, N_("已添加监护人。")),
    "coverage": (forms.SetCoverage, services.set_coverage, N_("已登记参保状态。")),
    "death": (forms.MarkDeceased, services.mark_deceased, N_("已登记死亡。")),
}


@require_safe
@may(Action.REGISTER_RESIDENT)
def identity(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    return _shown(request, resident_id)


@require_POST
@may(Action.REGISTER_RESIDENT)
def add(request: HttpRequest, resident_id: UUID, what: str) -> HttpResponse:
    """Add a number, a card, a phone, a guardian; set the insurance; enter a death."""
    if what not in ADDED:
        raise NotFound()
    kind, act, said = ADDED[what]
    form = kind(request.POST)
    if not form.carries_out(lambda: act(resident_id, by=request.actor, **form.cleaned_data)):
        return _shown(request, resident_id, status=422, **{what: form})
    return done(request, "residents:identity", resident_id, message=_(said))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.REGISTER_RESIDENT)
def amend(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    resident = access.identity(resident_id, by=request.actor, what="identity").resident
    if request.method == "POST":
        form = forms.Amend(request.POST)
        if form.carries_out(lambda: services.amend_identity(resident_id, by=request.actor, **form.cleaned_data)):
            return done(request, "residents:identity", resident_id, message=_("已更改，原内容保留。"))
    else:
        names = [field for field in forms.Amend.base_fields if field != "reason"]
        form = forms.Amend(initial={name: getattr(resident, name) for name in names})
    village = selectors.place_text(form["village_code"].value() or "", request.actor.today)
    context = {"form": form, "village": village, "head": selectors.summary(resident_id, request.actor.today)}
    return page(request, "residents/amend.html", context, status=422 if form.errors else 200)


@require_POST
@may(Action.REGISTER_RESIDENT)
def close_identifier(request: HttpRequest, identifier_id: UUID) -> HttpResponse:
    closed = services.close_identifier(identifier_id, by=request.actor, reason=_reason(request))
    return done(request, "residents:identity", closed.resident_id, message=_("已停用该证件。"))


@require_POST
@may(Action.REGISTER_RESIDENT)
def move_medium(request: HttpRequest, medium_id: UUID, step: str) -> HttpResponse:
    if step not in set(MediumStep):
        raise NotFound()
    form = forms.Reason(request.POST)
    form.is_valid()
    version = form.cleaned_data.get("version")
    medium = services.move_medium(
        medium_id, MediumStep(step), by=request.actor, reason=_reason(request), version=version
    )  # fmt: skip
    return done(request, "residents:identity", medium.resident_id, message=_("已办理。"))


@require_POST
@may(Action.REGISTER_RESIDENT)
def close_phone(request: HttpRequest, phone_id: UUID) -> HttpResponse:
    phone = services.close_phone(phone_id, by=request.actor)
    return done(request, "residents:identity", phone.resident_id, message=_("已停用该电话。"))


@require_POST
@may(Action.REGISTER_RESIDENT)
def check_phone(request: HttpRequest, phone_id: UUID) -> HttpResponse:
    phone = services.check_phone(phone_id, by=request.actor)
    return done(request, "residents:identity", phone.resident_id, message=_("已登记：本人、证件和手机当面核对一致。"))


@require_POST
@may(Action.REGISTER_RESIDENT)
def end_guardian(request: HttpRequest, guardian_id: UUID) -> HttpResponse:
    guardian = services.end_guardian(guardian_id, by=request.actor)
    return done(request, "residents:identity", guardian.resident_id, message=_("已结束监护关系。"))


@require_POST
@may(Action.REGISTER_RESIDENT)
def revoke_death(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    services.revoke_death(resident_id, by=request.actor, reason=_reason(request))
    return done(request, "residents:identity", resident_id, message=_("已更正，死亡登记撤销。"))


def _shown(request: HttpRequest, resident_id: UUID, status: int = 200, **bound: forms.Carried) -> HttpResponse:
    resident = access.identity(resident_id, by=request.actor, what="identity").resident
    found = selectors.identity_page(resident)
    context = {
        "head": selectors.summary(resident_id, request.actor.today),
        "found": found,
        "media": presenters.medium_rows(found),
        "changes": presenters.changes(found),
        "id_kinds": dict(choices.ALL_ID_KINDS),
        "may_open": access.may_open(resident_id, by=request.actor),
        "forms": {what: bound.get(what) or kind() for what, (kind, _act, _said) in ADDED.items()},
        "today": request.actor.today,
        "may_match": selectors.may_match(request.actor),
        "n_merged": selectors.n_merged_into(resident_id),
    }
    return page(request, "residents/identity.html", context, status=status)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:200]
