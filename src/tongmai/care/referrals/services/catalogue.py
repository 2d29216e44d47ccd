"""Keeping an alliance's referral disease catalogue: lines begin, are replaced, and end; none is overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from tongmai.care.referrals import access, events
from tongmai.care.referrals.models import CatalogueEntry
from tongmai.care.referrals.starter import LINES, SOURCE
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted, require_seen
from tongmai.kernel.text import N_


@dataclass(frozen=True)
class LineInput:
    level: str
    icd10_prefix: str
    name: str
    guidance: str
    conditions: str
    source: str
    status: str = CatalogueEntry.Status.STATED


@transaction.atomic
def set_line(
    *, alliance_id: UUID, line: LineInput, by: Actor, entry_id: UUID | None = None, seen_version: int | None = None
) -> CatalogueEntry:
    """Add a line from today on, or let one take the place of another: the old one ends today and stays readable.

    Setting what already holds changes nothing.

    Raises:
        NotFound: no such alliance or line in reach.
        NotPermitted: another alliance's lead keeps it.
        VersionConflict: somebody else has changed the line.
        InvalidInput: what is wrong with the line.
    """
    _check_keeper(alliance_id, by=by)
    clean = _clean(line)
    current = CatalogueEntry.objects.select_for_update().filter(alliance_id=alliance_id, ends_before__isnull=True)
    same = current.filter(level=clean.level, icd10_prefix=clean.icd10_prefix, guidance=clean.guidance).first()
    if entry_id is not None:
        old = _one(current, entry_id, seen_version)
        if same is not None and same.id != old.id:
            raise InvalidInput(field="icd10_prefix", problem=N_("该层级已有同一病种的同一条目"))
        same = old
    if same is not None:
        if _equal(same, clean):
            return same
        _end(same, by=by)
    entry = CatalogueEntry.objects.create(
        alliance_id=alliance_id, **vars(clean), starts_on=by.today, changed_at=by.now, changed_by_id=by.user_id
    )
    _tell(entry, "changed" if same is not None else "added", by=by)
    return entry


@transaction.atomic
def end_line(*, entry_id: UUID, by: Actor, seen_version: int | None = None) -> CatalogueEntry:
    """Take a line out of the catalogue from today on (errors as in `set_line`)."""
    row = access.visible_catalogue(by).filter(id=entry_id, ends_before__isnull=True).first()
    if row is None:
        raise NotFound()
    _check_keeper(row.alliance_id, by=by)
    entry = _one(CatalogueEntry.objects.select_for_update().filter(ends_before__isnull=True), entry_id, seen_version)
    _end(entry, by=by)
    _tell(entry, "ended", by=by)
    return entry


@transaction.atomic
def load_starter(*, alliance_id: UUID, by: Actor) -> int:
    """Give an alliance without a catalogue the starter lines, marked as waiting for the lead's confirmation.

    Returns how many were added; an alliance that has a catalogue keeps it, and 0 is returned.
    """
    _check_keeper(alliance_id, by=by)
    if CatalogueEntry.objects.filter(alliance_id=alliance_id).exists():
        return 0
    rows = CatalogueEntry.objects.bulk_create(
        CatalogueEntry(
            alliance_id=alliance_id,
            level=level,
            icd10_prefix=prefix,
            name=name,
            guidance=guidance,
            conditions=conditions,
            source=SOURCE,
            status=CatalogueEntry.Status.LOCAL_DEFAULT,
            starts_on=by.today,
            changed_at=by.now,
            changed_by_id=by.user_id,
        )
        for prefix, name, level, guidance, conditions in LINES
    )
    for entry in rows:
        _tell(entry, "added", by=by)
    return len(rows)


@transaction.atomic
def import_lines(*, alliance_id: UUID, lines: Iterable[LineInput], by: Actor) -> int:
    """Set many lines, all or none; return how many changed something (errors as in `set_line`, with the row)."""
    before = CatalogueEntry.objects.filter(alliance_id=alliance_id).count()
    for number, line in enumerate(lines, 1):
        try:
            set_line(alliance_id=alliance_id, line=line, by=by)
        except InvalidInput as flaw:
            raise InvalidInput(field=f"{number}", problem=flaw.facts["problem"]) from flaw
    return CatalogueEntry.objects.filter(alliance_id=alliance_id).count() - before


def _check_keeper(alliance_id: UUID, *, by: Actor) -> None:
    access.catalogue_of(alliance_id, by=by)
    if not access.edits_catalogue(alliance_id, by=by):
        raise NotPermitted()


def _clean(line: LineInput) -> LineInput:
    prefix = line.icd10_prefix.strip().upper()
    if line.level not in CatalogueEntry.Level.values:
        raise InvalidInput(field="level", problem=N_("请选择层级"))
    if line.guidance not in CatalogueEntry.Guidance.values:
        raise InvalidInput(field="guidance", problem=N_("请选择处理意见"))
    if line.status not in CatalogueEntry.Status.values:
        raise InvalidInput(field="status", problem=N_("请选择依据的性质"))
    if not (1 <= len(prefix) <= 8 and prefix[0].isascii() and prefix[0].isalpha()):
        raise InvalidInput(field="icd10_prefix", problem=N_("应为 ICD-10 编码的开头，例如 I10"))
    texts = {"name": line.name, "conditions": line.conditions, "source": line.source}
    for field, text in texts.items():
        if not text.strip():
            raise InvalidInput(field=field, problem=N_("不能为空"))
    return LineInput(
        level=line.level,
        icd10_prefix=prefix,
        name=line.name.strip()[:120],
        guidance=line.guidance,
        conditions=line.conditions.strip()[:500],
        source=line.source.strip()[:300],
        status=line.status,
    )


def _one(rows, entry_id: UUID, seen_version: int | None) -> CatalogueEntry:
    found = rows.filter(id=entry_id).first()
    if found is None:
        raise NotFound()
    require_seen(seen_version, found.version)
    return found


def _equal(entry: CatalogueEntry, line: LineInput) -> bool:
    return all(getattr(entry, name) == wanted for name, wanted in vars(line).items())


def _end(entry: CatalogueEntry, *, by: Actor) -> None:
    entry.ends_before = max(by.today, entry.starts_on)
    entry.changed_at, entry.changed_by_id = by.now, by.user_id
    entry.version += 1
    entry.save(update_fields=["ends_before", "changed_at", "changed_by", "version"])


def _tell(entry: CatalogueEntry, change: str, *, by: Actor) -> None:
    audit.record(
        events.CatalogueChanged(
            alliance_id=entry.alliance_id,
            icd10_prefix=entry.icd10_prefix,
            level=entry.level,
            guidance=entry.guidance,
            change=change,
            from_on=by.today,
        ),
        by=by,
        subject_id=entry.id,
    )
