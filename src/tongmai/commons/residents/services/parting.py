"""Making two entries again of what `merging` made one: what was moved goes back, what came since is shared out."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction

from tongmai.commons.residents import access
from tongmai.commons.residents.errors import NotTheLastMerge, PartingBlocked
from tongmai.commons.residents.events import LaterRowsParted, ResidentsParted
from tongmai.commons.residents.models import KnownTo, Merge, MergedRow, Resident
from tongmai.commons.residents.services.later import Key, LaterRow, later_rows, organisations_of, words_of
from tongmai.commons.residents.services.merging import columns, rows_of, set_standing, write_down
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import Conflict, InvalidInput, NotFound
from tongmai.kernel.text import N_


@transaction.atomic
def unmerge(merge_id: UUID, *, by: Actor, reason: str, to_retired: Mapping[str, bool] | None = None) -> Merge:
    """Make two entries again of what `merge` made one; everything goes back to where it hung.

    What came since goes where `to_retired` says of it (by the key of a `LaterRow`, or of a row that goes with it), else
    where `later.later_rows` proposes.

    Raises:
        NotFound, NotPermitted: out of reach; this post does not decide who is who.
        InvalidInput: no reason; or a choice for what did not come since, or goes with something older.
        Conflict: it is undone already.  PartingBlocked: what is chosen has no place beside what the entry has.
        NotTheLastMerge: the survivor was merged into another entry since; undo that first.
    """
    require(by, Action.MATCH_RESIDENTS)
    done = Merge.objects.select_for_update().filter(id=merge_id).first()
    if done is None:
        raise NotFound()
    survivor = Resident.objects.filter(access.reach(by), id=done.survivor_id).first()
    if survivor is None:
        raise NotFound()
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    if done.undone_at is not None:
        raise Conflict()
    if survivor.merged_into_id is not None:
        raise NotTheLastMerge(resident_id=survivor.merged_into_id)
    list(Resident.objects.select_for_update().filter(id__in=[done.retired_id, done.survivor_id]).order_by("id"))
    later = later_rows(done)
    chosen = _chosen(later, to_retired or {})
    _put_back(done)
    _move(done, chosen)
    Merge.objects.filter(id=done.id).update(undone_at=by.now, undone_by_id=by.user_id, undo_reason=reason.strip()[:200])
    set_standing(done, merged_into=None)
    write_down(done, ResidentsParted, by)
    if later:
        audit.record(
            LaterRowsParted(
                merge_id=done.id, resident_id=done.survivor_id, retired_id=done.retired_id,
                n_kept=sum(len(each.keys) for each in later) - len(chosen), to_retired=[":".join(key) for key in chosen],
            ),
            by=by, subject_id=done.id,
        )  # fmt: skip
    done.refresh_from_db()
    return done


def _chosen(later: Sequence[LaterRow], to_retired: Mapping[str, bool]) -> list[Key]:
    """Return the rows that go to the retired entry."""
    by_key = {":".join(key): each for each in later for key in each.keys}
    wanted: dict[str, bool] = {}
    for key, is_hers in to_retired.items():
        group = by_key.get(key)
        if group is None or wanted.setdefault(group.key, is_hers) != is_hers:
            raise InvalidInput(field="to_retired", problem=N_("所选内容不在合并之后的新内容里，请刷新后重选"))
        if group.is_settled and group.to_retired != is_hers:
            raise InvalidInput(field="to_retired", problem=N_("这项内容属于更早的就诊或转诊，只能随它一起"))
    return [key for each in later if wanted.get(each.key, each.to_retired) for key in each.keys]


def _move(done: Merge, chosen: Iterable[Key]) -> None:
    chosen = list(chosen)
    of_table: dict[str, list[str]] = {}
    for model, column in columns():
        of_table.setdefault(model._meta.label, []).append(column)
    for label, pk in chosen:
        rows = rows_of(apps.get_model(label)).filter(pk=pk)
        for column in of_table[label]:
            try:
                with transaction.atomic():
                    rows.filter(**{column: done.survivor_id}).update(**{column: done.retired_id})
            except IntegrityError:
                raise PartingBlocked(what=words_of(label)) from None
    KnownTo.objects.bulk_create(
        (
            KnownTo(resident_id=done.retired_id, org_id=each.org_id, via=each.via, since=each.since)
            for each in KnownTo.objects.filter(resident=done.survivor_id, org__in=organisations_of(chosen))
        ),
        ignore_conflicts=True,
    )


def _put_back(done: Merge) -> None:
    """Undo each change that still stands; a row that somebody changed since keeps that change, and goes back.

    All of a row at once: its columns hold together.
    """
    for (label, key), changes in _by_row(done).items():
        model = apps.get_model(label)
        kinds = {each.attname: each for each in model._meta.concrete_fields}
        row = rows_of(model).filter(pk=key).values(*(each.column for each in changes)).first()
        if row is not None:
            standing = [each for each in changes if row[each.column] == kinds[each.column].to_python(each.after)]
            before = {each.column: kinds[each.column].to_python(each.before) for each in standing}
            rows_of(model).filter(pk=key).update(**before)


def _by_row(done: Merge) -> dict[tuple[str, str], list[MergedRow]]:
    found: dict[tuple[str, str], list[MergedRow]] = {}
    for each in MergedRow.objects.filter(merge=done).order_by("-id"):
        found.setdefault((each.model, each.row_key), []).append(each)
    return found
