"""A resident's own sign-in: opened, or its password given anew.  The password is answered once and shown nowhere else."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongmai.commons.residents import access, forms, selectors, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.selectors import username_of_resident
from tongmai.ui.http import page, shown_once


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.REGISTER_RESIDENT)
def account(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    by = request.actor
    access.get(resident_id, by=by)
    username = username_of_resident(resident_id)
    form = forms.HandOutAccount(request.POST or None)

    def act():
        if username:
            return services.reissue_password(resident_id, by=by)
        return services.open_account(resident_id, by=by, username=form.cleaned_data["username"])

    context = {"head": selectors.summary(resident_id, by.today), "form": form, "username": username}
    if request.method == "POST" and form.carries_out(act):
        shown = page(request, "residents/account_given.html", context | {"given": form.result})
        back = reverse("residents:identity", args=[resident_id])
        return shown_once(shown, back, _("密码已发放，只显示一次。没有抄录的，请重新发放。"))
    return page(request, "residents/account.html", context, status=422 if form.errors else 200)
