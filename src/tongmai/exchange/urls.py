from django.urls import path

from tongmai.exchange.views import connections, imports, messages, quality

app_name = "exchange"
urlpatterns = [
    path("messages/", messages.all_messages, name="messages"),
    path("messages/receive/", messages.receive, name="receive"),
    path("messages/try-all/", messages.try_all, name="try-all"),
    path("messages/<uuid:message_id>/text/", messages.put_text, name="put-text"),
    path("messages/<uuid:message_id>/", messages.message, name="message"),
    path("messages/<uuid:message_id>/correct/", messages.correct, name="correct"),
    path("messages/<uuid:message_id>/again/", messages.try_again, name="again"),
    path("messages/<uuid:message_id>/register/", messages.register_patient, name="register"),
    path("messages/<uuid:message_id>/reject/", messages.reject, name="reject"),
    path("messages/<uuid:message_id>/raw/", messages.raw, name="raw"),
    path("meanings/", messages.meanings, name="meanings"),
    path("meanings/<uuid:meaning_id>/forget/", messages.forget, name="forget"),
    path("residents/pick/", messages.pick_resident, name="pick-resident"),
    path("connections/", connections.board, name="connections"),
    path("connections/quality/", quality.all_facilities, name="quality"),
    path("connections/quality/<uuid:org_id>/", quality.facility, name="quality-of"),
    path("connections/quality/<uuid:org_id>/export/", quality.export, name="quality-export"),
    path("connections/new/", connections.new, name="connection-new"),
    path("connections/<uuid:system_id>/", connections.connection, name="connection"),
    path("connections/<uuid:system_id>/change/", connections.change, name="connection-change"),
    path("imports/", imports.all_imports, name="imports"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/columns/", imports.kept_columns, name="kept-columns"),
    path("imports/columns/change/", imports.change_columns, name="change-columns"),
    path("imports/columns/forget/", imports.forget_columns, name="forget-columns"),
    path("imports/template/<slug:kind>/", imports.template, name="template"),
    path("imports/<uuid:run_id>/", imports.detail, name="import"),
    path("imports/<uuid:run_id>/columns/", imports.columns, name="columns"),
    path("imports/<uuid:run_id>/go-on/", imports.go_on, name="go-on"),
    path("imports/<uuid:run_id>/confirm/", imports.confirm, name="confirm"),
    path("imports/<uuid:run_id>/abandon/", imports.abandon, name="abandon"),
    path("imports/<uuid:run_id>/refused/", imports.refused, name="refused"),
]
