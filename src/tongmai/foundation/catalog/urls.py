from django.urls import path

from tongmai.foundation.catalog import views
from tongmai.foundation.catalog.pricing.views import prices

app_name = "catalog"
urlpatterns = [
    path("", views.lists, name="lists"),
    path("prices/", prices, name="prices"),
    path("lists/<int:edition_id>/", views.edition, name="edition"),
    path("diagnoses/pick", views.pick_diagnosis, name="pick-diagnosis"),
    path("divisions/pick", views.pick_division, name="pick-division"),
    path("departments/pick", views.pick_department, name="pick-department"),
    path("examinations/pick", views.pick_examination, name="pick-examination"),
]
