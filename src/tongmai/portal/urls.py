from django.urls import path

from tongmai.portal import finding, flow, own, pages, record, signing_in, signing_in_code, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("counts/", views.counts, name="counts"),
    path("help/", pages.help_page, name="help"),
    path("about/", pages.about, name="about"),
    path("me/", pages.me, name="me"),
    path("search/", finding.search, name="search"),
    path("residents/<uuid:resident_id>/", record.resident, name="resident"),
    path("residents/<uuid:resident_id>/values/", record.values, name="resident-values"),
    path("residents/<uuid:resident_id>/summary.pdf", record.summary, name="resident-summary"),
    path("residents/<uuid:resident_id>/break-glass/", record.break_glass, name="break-glass"),
    path("flow/", flow.flow, name="flow"),
    path("own/", own.own, name="own"),
    path("own/accesses/", own.accesses, name="own-accesses"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-in/second/", signing_in.second_factor, name="second-factor"),
    path("sign-in/code/", signing_in_code.ask, name="sign-in-code"),
    path("sign-in/code/enter/", signing_in_code.enter, name="sign-in-code-enter"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.language, name="language"),
    path("post/", views.post, name="post"),
]
