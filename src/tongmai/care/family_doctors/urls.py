from django.urls import path

from tongmai.care.family_doctors import views

app_name = "family_doctors"
urlpatterns = [
    path("", views.board, name="list"),
    path("export/", views.export, name="export"),
    path("teams/", views.teams, name="teams"),
    path("teams/<uuid:team_id>/members/", views.add_member, name="add-member"),
    path("teams/<uuid:team_id>/members/<uuid:membership_id>/end/", views.end_member, name="end-member"),
    path("sign/<uuid:resident_id>/", views.new, name="new"),
    path("<uuid:contract_id>/", views.contract, name="contract"),
    path("<uuid:contract_id>/sign/", views.sign, name="sign"),
    path("<uuid:contract_id>/renew/", views.renew, name="renew"),
    path("<uuid:contract_id>/amend/", views.amend, name="amend"),
    path("<uuid:contract_id>/terminate/", views.terminate, name="terminate"),
    path("<uuid:contract_id>/discard/", views.discard, name="discard"),
    path("<uuid:contract_id>/agreement.pdf", views.printed, name="agreement"),
]
