"""Episodes: opened by the first who needs one, closed when the problem is done with."""

from uuid import UUID

from django.db import IntegrityError, transaction

from tongmai.commons.encounters import marking, rules
from tongmai.commons.encounters.events import EpisodeClosed, EpisodeOpened
from tongmai.commons.encounters.models import Encounter, Episode
from tongmai.commons.residents import access as residents
from tongmai.foundation.audit import services as audit
from tongmai.foundation.catalog import selectors as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.kernel.text import N_


def open_episode(resident_id: UUID, *, by: Actor, code: str, encounter_id: UUID | None = None) -> Episode:
    """Return the open episode of this problem, opening one where there is none; the encounter joins it.

    Two codes of one ICD-10 category are one problem.

    Raises:
        NotFound: the resident is absent or out of reach.
        UnknownCode: the catalogue of the day does not know the code.
    """
    resident = residents.get(resident_id, by=by)
    diagnosis = catalog.diagnosis(code, by.today)
    key = rules.problem_key(diagnosis.code)
    try:
        with transaction.atomic():
            episode = _open(resident.id, key) or _begin(resident.id, key, diagnosis, by)
            _join(episode, encounter_id)
    except IntegrityError:  # somebody else opened it in this instant
        with transaction.atomic():
            episode = Episode.objects.get(resident=resident, problem_key=key, closed_at=None)
            _join(episode, encounter_id)
    return episode


@transaction.atomic
def close_episode(episode_id: UUID, *, by: Actor, reason: str) -> Episode:
    """Close an episode; one that is closed stays as it is.

    Raises:
        NotFound: absent, or the person is out of reach.  InvalidInput: no reason.
    """
    episode = Episode.objects.filter(residents.reach(by, "resident__"), id=episode_id).first()
    if episode is None:
        raise NotFound()
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明原因"))
    closed = Episode.objects.filter(id=episode_id, closed_at=None).update(
        closed_at=max(by.now, episode.opened_at), closed_by_id=by.user_id, close_reason=reason.strip()[:200]
    )
    if closed:
        audit.record(
            EpisodeClosed(resident_id=episode.resident_id, episode_id=episode.id), by=by, subject_id=episode.id
        )  # fmt: skip
        episode.refresh_from_db()
    return episode


def open_one_of(resident_id: UUID, code: str) -> Episode | None:
    """Return the person's open episode of this problem, if there is one."""
    return _open(resident_id, rules.problem_key(code))


def _open(resident_id: UUID, key: str) -> Episode | None:
    return Episode.objects.filter(resident_id=resident_id, problem_key=key, closed_at=None).first()


def _begin(resident_id: UUID, key: str, diagnosis: catalog.Diagnosis, by: Actor) -> Episode:
    episode = Episode.objects.create(
        resident_id=resident_id,
        problem_key=key,
        problem_code=diagnosis.code,
        problem_name=diagnosis.name,
        sensitivity=marking.of_entry(diagnosis.code, diagnosis.name, on=by.today),
        opened_at=by.now,
        opened_by_id=by.user_id,
        opened_org_id=by.org_id,
    )
    audit.record(
        EpisodeOpened(resident_id=resident_id, episode_id=episode.id, problem_key=key), by=by, subject_id=episode.id
    )
    return episode


def _join(episode: Episode, encounter_id: UUID | None) -> None:
    if encounter_id is not None:
        Encounter.objects.filter(id=encounter_id, resident_id=episode.resident_id, episode=None).update(episode=episode)
