from django.urls import path

from tongmai.commons.encounters.views import visits, writing

app_name = "encounters"
urlpatterns = [
    path("", visits.visits, name="list"),
    path("start/<uuid:resident_id>/", visits.start, name="start"),
    path("<uuid:encounter_id>/", visits.detail, name="detail"),
    path("<uuid:encounter_id>/begin/", visits.begin, name="begin"),
    path("<uuid:encounter_id>/finish/", visits.finish, name="finish"),
    path("<uuid:encounter_id>/discharge/", visits.discharge, name="discharge"),
    path("<uuid:encounter_id>/cancel/", visits.cancel, name="cancel"),
    path("<uuid:encounter_id>/reopen/", visits.reopen, name="reopen"),
    path("<uuid:encounter_id>/diagnoses/", writing.diagnoses, name="diagnoses"),
    path("<uuid:encounter_id>/vitals/", writing.vitals, name="vitals"),
    path("<uuid:encounter_id>/notes/", writing.note, name="note"),
    path("<uuid:encounter_id>/notes/<uuid:note_id>/amend/", writing.amend_note, name="amend-note"),
    path("<uuid:encounter_id>/allergies/", writing.allergy, name="allergy"),
    path("<uuid:encounter_id>/allergies/<uuid:allergy_id>/refute/", writing.refute_allergy, name="refute-allergy"),
    path("<uuid:encounter_id>/medications/", writing.medication, name="medication"),
    path(
        "<uuid:encounter_id>/medications/<uuid:medication_id>/stop/", writing.stop_medication, name="stop-medication"
    ),
    path("vitals/<uuid:vitals_id>/withdraw/", writing.withdraw_vitals, name="withdraw-vitals"),
]  # fmt: skip
