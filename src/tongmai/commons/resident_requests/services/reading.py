"""How far somebody has read who looked into a record."""

from uuid import UUID

from django.db import transaction

from tongmai.commons.resident_requests.models import LogRead
from tongmai.commons.residents import selectors as people
from tongmai.foundation.orgs.actors import Actor


@transaction.atomic
def note_read(resident_id: UUID, *, by: Actor) -> None:
    """Remember that `by` has seen who looked, up to now: what comes later is news.

    Raises:
        NotFound: not her record nor a ward's.
    """
    newest = people.access_rows(resident_id, by=by).values_list("id", flat=True).first() or 0
    LogRead.objects.update_or_create(
        resident_id=resident_id, reader_id=by.user_id, defaults={"last_log_id": newest, "read_at": by.now}
    )
