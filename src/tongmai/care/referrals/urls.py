from django.urls import path

from tongmai.care.referrals.views import catalogue, down, lists, one, papers, writing

app_name = "referrals"
urlpatterns = [
    path("", lists.board, name="list"),
    path("export/", lists.export, name="export"),
    path("waiting/", lists.waiting, name="waiting"),
    path("new/", writing.new, name="new"),
    path("new/advice/", writing.advice, name="advice"),
    path("new/residents/", writing.pick_resident, name="pick-resident"),
    path("emergency/", writing.emergency, name="emergency"),
    path("down/<uuid:encounter_id>/", down.from_encounter, name="down-from-encounter"),
    path("follow-ups/<uuid:follow_up_id>/", down.follow_up, name="follow-up"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/<uuid:alliance_id>/export/", catalogue.export, name="catalogue-export"),
    path("catalogue/<uuid:alliance_id>/line/", catalogue.line, name="catalogue-line"),
    path("catalogue/<uuid:alliance_id>/starter/", catalogue.load_starter, name="catalogue-starter"),
    path("catalogue/<uuid:alliance_id>/import/", catalogue.import_file, name="catalogue-import"),
    path("catalogue/lines/<uuid:entry_id>/end/", catalogue.end_line, name="catalogue-end"),
    path("verify/<uuid:referral_id>/<str:signature>/", papers.verify, name="verify"),
    path("<uuid:referral_id>/", one.detail, name="detail"),
    path("<uuid:referral_id>/edit/", writing.edit, name="edit"),
    path("<uuid:referral_id>/paperwork/", writing.paperwork, name="paperwork"),
    path("<uuid:referral_id>/consent/", one.record_consent, name="consent"),
    path("<uuid:referral_id>/steps/<slug:name>/", one.step, name="step"),
    path("<uuid:referral_id>/noted/", one.note_decline, name="note-decline"),
    path("<uuid:referral_id>/book/", one.book, name="book"),
    path("<uuid:referral_id>/redirect/", one.redirect, name="redirect"),
    path("<uuid:referral_id>/down/", down.from_up, name="down"),
    path("<uuid:referral_id>/plan/", down.plan, name="plan"),
    path("<uuid:referral_id>/slip.pdf", papers.slip, name="slip"),
    path("<uuid:referral_id>/plan.pdf", papers.plan, name="plan-pdf"),
]
