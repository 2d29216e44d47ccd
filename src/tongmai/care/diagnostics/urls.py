from django.urls import path

from tongmai.care.diagnostics.views import centre, lists, one, ordering, papers, writing

app_name = "diagnostics"
urlpatterns = [
    path("", lists.board, name="list"),
    path("find/", lists.find, name="find"),
    path("next/", lists.claim_next, name="claim-next"),
    path("residents/<uuid:resident_id>/new/", ordering.new, name="new"),
    path("board/", centre.live, name="board"),
    path("figures/", centre.figures, name="figures"),
    path("figures/sheet/", centre.figures_sheet, name="figures-sheet"),
    path("centre/", centre.centre, name="centre"),
    path("centre/agreements/<uuid:service_agreement_id>/end/", centre.end_agreement, name="agreement-end"),
    path("centre/duty/<uuid:duty_id>/remove/", centre.remove_duty, name="duty-remove"),
    path("verify/<uuid:version_id>/<str:signature>/", papers.verify, name="verify"),
    path("<uuid:order_id>/", one.detail, name="detail"),
    path("<uuid:order_id>/steps/<slug:name>/", one.step, name="step"),
    path("<uuid:order_id>/reject/", one.reject, name="reject"),
    path("<uuid:order_id>/assign/", one.assign, name="assign"),
    path("<uuid:order_id>/seen/", one.seen, name="seen"),
    path("<uuid:order_id>/arrivals/", one.arrivals, name="arrivals"),
    path("<uuid:order_id>/arrivals/seen/", one.arrivals_seen, name="arrivals-seen"),
    path("<uuid:order_id>/report/", writing.report, name="report"),
    path("<uuid:order_id>/report/draft/", writing.draft, name="draft"),
    path("<uuid:order_id>/report/findings/", writing.mark, name="mark"),
    path("<uuid:order_id>/report.pdf", papers.pdf, name="pdf"),
    path("<uuid:order_id>/slip.pdf", papers.slip, name="slip"),
]
