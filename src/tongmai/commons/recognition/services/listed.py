"""The list of recognised items, brought up to date from the project's own file."""

from django.db import transaction

from tongmai.commons.recognition import items
from tongmai.commons.recognition.events import RecognisedItemsLoaded
from tongmai.commons.recognition.models import Item
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action

_FIELDS = [field.name for field in Item._meta.concrete_fields if field.name not in ("code", "starts_on", "ends_before")]


@transaction.atomic
def load_items(*, by: Actor) -> tuple[int, int]:
    """Let the table hold the project's own list; return how many items are new and changed.  Safe to repeat.

    What a county added under codes of its own stays as it is.

    Raises:
        NotPermitted: this post does not keep the list.
    """
    require(by, Action.MANAGE_RECOGNITION)
    present = Item.objects.select_for_update().in_bulk([row.code for row in items.shipped()])
    new = [row for row in items.shipped() if row.code not in present]
    changed = [row for row in items.shipped() if row.code in present and _differs(row, present[row.code])]
    Item.objects.bulk_create(new)
    Item.objects.bulk_update(changed, _FIELDS)
    if new or changed:
        n_same = len(items.shipped()) - len(new) - len(changed)
        audit.record(RecognisedItemsLoaded(n_new=len(new), n_changed=len(changed), n_same=n_same), by=by)
    return len(new), len(changed)


def _differs(shipped: Item, stored: Item) -> bool:
    return any(getattr(shipped, name) != getattr(stored, name) for name in _FIELDS)
