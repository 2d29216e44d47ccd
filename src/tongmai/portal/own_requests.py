"""What a resident asks from her own pages: disputes, and members of her family."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.commons.resident_requests import entries, forms, presenters, selectors, services
from tongmai.commons.residents import log_marks
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.orgs import policy
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound
from tongmai.portal import own_frame, own_words
from tongmai.ui.http import done

_READ = ["GET", "HEAD", "POST"]


@require_safe
@may(Action.SEE_OWN)
def disputes(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Every dispute of one record, with what was answered."""
    person_id, frame = own_frame.whose(request, resident_id)
    lines = selectors.disputes_of(person_id, by=request.actor)
    context = {"lines": [(each, presenters.dispute_tag(each.state), presenters.kind(each.kind)) for each in lines]}
    return own_frame.shown(request, "portal/own_disputes.html", frame, context)


@require_http_methods(_READ)
@may(Action.SEE_OWN)
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute; `reopen` says that she is not content, `withdraw` takes it back."""
    by = request.actor
    found = selectors.dispute(dispute_id, by=by)
    _person_id, frame = own_frame.whose(request, found.line.resident_id)
    is_back = request.method == "POST" and "withdraw" in request.POST
    if is_back:
        services.withdraw(dispute_id, by=by)
        return done(request, "portal:own-dispute", dispute_id, message=_("已撤回。"))
    form = forms.Say(request.POST or None)
    if request.method == "POST" and form.carries_out(
        lambda: services.reopen(dispute_id, by=by, said=form.cleaned_data["said"])
    ):
        return done(request, "portal:own-dispute", dispute_id, message=_("已再次提出，会有人重新答复。"))
    context = {
        "found": found,
        "form": form,
        "tag": presenters.dispute_tag(found.line.state),
        "kind": presenters.kind(found.line.kind),
        "history": presenters.history(found.history),
        "reopen_within": policy.value("resident_requests.reopen_within", on=by.today),
    }
    status = 422 if form.errors else 200
    return own_frame.shown(request, "portal/own_dispute.html", frame, context, status=status)


@require_http_methods(_READ)
@may(Action.SEE_OWN)
def dispute_access(request: HttpRequest, resident_id: UUID, mark: str) -> HttpResponse:
    """I do not know why this person looked."""
    by = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    log_id = log_marks.marked(mark)
    row = residents.access_rows(person_id, by=by).filter(id=log_id).first()
    if row is None:
        raise NotFound()
    seen = own_words.looked(row, by=by)
    about = " · ".join(part for part in (seen.org, seen.who, str(seen.role)) if part)
    return _raised(
        request, frame, _("我不知道为什么有人看了我的档案"), about,
        lambda said: services.dispute_access(person_id, by=by, access_log_id=log_id, said=said),
        within=policy.value("resident_requests.answer_access_within", on=by.today),
        hint=_("由本县的审计管理员核实并答复，不经过查阅者所在的科室。"), looked=seen,
    )  # fmt: skip


@require_http_methods(_READ)
@may(Action.SEE_OWN)
def dispute_entry(request: HttpRequest, resident_id: UUID, kind: str, entry_id: UUID) -> HttpResponse:
    """This entry is wrong, or not mine."""
    by = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    entry = entries.facts_of(kind, entry_id)
    if entry is None or entry.resident_id != person_id:
        raise NotFound()
    return _raised(
        request, frame, _("这条记录不对，或不是我的"), entry.line,
        lambda said: services.dispute_entry(person_id, by=by, entry_kind=kind, entry_id=entry_id, said=said),
        within=policy.value("resident_requests.answer_entry_within", on=by.today, at=entry.org_id),
        hint=_("由书写这条记录的机构核实。记录不会删除；在答复之前，每位医生打开时都会看到“居民有异议”。"),
    )  # fmt: skip


@require_http_methods(_READ)
@may(Action.SEE_OWN)
def dispute_identity(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """My name, number, phone or address is wrong."""
    by = request.actor
    person_id, frame = own_frame.whose(request, resident_id)
    return _raised(
        request, frame, _("我的身份信息不对"), _("姓名、证件、电话和住址"),
        lambda said: services.dispute_identity(person_id, by=by, said=said),
        within=policy.value("resident_requests.answer_entry_within", on=by.today),
        hint=_("由为您建档的机构或家庭医生所在机构核对。改证件和手机要带证件到窗口。"),
    )  # fmt: skip


@require_http_methods(_READ)
@may(Action.SEE_OWN)
def family(request: HttpRequest) -> HttpResponse:
    """Whose records I may read, and asking for another member of the family."""
    by = request.actor
    _person_id, frame = own_frame.whose(request, None)
    form = forms.AskForWard(request.POST or None)
    if request.method == "POST" and form.carries_out(lambda: services.ask_for_ward(by=by, **form.cleaned_data)):
        return done(request, "portal:own-family", message=_("申请已提交，登记员核对后会在这里答复。"))
    lines = [(each, presenters.ward_tag(each.state)) for each in selectors.ward_requests(by=by)]
    within = policy.value("resident_requests.ward_within", on=by.today)
    context = {"form": form, "lines": lines, "within": within}
    return own_frame.shown(request, "portal/own_family.html", frame, context, status=422 if form.errors else 200)


@require_POST
@may(Action.SEE_OWN)
def withdraw_ward_request(request: HttpRequest, ward_request_id: UUID) -> HttpResponse:
    services.withdraw_ward_request(ward_request_id, by=request.actor)
    return done(request, "portal:own-family", message=_("已撤回。"))


def _raised(
    request: HttpRequest, frame: dict[str, Any], title: str, about: str, act: Callable[[str], Any], **shown: Any
) -> HttpResponse:
    """Ask what is wrong, and raise the dispute."""
    form = forms.Say(request.POST or None)
    if request.method == "POST" and form.carries_out(lambda: act(form.cleaned_data["said"])):
        message = _("已提出。处理进展和答复会在这里显示。")
        return done(request, "portal:own-dispute", form.result.id, message=message)
    context = {"form": form, "title": title, "about": about, "looked": None, **shown}
    return own_frame.shown(request, "portal/own_say.html", frame, context, status=422 if form.errors else 200)
