from datetime import date

from django.urls import path, register_converter

from tongmai.commons.capacity.states import Kind
from tongmai.commons.capacity.views import board, compliance, desk, resources


class _Day:
    regex = r"20\d{2}-\d{2}-\d{2}"
    to_python = staticmethod(date.fromisoformat)

    def to_url(self, value: date | str) -> str:
        return str(value)


class _Kind:
    regex = "|".join(Kind)
    to_python = staticmethod(Kind)

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(_Day, "capacity_day")
register_converter(_Kind, "capacity_kind")

app_name = "capacity"
urlpatterns = [
    path("", board.board, name="board"),
    path("sessions/<uuid:pool_id>/", board.session, name="session"),
    path("sessions/<uuid:pool_id>/total/", board.change_total, name="change-total"),
    path("sessions/<uuid:pool_id>/close/", board.close, name="close"),
    path("sessions/<uuid:pool_id>/reopen/", board.reopen, name="reopen"),
    path("sessions/<uuid:pool_id>/sheet/", board.session_sheet, name="session-sheet"),
    path("desk/", desk.desk, name="desk"),
    path("desk/people/", desk.pick_person, name="pick-person"),
    path("bookings/<uuid:booking_id>/", desk.booking, name="booking"),
    path("bookings/<uuid:booking_id>/move/", desk.move, name="move"),
    path("bookings/<uuid:booking_id>/<slug:step>/", board.take_step, name="step"),
    path("resources/", resources.resources, name="resources"),
    path("resources/new/", resources.create, name="create-resource"),
    path("resources/publish/", resources.publish, name="publish"),
    path("resources/publish-weeks/", resources.publish_weeks, name="publish-weeks"),
    path("resources/<uuid:resource_id>/", resources.resource, name="resource"),
    path("resources/<uuid:resource_id>/weekly/", resources.add_weekly, name="add-weekly"),
    path("resources/<uuid:resource_id>/weekly/<uuid:line_id>/drop/", resources.drop_weekly, name="drop-weekly"),
    path("compliance/", compliance.compliance, name="compliance"),
    path("compliance/sheet/", compliance.compliance_sheet, name="compliance-sheet"),
    path(
        "compliance/<uuid:org_id>/<capacity_kind:kind>/<capacity_day:week>/",
        compliance.compliance_week,
        name="compliance-week",
    ),
    path("refusals/", compliance.refusals, name="refusals"),
    path("refusals/<uuid:refusal_id>/drop/", compliance.drop_refusal, name="drop-refusal"),
    path("bans/", compliance.bans, name="bans"),
    path("bans/<uuid:ban_id>/lift/", compliance.lift_ban, name="lift-ban"),
]
