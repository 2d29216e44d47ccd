from django.urls import path

from tongmai.commons.resident_requests import views

app_name = "resident_requests"
urlpatterns = [
    path("disputes/<uuid:dispute_id>/", views.dispute, name="dispute"),
    path("wards/<uuid:ward_request_id>/", views.ward_request, name="ward-request"),
]
