"""Pages on which images are brought in order: whose a study is, and what to do with broken files."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.imaging import services as imaging
from tongmai.exchange import image_forms as forms
from tongmai.exchange import image_words as words
from tongmai.exchange import images
from tongmai.exchange.services import images as services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page
from tongmai.ui.paging import page_of


@require_safe
@may(Action.RECONCILE_IMAGES)
def all_images(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "waiting")
    state = state if state in words.STATES else "waiting"
    listing = page_of(request, images.studies(by=request.actor, state=state))
    context = {
        "lines": [words.study_line(row) for row in listing.rows],
        "listing": listing, "state": state, "chips": words.chips(state),
    }  # fmt: skip
    return page(request, "exchange/images.html", context)


@require_safe
@may(Action.RECONCILE_IMAGES)
def image(request: HttpRequest, study_id: UUID) -> HttpResponse:
    return _shown(request, study_id)


@require_POST
@may(Action.RECONCILE_IMAGES)
def link(request: HttpRequest, study_id: UUID) -> HttpResponse:
    form = forms.Link(request.POST)
    if not form.carries_out(lambda: services.link(study_id, by=request.actor, **form.cleaned_data)):
        return _shown(request, study_id, form, status=422)
    return done(request, "exchange:image", study_id, message=_("已归入申请单和居民档案。"))


@require_POST
@may(Action.RECONCILE_IMAGES)
def unlink(request: HttpRequest, study_id: UUID) -> HttpResponse:
    return _decided(request, study_id, imaging.unlink, _("已从档案中撤回，重新待核对。"))


@require_POST
@may(Action.RECONCILE_IMAGES)
def reject(request: HttpRequest, study_id: UUID) -> HttpResponse:
    return _decided(request, study_id, imaging.reject, _("已记为不归档；图像保留，可以恢复。"))


@require_POST
@may(Action.RECONCILE_IMAGES)
def restore(request: HttpRequest, study_id: UUID) -> HttpResponse:
    return _decided(request, study_id, imaging.restore, _("已恢复，重新待核对。"))


@require_safe
@may(Action.RECONCILE_IMAGES, Action.MANAGE_CONNECTIONS)
def quarantine(request: HttpRequest) -> HttpResponse:
    listing = page_of(request, images.quarantine(by=request.actor))
    context = {
        "lines": [words.held_line(row) for row in listing.rows], "listing": listing,
        "settles": request.actor.may(Action.RECONCILE_IMAGES),
    }  # fmt: skip
    return page(request, "exchange/quarantine.html", context)


@require_POST
@may(Action.RECONCILE_IMAGES)
def dismiss(request: HttpRequest, held_id: UUID) -> HttpResponse:
    form = forms.Decide(request.POST)
    if not form.carries_out(lambda: imaging.dismiss(held_id, by=request.actor, **form.cleaned_data)):
        return done(request, "exchange:quarantine", message=_("没有处理：请写明理由，或刷新后再看。"))
    return done(request, "exchange:quarantine", message=_("已记为不用；文件保留。"))


@require_POST
@may(Action.RECONCILE_IMAGES)
def again(request: HttpRequest, held_id: UUID) -> HttpResponse:
    is_taken = services.try_again(held_id, by=request.actor)
    said = _("已存入归档。") if is_taken else _("仍然不能存入，原因不变。")
    return done(request, "exchange:quarantine", message=said)


def _decided(request: HttpRequest, study_id: UUID, act: Callable[..., None], message: str) -> HttpResponse:
    form = forms.Decide(request.POST)
    if not form.carries_out(lambda: act(study_id, by=request.actor, **form.cleaned_data)):
        return _shown(request, study_id, decision=form, status=422)
    return done(request, "exchange:image", study_id, message=message)


def _shown(
    request: HttpRequest, study_id: UUID, form: Any = None, decision: Any = None, status: int = 200
) -> HttpResponse:
    found = images.study(study_id, by=request.actor)
    context = {
        "study": found.study, "n_images": found.n_images, "said": words.said(found), "tag": words.tag(found),
        "why": words.doubts(found.study.doubts), "proposed": [words.proposed(each) for each in found.proposed],
        "history": words.history(found.decisions), "form": form or forms.Link(),
        "decision": decision or forms.Decide(auto_id="decide_%s"),
    }  # fmt: skip
    return page(request, "exchange/image.html", context, status=status)
