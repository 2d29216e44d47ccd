from django.urls import path

from tongmai.commons.recognition.views import figures, marks, ordering

app_name = "recognition"
urlpatterns = [
    path("offers/", ordering.offers, name="offers"),
    path("residents/<uuid:resident_id>/", ordering.check, name="check"),
    path("residents/<uuid:resident_id>/ask/", ordering.ask, name="ask"),
    path("residents/<uuid:resident_id>/recognise/", ordering.recognise, name="recognise"),
    path("residents/<uuid:resident_id>/reports/<uuid:report_id>/", ordering.report, name="report"),
    path("decisions/<uuid:decision_id>/undo/", ordering.undo, name="undo"),
    path("marks/", marks.marks, name="marks"),
    path("marks/sheet/", marks.marks_sheet, name="marks-sheet"),
    path("marks/enter/", marks.enter, name="enter"),
    path("marks/import/", marks.import_file, name="import"),
    path("marks/template/", marks.template, name="template"),
    path("marks/<uuid:org_id>/<slug:item_code>/", marks.history, name="history"),
    path("items/", marks.items, name="items"),
    path("figures/", figures.figures, name="figures"),
    path("figures/sheet/", figures.figures_sheet, name="figures-sheet"),
    path("figures/rows/", figures.rows, name="rows"),
    path("figures/rows/sheet/", figures.rows_sheet, name="rows-sheet"),
]
