"""What is ordered for a person, in her record (residents/timeline.py): an order of ours leads to its page.

`commons/results` knows every order, also those that other systems sent; here the page is added for whom it opens.
"""

from dataclasses import replace
from uuid import UUID

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from tongmai.care.diagnostics import access
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.commons.results import timeline as results
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.addresses import of_row


def requests(by: Actor, resident_id: UUID) -> Rows:
    """Return what is ordered for the person and not answered, each with the order that `by` may see behind it."""
    found = results.requests(by, resident_id)
    hers = access.visible(by).filter(resident_id=OuterRef("resident_id"), request_id=OuterRef("pk"))
    order = hers.order_by().values("id")[:1]
    order_id = Coalesce(Cast(Subquery(order), CharField()), Value(""), output_field=CharField())
    return replace(found, what=Concat(found.what, Value(" "), order_id, output_field=CharField()))


def request(row: Row, by: Actor) -> Entry:
    """Return it in words, with the page of the order."""
    what, _blank, order_id = row.what.rpartition(" ")
    entry = results.request(row._replace(what=what), by)
    return replace(entry, href=of_row("diagnostics:detail", UUID(order_id))) if order_id else entry
