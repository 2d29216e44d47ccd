from django.urls import path

from tongmai.commons.imaging import views

app_name = "imaging"
urlpatterns = [
    path("residents/<uuid:resident_id>/", views.studies, name="studies"),
    path("studies/<uuid:study_id>/", views.study, name="study"),
    path("studies/<uuid:study_id>/key-images/", views.key_image, name="key-image"),
    path("studies/<uuid:study_id>/documents/<uuid:instance_id>/", views.document, name="document"),
    path("instances/<uuid:instance_id>/thumbnail/", views.thumbnail, name="thumbnail"),
    path("instances/<uuid:instance_id>/frames/<int:number>/", views.frame, name="frame"),
]
