from django.urls import path

from tongmai.commons.results import views

app_name = "results"
urlpatterns = [
    path("reports/<uuid:report_id>/", views.report, name="report"),
    path("documents/<uuid:document_id>/", views.document, name="document"),
    path("documents/<uuid:document_id>/file/", views.document_file, name="document-file"),
    path("documents/<uuid:document_id>/body/", views.document_body, name="document-body"),
]
