from django.urls import path

from tongmai.foundation.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.operations, name="operations"),
    path("deliveries/<int:delivery_id>/retry", views.retry, name="retry"),
    path("events/", views.trail, name="events"),
    path("events/export", views.export_trail, name="export-events"),
    path("events/<int:event_id>", views.event, name="event"),
    path("events/accesses/", views.accesses, name="accesses"),
    path("events/accesses/export", views.export_accesses, name="export-accesses"),
]
