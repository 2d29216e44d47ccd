"""What these pages share: the words, what this post may do here, and the one way a form is shown and sent."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.foundation.orgs import presenters
from tongmai.foundation.orgs.forms import Carried
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page
from tongmai.ui.words import Choice, Crumb


def show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page of this app."""
    by = request.actor
    shared = {
        "say": presenters,
        "today": by.today,
        "keeps_orgs": by.may(Action.MANAGE_ORGS),
        "keeps_posts": by.may(Action.MANAGE_POSTS),
        "keeps_tokens": by.may(Action.MANAGE_TOKENS),
        "tabs": _tabs(by),
    }
    return page(request, f"orgs/{template}.html", shared | context, status)


def show_form(
    request: HttpRequest,
    form: Carried,
    *,
    title: str,
    label: str,
    back: str,
    lead: str = "",
    policies: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show `form` on a page of its own; one that was posted and refused answers 422."""
    crumbs = [Crumb(_("机构"), reverse("orgs:list")), Crumb(title)]
    context = {"form": form, "title": title, "lead": lead, "label": label, "back": back, "crumbs": crumbs}
    return show(request, "form", 422 if request.method == "POST" else 200, policies=policies or {}, **context)


def send(
    request: HttpRequest,
    form: Carried,
    act: Callable[[], Any],
    *,
    to: Callable[[Any], Sequence[Any]],
    message: str,
    **shown: Any,
) -> HttpResponse:
    """Show `form` (see `show_form`); when it is posted and `act` goes through, go to the page that `to` names."""
    if request.method == "POST" and form.carries_out(act):
        return done(request, *to(form.result), message=message)
    return show_form(request, form, **shown)


def seen(form: Carried) -> int | None:
    """Return the version that the user looked at."""
    return form.cleaned_data.get("version")


def or_none(text: str) -> str | None:
    """Return a chosen id, None when nothing was chosen."""
    return text or None


def _tabs(by: Any) -> list[Choice]:
    tabs = [
        Choice("list", _("机构"), href=reverse("orgs:list")),
        Choice("alliances", _("医联体"), href=reverse("orgs:alliances")),
        Choice("agreements", _("协议"), href=reverse("orgs:agreements")),
        Choice("staff", _("人员与岗位"), href=reverse("orgs:staff")),
    ]
    if by.may(Action.MANAGE_TOKENS):
        tabs.append(Choice("tokens", _("接口令牌"), href=reverse("orgs:tokens")))
    return tabs
