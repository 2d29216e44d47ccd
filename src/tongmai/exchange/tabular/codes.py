"""One row of a table of codes: what a member's own code means in the unified sets, as somebody filled it in."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Cells, Refused, check_cells, or_problem
from tongmai.exchange.tabular.verdicts import Row, Verdict, held, settled
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.terminology import access, services
from tongmai.foundation.terminology.choices import CodeSet, Relation

SETS = {
    "诊断": CodeSet.DIAGNOSES, "疾病诊断": CodeSet.DIAGNOSES, "疾病": CodeSet.DIAGNOSES, "icd10": CodeSet.DIAGNOSES,
    "ICD-10": CodeSet.DIAGNOSES, "药品": CodeSet.DRUGS, "西药": CodeSet.DRUGS, "中成药": CodeSet.DRUGS, "drugs": CodeSet.DRUGS,
    "耗材": CodeSet.CONSUMABLES, "医用耗材": CodeSet.CONSUMABLES, "consumables": CodeSet.CONSUMABLES,
    "收费项目": CodeSet.CHARGES, "医疗服务项目": CodeSet.CHARGES, "诊疗项目": CodeSet.CHARGES, "charges": CodeSet.CHARGES,
}  # fmt: skip
RELATIONS = {
    "等同": Relation.EQUIVALENT, "相同": Relation.EQUIVALENT, "equivalent": Relation.EQUIVALENT,
    "统一编码更宽": Relation.WIDER, "更宽": Relation.WIDER, "wider": Relation.WIDER,
    "统一编码更窄": Relation.NARROWER, "更窄": Relation.NARROWER, "narrower": Relation.NARROWER,
    "没有对应": Relation.NONE, "无对应": Relation.NONE, "无": Relation.NONE, "none": Relation.NONE,
}  # fmt: skip
LONGEST_IDENTITY = 80
_KEPT = 60


@dataclass(frozen=True)
class CodeFacts:
    """A code as a table states it; a `relation` of "" decides nothing."""

    org: str
    code_set: str
    system: str
    code: str
    name: str
    unified_code: str
    relation: str
    note: str


def identity_of(cells: Cells) -> str:
    """Return by what a row is recognised the next time: whose code it is, of which set and list."""
    if not cells.get("code", ""):
        return ""
    whose = cells.get("org_code", "") or cells.get("org", "")
    whole = "|".join([cells["code"], SETS.get(cells.get("code_set", ""), ""), whose, cells.get("system", "")])
    if len(whole) <= LONGEST_IDENTITY:
        return whole
    return f"{whole[:_KEPT]}|{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


@or_problem
def code_facts(cells: Cells) -> CodeFacts:
    """Return what a row of a table of codes says, or the first thing that is wrong with it."""
    check_cells(cells)
    code, unified, said = cells.get("code", ""), cells.get("unified_code", ""), cells.get("relation", "")
    if not code or len(code) > _KEPT:
        raise Refused("no-local-code")
    code_set = SETS.get(cells.get("code_set", ""))
    if code_set is None:
        raise Refused("unknown-code-set", given=cells.get("code_set", "")[:20])
    relation = RELATIONS.get(said) if said else (Relation.EQUIVALENT if unified else "")
    if relation is None:
        raise Refused("unknown-relation", given=said[:20])
    if bool(unified) == (relation in ("", Relation.NONE)):
        raise Refused("relation-and-code")
    return CodeFacts(
        org=cells.get("org_code", "") or cells.get("org", ""), code_set=code_set, system=cells.get("system", "")[:_KEPT],
        code=code, name=cells.get("name", "")[:200], unified_code=unified, relation=relation,
        note=cells.get("note", "")[:200],
    )  # fmt: skip


def settler(by: Actor) -> Callable[[Row], Verdict]:
    """Return what does what a row asks for, and tells its fate."""
    return lambda row: settled(row, code_facts(row.cells), lambda facts, digest: _settle(row, facts, digest, by))


def _settle(row: Row, facts: CodeFacts, digest: str, by: Actor) -> Verdict:
    called = Q(code=facts.org) | Q(name=facts.org) | Q(short_name=facts.org)
    found = list(access.members(by).filter(called)[:2]) if facts.org else []
    if len(found) != 1:
        return held(row.identity, "unknown-org", said=facts.org[:60])
    local, is_new = services.enter(
        org_id=found[0].id, code_set=facts.code_set, system=facts.system, code=facts.code, name=facts.name, by=by
    )
    before = local.version
    if facts.relation == Relation.NONE:
        local = services.no_counterpart(local.id, by=by, note=facts.note)
    elif facts.relation:
        local = services.map_code(
            local.id, unified_code=facts.unified_code, relation=facts.relation, by=by, note=facts.note
        )
    fate = Fate.NEW if is_new else Fate.UPDATED if local.version != before else Fate.SAME
    return Verdict(fate, row.identity, digest, local.id)
