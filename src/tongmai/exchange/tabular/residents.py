"""One row of a resident register: recognised, registered, brought up to date, or held."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from tongmai.commons.residents import access, services
from tongmai.commons.residents.models import Coverage, Phone, Resident, Tag
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import Problem, ResidentFacts, resident_facts
from tongmai.exchange.tabular.places import Villages
from tongmai.exchange.tabular.verdicts import Verdict, digest_of, held, held_by, refused
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.roles import Role
from tongmai.kernel.errors import TongmaiError

CITIZEN_ID = "citizen_id"


def acting(by: Actor) -> Actor:
    """Return who writes: the system on behalf of the administrator.  She may import a register, and reads no record."""
    return replace(by, role=Role.SYSTEM, channel="import", org_id=None, post_id=by.post_id)


def settle(
    cells: Mapping[str, str], *, known: tuple[UUID, str] | None, source: str, villages: Villages, by: Actor
) -> Verdict:
    """Do what the row asks for and return its fate.  `known`: what an earlier row of this identity became, and its digest.

    Runs inside the caller's savepoint: what a held row has begun is undone there.
    """
    facts = resident_facts(cells)
    if isinstance(facts, Problem):
        return refused(facts, cells.get("identity", ""))
    digest = digest_of(facts)
    if known is not None and known[1] == digest:
        return Verdict(Fate.SAME, facts.identity, digest, known[0])
    try:
        return _settle(facts, digest, known[0] if known else None, source, villages, by)
    except TongmaiError as error:
        return held_by(error, facts.identity)


def _settle(
    facts: ResidentFacts, digest: str, known_id: UUID | None, source: str, villages: Villages, by: Actor
) -> Verdict:
    holders = _holders(facts)
    if known_id is not None and holders and holders != [known_id]:
        return held(facts.identity, "other-holder")
    village_code = _village(facts, villages)
    if isinstance(village_code, Verdict):
        return village_code
    target = known_id or (holders[0] if holders else None)
    if target is None:
        return Verdict(Fate.NEW, facts.identity, digest, _register(facts, village_code, by))
    resident = access.get(target, by=by)
    if resident.name != facts.name:
        return held(facts.identity, "other-name")
    changed = _bring_up_to_date(resident, facts, village_code, source, by)
    return Verdict(Fate.UPDATED if changed else Fate.SAME, facts.identity, digest, target)


def _holders(facts: ResidentFacts) -> list[UUID]:
    if not facts.citizen_number:
        return []
    return services.find_same_person(services.Candidate(numbers=[(CITIZEN_ID, "", facts.citizen_number)]))


def _village(facts: ResidentFacts, villages: Villages) -> str | Verdict:
    """Return the code of the village, "" where the register does not say, or why it is not clear."""
    if not (facts.village_code or facts.village):
        return ""
    found = villages.find(facts.village_code, facts.town, facts.village)
    if len(found) == 1:
        return found[0]
    said = facts.village_code or f"{facts.town}{facts.village}"
    if found:
        return held(facts.identity, "several-villages", said=said[:120])
    return held(facts.identity, "unknown-village", said=said[:120])


def _register(facts: ResidentFacts, village_code: str, by: Actor) -> UUID:
    made = services.register(
        by=by,
        name=facts.name,
        sex=facts.sex,
        born_on=facts.born_on,
        id_kind=CITIZEN_ID,
        id_number=facts.citizen_number,
        village_code=village_code,
        address=facts.address,
        phone=facts.phone,
        scheme=facts.scheme,
    )
    for kind in facts.tags:
        services.add_tag(made.id, by=by, kind=kind, source=Tag.Source.IMPORT)
    return made.id


def _bring_up_to_date(resident: Resident, facts: ResidentFacts, village_code: str, source: str, by: Actor) -> bool:
    """Take over what the register says and we do not have; what it leaves blank stays.  Nothing is taken away."""
    said = {"village_code": village_code, "address": facts.address}
    moved = {name: value for name, value in said.items() if value and value != getattr(resident, name)}
    if moved:
        services.amend_identity(resident.id, by=by, reason=f"导入：{source}"[:200], version=resident.version, **moved)
    numbers = set(Phone.objects.filter(resident=resident, closed_at=None).values_list("number", flat=True))
    is_new_phone = bool(facts.phone) and facts.phone.replace("-", "") not in numbers
    if is_new_phone:
        services.add_phone(resident.id, by=by, number=facts.phone, is_main=not numbers)
    present = Coverage.objects.filter(resident=resident, ends_before=None).values_list("scheme", flat=True).first()
    is_insured_anew = bool(facts.scheme) and facts.scheme != (present or "")
    if is_insured_anew:
        services.set_coverage(resident.id, by=by, scheme=facts.scheme)
    held_tags = set(Tag.objects.filter(resident=resident, ended_at=None).values_list("kind", flat=True))
    new_tags = [kind for kind in facts.tags if kind not in held_tags]
    for kind in new_tags:
        services.add_tag(resident.id, by=by, kind=kind, source=Tag.Source.IMPORT)
    return bool(moved or is_new_phone or is_insured_anew or new_tags)
