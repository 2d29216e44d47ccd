"""Encounters in the record of a person (residents/timeline.py)."""

from uuid import UUID

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from tongmai.commons.encounters.models import Encounter, EncounterDiagnosis, Kind
from tongmai.commons.encounters.presenters import state_tag
from tongmai.commons.encounters.states import State
from tongmai.commons.residents.timeline import Entry, Row, Rows
from tongmai.foundation.orgs.actors import Actor
from tongmai.ui.addresses import of_row


def rows(by: Actor, resident_id: UUID) -> Rows:
    """Return the person's encounters; cancelled ones are left out."""
    main = EncounterDiagnosis.objects.filter(encounter=OuterRef("id"), replaced_at=None, is_main=True)
    return Rows(
        Encounter.objects.filter(resident_id=resident_id).exclude(state="cancelled"),
        at=Coalesce("started_at", "planned_for"),
        ends_at="ended_at",
        org="org",
        title=Coalesce(Subquery(main.values("name")[:1]), NullIf(F("complaint"), Value("")), Value("")),
        what="kind",
        state="state",
        who=Coalesce("staff__name", "doctor"),
        place="department__name",
        group_id="episode_id",
        marked=("sensitivity", "episode__sensitivity"),
    )


def entry(row: Row, by: Actor) -> Entry:
    """Return an encounter in words: its main diagnosis, else its complaint, else its kind."""
    kind = str(Kind(row.what).label)
    said = (kind, " ".join(part for part in (row.place, row.who) if part))
    return row.entry(
        title=row.title or kind,
        detail=" · ".join(part for part in said if part),
        href=of_row("encounters:detail", row.id),
        tag=None if row.state == State.FINISHED else state_tag(row.state),
    )
