"""Pages of the devices that may send images."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongmai.commons.imaging import services as imaging
from tongmai.exchange import image_forms as forms
from tongmai.exchange import images
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import done, page

_FIELDS = (
    "name", "ae_title", "modalities", "host", "port", "certificate", "charset", "assumed_charset", "is_active",
)  # fmt: skip


@require_safe
@may(Action.RECONCILE_IMAGES, Action.MANAGE_CONNECTIONS)
def all_devices(request: HttpRequest) -> HttpResponse:
    context = {
        "devices": images.devices(by=request.actor),
        "manages": request.actor.may(Action.MANAGE_CONNECTIONS),
    }
    return page(request, "exchange/devices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MANAGE_CONNECTIONS)
def new(request: HttpRequest) -> HttpResponse:
    form = forms.NewDevice(request.POST or None)
    if request.method == "POST" and form.carries_out(
        lambda: imaging.register_device(form.cleaned_data["org_id"], facts=form.facts(), by=request.actor)
    ):
        return done(request, "exchange:devices", message=_("已登记，设备可以连接了。"))
    return page(request, "exchange/device.html", {"form": form, "device": None}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.MANAGE_CONNECTIONS)
def device(request: HttpRequest, device_id: UUID) -> HttpResponse:
    found = images.device(device_id, by=request.actor)
    initial = {name: getattr(found, name) for name in _FIELDS}
    form = forms.DeviceEntry(request.POST or None, initial=initial)
    if request.method == "POST" and form.carries_out(
        lambda: imaging.change_device(device_id, facts=form.facts(), by=request.actor)
    ):
        return done(request, "exchange:devices", message=_("已保存；几秒钟后生效。"))
    return page(request, "exchange/device.html", {"form": form, "device": found}, status=422 if form.is_bound else 200)
