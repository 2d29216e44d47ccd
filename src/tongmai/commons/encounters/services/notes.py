"""Texts of the record.  A changed text is a further version; the old words stay."""

from uuid import UUID

from django.db import transaction

from tongmai.commons.encounters import access, marking
from tongmai.commons.encounters.events import NoteAmended, NoteWritten
from tongmai.commons.encounters.models import Encounter, Note, NoteVersion
from tongmai.commons.encounters.services.findings import stay_marked
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.errors import InvalidInput, NotFound, VersionConflict
from tongmai.kernel.text import N_

MOST_CHARACTERS = 20_000


@transaction.atomic
def write_note(encounter_id: UUID, *, by: Actor, text: str, kind: str = Note.Kind.VISIT) -> Note:
    """Write a text in an encounter that is in progress.

    Raises:
        NotFound, NotPermitted, NotOpenForWriting; InvalidInput: no text, or too long a one.
    """
    encounter = access.get(encounter_id, by=by, only_open=True)
    return _write(encounter, Note.Kind(kind), _words(text), by)


@transaction.atomic
def amend_note(note_id: UUID, *, by: Actor, text: str, reason: str, version: int) -> Note:
    """Write a further version of a note, of a finished encounter too.  `version` is the number the caller saw.

    Raises:
        NotFound, NotPermitted: out of reach; of another organisation.
        InvalidInput: no text, no reason, or nothing changed.  VersionConflict: somebody else amended it since.
    """
    note = Note.objects.filter(id=note_id).first()
    if note is None:
        raise NotFound()
    access.get(note.encounter_id, by=by)
    words = _words(text)
    if not reason.strip():
        raise InvalidInput(field="reason", problem=N_("请写明修改原因"))
    if NoteVersion.objects.get(note=note, number=note.version).text == words:
        raise InvalidInput(field="text", problem=N_("内容没有变化"))
    if not Note.objects.filter(id=note.id, version=version).update(version=version + 1):
        raise VersionConflict(seen=version, current=note.version)
    note.version = version + 1
    _add_version(note, words, reason.strip()[:200], by)
    resident_id = note.encounter.resident_id
    audit.record(
        NoteAmended(
            resident_id=resident_id, encounter_id=note.encounter_id, note_id=note.id, version=note.version
        ),
        by=by,
        subject_id=note.id,
    )  # fmt: skip
    return note


def put_note(encounter: Encounter, kind: str, text: str, reason: str, by: Actor) -> Note:
    """Write the one note of this kind, or amend it where it says something else.  Inside the caller's transaction."""
    words = _words(text)
    note = Note.objects.filter(encounter=encounter, kind=kind).first()
    if note is None:
        return _write(encounter, kind, words, by)
    if NoteVersion.objects.get(note=note, number=note.version).text != words:
        return amend_note(note.id, by=by, text=words, reason=reason, version=note.version)
    return note


def _write(encounter: Encounter, kind: str, words: str, by: Actor) -> Note:
    note = Note.objects.create(encounter=encounter, kind=kind, written_at=by.now, written_by_id=by.user_id)
    _add_version(note, words, "", by)
    audit.record(
        NoteWritten(resident_id=encounter.resident_id, encounter_id=encounter.id, note_id=note.id, kind=str(kind)),
        by=by,
        subject_id=note.id,
    )
    return note


def _add_version(note: Note, words: str, reason: str, by: Actor) -> None:
    NoteVersion.objects.create(
        note=note, number=note.version, text=words, reason=reason,
        at=by.now, by_user_id=by.user_id, by_name=by.name, by_org_name=by.org_name,
    )  # fmt: skip
    stay_marked(note.encounter_id, [marking.of_text(words, on=by.today)])


def _words(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise InvalidInput(field="text", problem=N_("请填写内容"))
    if len(words) > MOST_CHARACTERS:
        raise InvalidInput(field="text", problem=N_("内容过长"))
    return words
