from django.urls import path

from tongmai.care.critical_values.views import lists, one, settings

app_name = "critical_values"
urlpatterns = [
    path("", lists.register, name="list"),
    path("export/", lists.export, name="export"),
    path("figures/", lists.indicators, name="figures"),
    path("limits/", settings.limits, name="limits"),
    path("limits/export/", settings.export_limits, name="limits-export"),
    path("limits/set/", settings.set_limit, name="set-limit"),
    path("limits/<uuid:limit_id>/end/", settings.end_limit, name="end-limit"),
    path("chain/", settings.chain, name="chain"),
    path("chain/set/", settings.set_rung, name="set-rung"),
    path("chain/<uuid:rung_id>/end/", settings.end_rung, name="end-rung"),
    path("drill/", settings.drill, name="drill"),
    path("<uuid:value_id>/", one.one, name="one"),
    path("<uuid:value_id>/acknowledge/", one.acknowledge, name="acknowledge"),
    path("<uuid:value_id>/phone/", one.phone, name="phone"),
    path("<uuid:value_id>/act/", one.act, name="act"),
    path("<uuid:value_id>/close/", one.close, name="close"),
    path("<uuid:value_id>/dismiss/", one.dismiss, name="dismiss"),
    path("<uuid:value_id>/release/", one.release, name="release"),
    path("<uuid:value_id>/reject/", one.reject, name="reject"),
    path("<uuid:value_id>/refer/", one.refer, name="refer"),
]
