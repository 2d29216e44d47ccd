"""Residents who are here already, and what a register says of them beyond what we have."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from tongmai.commons.residents import access, rules, services
from tongmai.commons.residents.models import Coverage, Identifier, Medium, Phone, Resident, Tag
from tongmai.exchange.models.imports import Fate
from tongmai.exchange.tabular.facts import ResidentFacts
from tongmai.exchange.tabular.verdicts import Verdict, held
from tongmai.foundation.orgs.actors import Actor


@dataclass
class _Held:
    """What is held of a resident."""

    resident: Resident
    numbers: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    scheme: str = ""


class Standing:
    """The residents whom the rows of a step mean, asked for together."""

    def __init__(self, source: str, *, by: Actor) -> None:
        self.source, self.by = source, by
        self.held: dict[UUID, _Held] = {}
        self.stands: dict[UUID, UUID] = {}  # entries that another one stands for by now

    def look_up(self, ids: Iterable[UUID]) -> None:
        """Ask what is held of these residents; of an entry that was merged, of the one that stands for it."""
        wanted = set(ids)
        while merged := dict(
            Resident.objects.filter(id__in=wanted, merged_into__isnull=False).values_list("id", "merged_into")
        ):
            self.stands |= merged
            wanted = wanted - merged.keys() | set(merged.values())
        found = {each.id: _Held(each) for each in access.visible(self.by).filter(id__in=wanted)}
        for model, name, column in (
            (Identifier.objects.filter(is_current=True, kind__in=rules.CHECKED_KINDS), "numbers", "value"),
            (Phone.objects.filter(closed_at=None), "phones", "number"),
            (Medium.objects.filter(kind=Medium.Kind.INSURANCE_CARD), "cards", "number"),
            (Tag.objects.filter(ended_at=None), "tags", "kind"),
        ):
            for resident_id, value in model.filter(resident__in=found).values_list("resident_id", column):
                getattr(found[resident_id], name).add(value)
        schemes = Coverage.objects.filter(resident__in=found, ends_before=None).values_list("resident_id", "scheme")
        for resident_id, scheme in schemes:
            found[resident_id].scheme = scheme
        self.held |= found

    def stands_for(self, resident_id: UUID) -> UUID:
        """Return the entry that stands for this one by now."""
        while resident_id in self.stands:
            resident_id = self.stands[resident_id]
        return resident_id

    def brought_up_to_date(self, target: UUID, facts: ResidentFacts, digest: str, village_code: str) -> Verdict:
        """Take over what a row says and we do not have; what it leaves blank stays.  Nothing is taken away.

        Raises what the services refuse.
        """
        target = self.stands_for(target)
        held_here = self.held.get(target)
        if held_here is None:
            return held(facts.identity, "no-longer-here")
        if held_here.resident.name != facts.name:
            return held(facts.identity, "other-name")
        changes = self._changes(held_here, facts, village_code)
        if not changes:
            return Verdict(Fate.SAME, facts.identity, digest, target)
        del self.held[target]  # asked again when another row means her
        for change in changes:
            change()
        self.look_up([target])
        return Verdict(Fate.UPDATED, facts.identity, digest, target)

    def _changes(self, here: _Held, facts: ResidentFacts, village_code: str) -> list:
        """Return what has to be done, each as a call of a service."""
        resident_id, by = here.resident.id, self.by
        said = {"village_code": village_code, "address": facts.address}
        moved = {name: value for name, value in said.items() if value and value != getattr(here.resident, name)}
        changes = []
        if moved:
            reason, version = f"导入：{self.source}"[:200], here.resident.version
            changes.append(lambda: services.amend_identity(resident_id, by=by, reason=reason, version=version, **moved))
        if facts.citizen_number and not here.numbers:
            number = facts.citizen_number
            changes.append(lambda: services.add_identifier(resident_id, by=by, kind="citizen_id", value=number))
        if facts.phone and facts.phone.replace("-", "") not in {each.replace("-", "") for each in here.phones}:
            changes.append(lambda: services.add_phone(resident_id, by=by, number=facts.phone, is_main=not here.phones))
        if facts.scheme and facts.scheme != here.scheme:
            changes.append(lambda: services.set_coverage(resident_id, by=by, scheme=facts.scheme))
        if facts.insurance_number and facts.insurance_number not in here.cards:
            card = {"kind": Medium.Kind.INSURANCE_CARD, "number": facts.insurance_number}
            changes.append(lambda: services.issue_medium(resident_id, by=by, **card))
        for kind in facts.tags:
            if kind not in here.tags:
                changes.append(_tagged(resident_id, kind, by))
        return changes


def _tagged(resident_id: UUID, kind: str, by: Actor):
    return lambda: services.add_tag(resident_id, by=by, kind=kind, source=Tag.Source.IMPORT)
