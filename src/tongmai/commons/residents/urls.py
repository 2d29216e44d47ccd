from django.urls import path

from tongmai.commons.residents.views import accounts, consents, emergencies, groups, identity, lists, registering, reviews

app_name = "residents"
urlpatterns = [
    path("", lists.residents, name="list"),
    path("export/", lists.export, name="export"),
    path("new/", registering.register, name="new"),
    path("new/alike/", registering.alike, name="alike"),
    path("introduce/", registering.introduce, name="introduce"),
    path("emergencies/", emergencies.emergencies, name="emergencies"),
    path("emergencies/<uuid:access_id>/", emergencies.emergency, name="emergency"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<uuid:review_id>/", reviews.review, name="review"),
    path("merges/<uuid:merge_id>/undo/", reviews.undo, name="merge-undo"),
    path("<uuid:resident_id>/merges/", reviews.merges, name="merges"),
    path("<uuid:resident_id>/identity/", identity.identity, name="identity"),
    path("<uuid:resident_id>/account/", accounts.account, name="account"),
    path("<uuid:resident_id>/consents/", consents.consents, name="consents"),
    path("<uuid:resident_id>/consents/share/", consents.share, name="share"),
    path("<uuid:resident_id>/consents/use/", consents.use, name="agree-to-use"),
    path("<uuid:resident_id>/consents.pdf", consents.sheet, name="consent-sheet"),
    path("sharing/<uuid:choice_id>/withdraw/", consents.withdraw_sharing, name="withdraw-sharing"),
    path("uses/<uuid:consent_id>/withdraw/", consents.withdraw_use, name="withdraw-use"),
    path("<uuid:resident_id>/amend/", identity.amend, name="amend"),
    path("<uuid:resident_id>/add/<slug:what>/", identity.add, name="add"),
    path("<uuid:resident_id>/revoke-death/", identity.revoke_death, name="revoke-death"),
    path("<uuid:resident_id>/groups/", groups.groups, name="groups"),
    path("tags/<uuid:tag_id>/end/", groups.end_tag, name="end-tag"),
    path("identifiers/<uuid:identifier_id>/close/", identity.close_identifier, name="close-identifier"),
    path("media/<uuid:medium_id>/<slug:step>/", identity.move_medium, name="move-medium"),
    path("phones/<uuid:phone_id>/close/", identity.close_phone, name="close-phone"),
    path("phones/<uuid:phone_id>/check/", identity.check_phone, name="check-phone"),
    path("guardians/<uuid:guardian_id>/end/", identity.end_guardian, name="end-guardian"),
]
