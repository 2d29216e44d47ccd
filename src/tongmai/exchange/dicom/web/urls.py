from django.urls import path

from tongmai.exchange.dicom.web import views

app_name = "dicomweb"
STUDY = "studies/<str:study_uid>"
SERIES = f"{STUDY}/series/<str:series_uid>"
INSTANCE = f"{SERIES}/instances/<str:sop_uid>"
urlpatterns = [
    path("studies", views.studies, name="studies"),
    path("series", views.series, name="all-series"),
    path("instances", views.instances, name="all-instances"),
    path(STUDY, views.study, name="study"),
    path(f"{STUDY}/metadata", views.metadata, name="study-metadata"),
    path(f"{STUDY}/series", views.series, name="series-of-study"),
    path(f"{STUDY}/instances", views.instances, name="instances-of-study"),
    path(SERIES, views.retrieve, name="series"),
    path(f"{SERIES}/metadata", views.metadata, name="series-metadata"),
    path(f"{SERIES}/instances", views.instances, name="instances-of-series"),
    path(INSTANCE, views.retrieve, name="instance"),
    path(f"{INSTANCE}/metadata", views.metadata, name="instance-metadata"),
    path(f"{INSTANCE}/bulkdata/<str:place>", views.bulkdata, name="bulkdata"),
    path(f"{INSTANCE}/rendered", views.rendered, name="rendered"),
    path(f"{INSTANCE}/frames/<str:numbers>", views.frames, name="frames"),
    path(f"{INSTANCE}/frames/<int:number>/rendered", views.rendered, name="rendered-frame"),
]
