from django.urls import path

from tongmai.foundation.terminology import views

app_name = "terminology"
urlpatterns = [
    path("", views.all_codes, name="list"),
    path("shares/", views.shares, name="shares"),
    path("sheet/", views.sheet, name="sheet"),
    path("pick/<slug:code_set>/", views.pick, name="pick"),
    path("<uuid:local_code_id>/", views.code, name="code"),
    path("<uuid:local_code_id>/decide/", views.decide, name="decide"),
    path("<uuid:local_code_id>/take-back/", views.take_back, name="take-back"),
]
