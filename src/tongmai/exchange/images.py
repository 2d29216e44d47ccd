"""Reads of the pages on which images are brought in order: what waits, what an order says, what is in quarantine."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet

from tongmai.care.diagnostics import for_devices
from tongmai.care.diagnostics.for_devices import Asked
from tongmai.commons.imaging import access
from tongmai.commons.imaging.models import Device, Held, Study, StudyDecision
from tongmai.exchange.dicom import resolving
from tongmai.exchange.dicom.comparing import Said
from tongmai.foundation.orgs.actors import Actor

MOST_PROPOSED = 30


@dataclass(frozen=True)
class Proposed:
    """An order to which a study may belong, and what of the two differs."""

    asked: Asked
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """A study that was received, with the orders of its site that come into question, the likeliest first."""

    study: Study
    n_images: int
    proposed: list[Proposed]
    decisions: list[StudyDecision]


def studies(*, by: Actor, state: str) -> QuerySet[Study]:
    """Return the studies of the organisation of `by`: "waiting", "rejected" or "linked"."""
    rows = access.reconciled_studies(by).annotate(n_images=Count("series__instances")).order_by("-received_at", "id")
    if state == "linked":
        return rows.filter(resident__isnull=False)
    return rows.filter(resident=None, rejected_at__isnull=state != "rejected")


def study(study_id: UUID, *, by: Actor) -> Waiting:
    """Return one of these.  Raises NotFound."""
    found = access.study_to_reconcile(study_id, by=by)
    n_images = sum(found.series.annotate(n=Count("instances")).values_list("n", flat=True))
    is_open = found.resident_id is None and found.rejected_at is None
    proposed = _proposed(found, by.today) if is_open else []
    return Waiting(found, n_images, proposed, list(found.decisions.all()))


def quarantine(*, by: Actor) -> QuerySet[Held]:
    """Return the files in quarantine that nobody has settled."""
    return access.quarantine(by).filter(settled_at=None)


def devices(*, by: Actor) -> list[Device]:
    """Return the devices that `by` may see, with `n_waiting` studies each."""
    return list(access.devices(by))


def device(device_id: UUID, *, by: Actor) -> Device:
    """Return one of these.  Raises NotFound."""
    return access.device(device_id, by=by)


def _proposed(study: Study, today: date) -> list[Proposed]:
    """The order whose number the images carry, and what the site has to do with such a device."""
    named = [for_devices.by_number(study.said_accession) if study.said_accession else None]
    named.append(for_devices.by_study_uid(study.uid))
    asked = [each for each in named if each is not None and each.org_id == study.org_id]
    asked += for_devices.worklist(study.org_id, modality=study.modality, on=today)
    by_number = {each.order_number: each for each in asked}
    found = [Proposed(each, _differences(study, each)) for each in by_number.values()]
    return sorted(found, key=lambda each: len(each.doubts))[:MOST_PROPOSED]


def _differences(study: Study, asked: Asked) -> tuple[str, ...]:
    said = Said(
        accession=study.said_accession or asked.order_number, number=study.said_number, name=study.said_name,
        latin=study.said_name, sex=study.said_sex, born_on=study.said_born_on, modality=study.modality,
    )  # fmt: skip
    return resolving.doubts_of(asked, org_id=study.org_id, said=said)
