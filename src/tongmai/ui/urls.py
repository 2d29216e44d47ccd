from django.urls import path

from tongmai.ui import views

app_name = "ui"
urlpatterns = [path("gallery/", views.gallery, name="gallery")]
