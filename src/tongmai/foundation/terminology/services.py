"""Decisions about local codes: one for each intent.  Every decision is a row of its own; the last one counts."""

from uuid import UUID

from django.db import transaction

from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.terminology import access, events, selectors
from tongmai.foundation.terminology.choices import CodeSet, Relation
from tongmai.foundation.terminology.errors import DecidedMeanwhile, NotInSet
from tongmai.foundation.terminology.models import Decision, LocalCode
from tongmai.foundation.terminology.noting import Said
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_


@transaction.atomic
def map_code(
    local_code_id: UUID,
    *,
    unified_code: str,
    by: Actor,
    relation: str = Relation.EQUIVALENT,
    note: str = "",
    version: int | None = None,
) -> LocalCode:
    """Say which unified code a local code means, and how the two stand to each other.  Said again, nothing changes.

    `version`: what the caller saw; without it the decision replaces whatever was decided meanwhile.

    Raises:
        NotPermitted: this post settles no codes.  NotFound: no such code in reach.
        NotInSet: the set has no such code today.  InvalidInput: no such relation.
        DecidedMeanwhile: somebody else has decided since.
    """
    require(by, Action.SETTLE_CODES)
    if relation not in (Relation.EQUIVALENT, Relation.WIDER, Relation.NARROWER):
        raise InvalidInput(field="relation", problem=N_("请选择等同、更宽或更窄"))
    local = access.local_code(local_code_id, by=by, lock=True)
    meant = selectors.unified(local.code_set, unified_code.strip(), by.today)
    if meant is None:
        raise NotInSet(field="unified_code", code=unified_code.strip()[:32])
    return _decide(local, relation, meant, note=note, version=version, by=by)


@transaction.atomic
def no_counterpart(local_code_id: UUID, *, by: Actor, note: str = "", version: int | None = None) -> LocalCode:
    """Decide that the unified set has nothing for a local code (errors as in `map_code`)."""
    require(by, Action.SETTLE_CODES)
    local = access.local_code(local_code_id, by=by, lock=True)
    return _decide(local, Relation.NONE, selectors.Unified("", ""), note=note, version=version, by=by)


@transaction.atomic
def unmap(local_code_id: UUID, *, by: Actor, note: str = "", version: int | None = None) -> LocalCode:
    """Take back what was decided; the code waits again, or is understood by itself (errors as in `map_code`)."""
    require(by, Action.SETTLE_CODES)
    local = access.local_code(local_code_id, by=by, lock=True)
    return _decide(local, "", selectors.Unified("", ""), note=note, version=version, by=by)


@transaction.atomic
def enter(*, org_id: UUID, code_set: str, system: str, code: str, name: str, by: Actor) -> tuple[LocalCode, bool]:
    """Return a member's local code, entered if no message has brought it yet; and whether it is new.

    Raises:
        NotPermitted: this post settles no codes.  NotFound: the member is out of reach.
        InvalidInput: no code, or no such set.
    """
    require(by, Action.SETTLE_CODES)
    if not access.members(by).filter(id=org_id).exists():
        raise NotFound()
    code, name, system = code.strip(), name.strip()[:200], system.strip()
    if not code or len(code) > 60 or len(system) > 60 or code_set not in list(CodeSet):
        raise InvalidInput(field="code", problem=N_("请填写本地编码（不超过 60 字）和所属目录"))
    said = Said(code_set, system, code, name)
    times = {"first_seen_at": by.now, "last_seen_at": by.now}
    return LocalCode.objects.get_or_create(
        org_id=org_id, code_set=code_set, system=system, code=code, defaults=said.names() | times
    )


def _decide(
    local: LocalCode, relation: str, meant: selectors.Unified, *, note: str, version: int | None, by: Actor
) -> LocalCode:
    """The one place where a decision is written."""
    if (local.relation, local.unified_code) == (relation, meant.code):
        return local  # two people who say the same do not contradict each other
    if version is not None and version != local.version:
        raise DecidedMeanwhile(name=_who_decided(local), seen=version, current=local.version)
    local.relation, local.unified_code = relation, meant.code
    local.decided_at, local.decided_by_id = (by.now, by.user_id) if relation else (None, None)
    local.version += 1
    local.save(update_fields=["relation", "unified_code", "decided_at", "decided_by", "version"])
    Decision.objects.create(
        local=local, relation=relation, unified_code=meant.code, unified_name=meant.name, local_name=local.name,
        note=note.strip()[:200], at=by.now, by_user_id=by.user_id, by_name=by.name[:60],
    )  # fmt: skip
    about = {"local_code_id": local.id, "org_id": local.org_id, "code_set": local.code_set}
    if relation:
        happened: object = events.CodeMapped(**about, relation=str(relation), unified_code=meant.code)
    else:
        happened = events.CodeUnmapped(**about)
    audit.record(happened, by=by, subject_id=local.id)
    return local


def _who_decided(local: LocalCode) -> str:
    return local.decisions.values_list("by_name", flat=True).first() or ""
