"""Reports, orders and documents in the record of a person (residents/timeline.py)."""

from uuid import UUID

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.commons.results import presenters
from tongmai.commons.results.choices import Priority, RequestCategory
from tongmai.commons.results.models import Document, Observation, Report, Request
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.addresses import of_row
from tongmai.ui.words import Tag


def reports(by: Actor, resident_id: UUID) -> Rows:
    """Return the person's reports, each with how many of its values lie outside of their reference."""
    beyond = Observation.objects.filter(report=OuterRef("pk"), version=OuterRef("version"))
    n_beyond = beyond.exclude(flag__in=["", "normal"]).order_by().values("report").annotate(n=Count("pk")).values("n")
    return Rows(
        Report.objects.filter(resident_id=resident_id),
        at=Coalesce("issued_at", "received_at"),
        org="org",
        title="name",
        what="category",
        state="status",
        n_abnormal=Coalesce(Subquery(n_beyond), 0),
        is_critical="is_critical",
        marked=("sensitivity",),
    )


def requests(by: Actor, resident_id: UUID) -> Rows:
    """Return what is ordered for the person and not answered by a report."""
    answered = Report.objects.filter(resident_id=resident_id).exclude(order_number="").values("order_number")
    return Rows(
        Request.objects.filter(resident_id=resident_id, status__in=["active", "on_hold"]).exclude(number__in=answered),
        at=Coalesce("requested_at", "received_at"),
        org="org",
        title="name",
        what=Concat("category", Value(" "), "priority"),
        place="instructions",
        state="status",
        who="requester",
        marked=("sensitivity",),
    )


def documents(by: Actor, resident_id: UUID) -> Rows:
    """Return the documents that other systems brought; those that were replaced are left out."""
    return Rows(
        Document.objects.filter(resident_id=resident_id).exclude(status="replaced"),
        at=Coalesce("written_at", "received_at"),
        org="org",
        title="title",
        state="status",
        who="author",
        marked=("sensitivity", "encounter__sensitivity"),
    )


def report(row: Row, by: Actor) -> Entry:
    """Return a report in words."""
    return row.entry(
        detail=presenters.category(row.what),
        href=of_row("results:report", row.id),
        tag=presenters.report_tag(row.state),
    )


def request(row: Row, by: Actor) -> Entry:
    """Return an order that waits for its result in words; it has no page of its own."""
    category, _blank, priority = row.what.partition(" ")
    kind = _(presenters.CATEGORIES_OF_REQUESTS[RequestCategory(category)])
    said = (kind, _(presenters.PRIORITIES[Priority(priority)]), row.place, row.who)
    tag = Tag(_("已开医嘱"), "blue") if category == RequestCategory.MEDICINE else Tag(_("已申请"), "blue")
    return row.entry(detail=" · ".join(part for part in said if part), tag=tag)


def document(row: Row, by: Actor) -> Entry:
    """Return a document in words."""
    return row.entry(
        detail=row.who or "", href=of_row("results:document", row.id), tag=presenters.document_tag(row.state)
    )
