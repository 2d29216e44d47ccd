"""Pages of received messages: what waits for a person, why, and what she can do about it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.residents import selectors as residents
from tongmai.exchange import forms, presenters, selectors, wording
from tongmai.exchange.services import meanings as services_of_meanings
from tongmai.exchange.services import messages
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui import searching
from tongmai.ui.http import done, file_response, fragment, page
from tongmai.ui.paging import page_of

PICKED = 12
SETTLED = {
    "done": gettext_lazy("已办理。"),
    "held": gettext_lazy("已保存，但仍有待处理的问题。"),
    "rejected": gettext_lazy("已拒绝，理由已写入回复。"),
}


@require_safe
@may(Action.SEE_MESSAGES, Action.IMPORT, Action.MANAGE_POSTS)
def all_messages(request: HttpRequest) -> HttpResponse:
    """The list; a post that only imports has the imports as its page of exchange."""
    by = request.actor
    if not by.may(Action.SEE_MESSAGES):
        return redirect("exchange:imports")
    state = request.GET.get("state", "")
    state = state if state in presenters.MESSAGE_TAGS else ""
    what = request.GET.get("what", "")
    what = what if what in wording.MESSAGES else ""
    listing = page_of(request, selectors.messages(by=by, state=state, what=what))
    context = {
        "lines": [presenters.message_line(row) for row in listing.rows],
        "listing": listing,
        "chips": presenters.message_chips(selectors.message_counts(by=by)),
        "state": state,
        "what": what,
        "reasons": presenters.reason_rows(selectors.held_reasons(by=by)) if state in ("", "held") else [],
        "form": forms.Receive(),
        "imports": bool(selectors.importable_kinds(by)),
    }
    return page(request, "exchange/messages.html", context)


@require_POST
@may(Action.SEE_MESSAGES)
def receive(request: HttpRequest) -> HttpResponse:
    form = forms.Receive(request.POST, request.FILES)

    def act():
        """Each file by itself: one that waits keeps no other from its way."""
        files = form.cleaned_data["file"]
        return [messages.take_in(file.read(), by=request.actor, file_name=file.name, channel="page") for file in files]

    if not form.carries_out(act):
        return page(request, "exchange/receive.html", {"form": form}, status=422)
    if len(form.result) > 1:
        return done(request, "exchange:messages", message=presenters.received_words(form.result))
    message, is_new = form.result[0]
    if not selectors.messages(by=request.actor).filter(id=message.id).exists():
        return done(request, "exchange:messages", message=_("消息已收到，由其接收机构的转诊专员处理。"))
    said = _("消息已收到。") if is_new else _("这条消息此前已收到过。")
    return done(request, "exchange:message", message.id, message=said)


@require_safe
@may(Action.SEE_MESSAGES)
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    return _detail(request, message_id, forms.Reject())


@require_POST
@may(Action.SEE_MESSAGES)
def correct(request: HttpRequest, message_id: UUID) -> HttpResponse:
    form = forms.Correct(request.POST, auto_id="correct_%s")
    if not form.carries_out(
        lambda: messages.correct(
            message_id=message_id, by=request.actor, given=form.settled(), remember=form.cleaned_data["remember"]
        )
    ):
        return _detail(request, message_id, forms.Reject(), correction=form, status=422)
    return _settled(request, form.result)


@require_POST
@may(Action.SEE_MESSAGES)
def try_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    return _settled(request, messages.try_again(message_id=message_id, by=request.actor))


@require_POST
@may(Action.SEE_MESSAGES)
def try_all(request: HttpRequest) -> HttpResponse:
    """Every held message of one reason, the oldest first."""
    form = forms.TryAll(request.POST)
    if not form.carries_out(lambda: messages.try_all(what=form.cleaned_data["what"], by=request.actor)):
        return done(request, "exchange:messages")
    n_in, n_held = form.result
    said = _("已重试：%(done)s 条办理了，%(held)s 条仍搁置。") % {"done": n_in, "held": n_held}
    return done(request, "exchange:messages", message=said)


@require_POST
@may(Action.SEE_MESSAGES)
def put_text(request: HttpRequest, message_id: UUID) -> HttpResponse:
    form = forms.PutText(request.POST, auto_id="text_%s")
    if not form.carries_out(
        lambda: messages.put_text(
            message_id=message_id, text=form.cleaned_data["text"], reason=form.cleaned_data["why"], by=request.actor
        )
    ):
        return _detail(request, message_id, forms.Reject(), text=form, status=422)
    return _settled(request, form.result)


@require_POST
@may(Action.REGISTER_RESIDENT)
def register_patient(request: HttpRequest, message_id: UUID) -> HttpResponse:
    form = forms.Register(request.POST, auto_id="person_%s")
    by = request.actor
    if not form.carries_out(lambda: messages.register_patient(message_id=message_id, by=by, person=form.person())):
        return _detail(request, message_id, forms.Reject(), person=form, status=422)
    return _settled(request, form.result)


@require_POST
@may(Action.SEE_MESSAGES)
def reject(request: HttpRequest, message_id: UUID) -> HttpResponse:
    form = forms.Reject(request.POST)
    if not form.carries_out(lambda: messages.reject(message_id=message_id, by=request.actor, **form.cleaned_data)):
        return _detail(request, message_id, form, status=422)
    return _settled(request, form.result)


@require_safe
@may(Action.SEE_MESSAGES)
def meanings(request: HttpRequest) -> HttpResponse:
    """What is remembered of source systems."""
    listing = page_of(request, selectors.meanings(by=request.actor))
    lines = [presenters.meaning_line(row) for row in listing.rows]
    return page(request, "exchange/meanings.html", {"lines": lines, "listing": listing})


@require_POST
@may(Action.SEE_MESSAGES)
def forget(request: HttpRequest, meaning_id: UUID) -> HttpResponse:
    services_of_meanings.forget(meaning_id=meaning_id, by=request.actor)
    return done(request, "exchange:meanings", message=_("已取消；已成为转诊的消息不变。"))


@require_safe
@may(Action.SEE_MESSAGES)
def raw(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The bytes as they came, for the engineer of the other system."""
    content, ending = selectors.raw_message(message_id, by=request.actor)
    return file_response(f"{message_id}.{ending}", content)


@require_POST
@may(Action.SEE_MESSAGES)
def pick_resident(request: HttpRequest) -> HttpResponse:
    found = residents.search(searching.posted(request), by=request.actor, limit=PICKED)
    return fragment(request, "exchange/_residents.html", {"found": found})


def _settled(request: HttpRequest, settled) -> HttpResponse:
    return done(request, "exchange:message", settled.id, message=str(SETTLED[settled.state]))


def _detail(
    request: HttpRequest,
    message_id: UUID,
    rejection: forms.Reject,
    correction=None,
    person=None,
    text=None,
    status: int = 200,
) -> HttpResponse:
    detail = selectors.message(message_id, by=request.actor)
    told = detail.patient
    number = told.citizen_number or told.number
    stated = {"name": told.name, "sex": told.sex, "born_on": told.born_on, "id_number": number}
    context = {
        "m": detail,
        "tag": presenters.message_tag(detail),
        "outcome": presenters.outcome(detail.outcome),
        "text_form": text or forms.PutText(auto_id="text_%s", initial={"text": detail.text.whole}),
        "history": presenters.message_history(detail),
        "answers": [(presenters.answer_title(a.ack, a.standing), a) for a in detail.answers],
        "rejection": rejection,
        "faults": presenters.fault_rows(detail.faults),
        "needs": presenters.needs(detail),
        "correction": correction or forms.Correct(auto_id="correct_%s", initial=detail.settled | {"remember": True}),
        "person": person or forms.Register(auto_id="person_%s", initial=stated),
    }
    return page(request, "exchange/message.html", context, status=status)
