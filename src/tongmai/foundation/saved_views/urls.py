from django.urls import path

from tongmai.foundation.saved_views import views

app_name = "saved_views"
urlpatterns = [
    path("", views.save, name="save"),
    path("<uuid:view_id>/remove/", views.remove, name="remove"),
]
