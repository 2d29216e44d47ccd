from django.urls import path

from tongmai.commons.ecg.views import coming, paper

app_name = "ecg"
urlpatterns = [
    path("upload/", coming.upload, name="upload"),
    path("upload/keep/", coming.keep, name="keep"),
    path("upload/people/", coming.pick_person, name="pick-person"),
    path("held/", coming.held, name="held"),
    path("held/<uuid:recording_id>/", coming.settle, name="settle"),
    path("held/<uuid:recording_id>/set-aside/", coming.set_aside, name="set-aside"),
    path("<uuid:recording_id>/", paper.recording, name="recording"),
    path("<uuid:recording_id>/file/", paper.recording_file, name="recording-file"),
    path("<uuid:recording_id>/refer/", paper.refer, name="refer"),
    path("<uuid:recording_id>/unlink/", paper.unlink, name="unlink"),
]
