"""Which column of a source's files is which of our fields: what a person said is kept, changed and forgotten."""

from collections.abc import Mapping

from django.db import transaction

from tongmai.exchange import access, events
from tongmai.exchange.models import ColumnChoice
from tongmai.exchange.models.imports import Kind
from tongmai.exchange.tabular import columns
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_


def saved(kind: str, scope: str, source: str) -> dict[str, str]:
    """Return field → heading as a person has said it for a source; "" for a field that has no column there."""
    rows = ColumnChoice.objects.filter(kind=kind, scope=scope, source=source)
    return dict(rows.values_list("field", "heading"))


@transaction.atomic
def remember(*, kind: str, source: str, choices: Mapping[str, str], by: Actor) -> None:
    """Keep which heading is which field for a source; fields that are not named stay as they are.

    Raises:
        NotPermitted: this post does not import such files.
        InvalidInput: a field that there is not, or one heading for two fields.
    """
    scope = access.scope_of(kind, by=by)
    known = {column.field for column in columns.KINDS[kind]}
    if not choices.keys() <= known:
        raise InvalidInput(field="choices", problem=N_("没有这个字段"))
    before = saved(kind, scope, source)
    after = before | {field: heading.strip()[:120] for field, heading in choices.items()}
    used = [heading for heading in after.values() if heading]
    if len(used) > len(set(used)):
        raise InvalidInput(field="choices", problem=N_("同一列不能对应两个字段"))
    changed = {field: heading for field, heading in after.items() if before.get(field) != heading}
    for field, heading in changed.items():
        told = {"heading": heading, "chosen_at": by.now, "chosen_by_id": by.user_id}
        ColumnChoice.objects.update_or_create(kind=kind, scope=scope, source=source, field=field, defaults=told)
    if changed:
        audit.record(events.ColumnsRemembered(kind=kind, source=source, fields=sorted(changed)), by=by)


@transaction.atomic
def forget(*, kind: str, source: str, by: Actor) -> None:
    """Forget what was said for a source; its next file is matched by the usual headings.

    Raises:
        NotPermitted: this post does not import such files.
        NotFound: nothing is kept for this source.
    """
    if kind not in Kind.values:
        raise NotFound()
    rows = ColumnChoice.objects.filter(kind=kind, scope=access.scope_of(kind, by=by), source=source)
    fields = sorted(rows.values_list("field", flat=True))
    if not fields:
        raise NotFound()
    rows.delete()
    audit.record(events.ColumnsForgotten(kind=kind, source=source, fields=fields), by=by)
