"""Storing results.  The caller knows whose they are, and that they are newer than what is stored."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from tongmai.commons.residents import services as residents
from tongmai.commons.residents.models import KnownTo
from tongmai.commons.residents.sensitive import rules as sensitive
from tongmai.commons.results import marking
from tongmai.commons.results.choices import CRITICAL_FLAGS, DocumentFormat, DocumentStatus
from tongmai.commons.results.events import DocumentReceived, ReportReceived, RequestReceived
from tongmai.commons.results.models import (
    Document,
    DocumentBody,
    DocumentParticipant,
    DocumentSection,
    Observation,
    Report,
    Request,
)
from tongmai.foundation.audit import services as audit
from tongmai.foundation.audit.together import flush, fresh, insert, together
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound

Facts = Mapping[str, Any]


@together()
def store_request(
    resident_id: UUID, *, org_id: UUID, facts: Facts, by: Actor, request_id: UUID | None = None
) -> Request:
    """Keep an order; with `request_id` it is brought up to date.  `facts`: the columns of `Request`.

    Raises:
        NotPermitted: this post writes no records.  NotFound: no such request of this person.
    """
    require(by, Action.WRITE_RECORD)
    kinds = marking.of_request(facts, on=by.today)
    values = {
        "org_id": org_id, "received_at": by.now, "received_by_id": by.user_id, "sensitivity": kinds, **facts
    }  # fmt: skip
    if request_id is None:
        row = fresh(Request, resident_id=resident_id, **values)
        insert(row)
        _make_known(resident_id, org_id, by)
    else:
        row = _changed(Request, request_id, resident_id, values)
    audit.record(RequestReceived(resident_id=resident_id, request_id=row.id, state=row.status), by=by)
    return row


@together()
def store_report(
    resident_id: UUID,
    *,
    org_id: UUID,
    facts: Facts,
    values: Sequence[Facts],
    by: Actor,
    report_id: UUID | None = None,
) -> Report:
    """Keep a report with its values; with `report_id` a further version of it, the earlier values stay.

    Said again without any difference, it stays as it is.

    `facts`: the columns of `Report`; `values`: those of `Observation`, in the order of the report.

    Raises:
        NotPermitted: this post writes no records and reports no examinations.  NotFound: no such report of this person.
    """
    if not by.may(Action.REPORT_EXAMINATION):
        require(by, Action.WRITE_RECORD)
    digest = _digest(facts, values)
    if report_id is not None and (same := Report.objects.filter(id=report_id, digest=digest).first()):
        return same
    columns = {
        "org_id": org_id, "digest": digest, "received_at": by.now, "received_by_id": by.user_id,
        "is_critical": any(value["flag"] in CRITICAL_FLAGS for value in values), **facts,
    }  # fmt: skip
    kinds = marking.of_report(facts, values, on=by.today)
    if report_id is None:
        report = fresh(Report, resident_id=resident_id, sensitivity=kinds, **columns)
        insert(report)
        _make_known(resident_id, org_id, by)
    else:
        report = _changed(Report, report_id, resident_id, columns)
        _stay_marked(report, kinds)
    insert(
        *(
            fresh(Observation, report=report, version=report.version, position=position, **value)
            for position, value in enumerate(values, start=1)
        )
    )
    audit.record(
        ReportReceived(
            resident_id=resident_id, report_id=report.id, kind=str(report.category), version=report.version,
            is_critical=report.is_critical,
        ),
        by=by,
    )  # fmt: skip
    return report


@together()
def store_document(
    resident_id: UUID,
    *,
    org_id: UUID,
    facts: Facts,
    content: bytes,
    by: Actor,
    replaces: UUID | None = None,
    text: str | None = None,
    participants: Sequence[Facts] = (),
    sections: Sequence[Facts] = (),
    body: Facts | None = None,
) -> Document:
    """Keep a document whole; `replaces` is its earlier version, which stays readable.

    `facts`: the columns of `Document`; `text`: what can be read of it, where whoever brings it knows better than the bytes
    do.  `participants`, `sections`, `body`: the columns of the tables of these names, in the order of the document; the
    HTML of a section is shown as it is, so it must be made here and never taken from outside.

    Raises:
        NotPermitted: this post writes no records.  NotFound: no such document of this person to replace.
    """
    require(by, Action.WRITE_RECORD)
    if replaces is not None:
        before = Document.objects.filter(id=replaces, resident_id=resident_id, replaced_by=None)
        if not before.update(status=DocumentStatus.REPLACED):
            raise NotFound()
    flush()
    document = Document.objects.create(
        resident_id=resident_id,
        org_id=org_id,
        content=content,
        n_bytes=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        text=_text(content, facts) if text is None else text,
        replaces_id=replaces,
        received_at=by.now,
        received_by_id=by.user_id,
        **{**facts, "sensitivity": marking.of_document(facts, on=by.today)},
    )
    insert(
        *(DocumentParticipant(document=document, position=n, **each) for n, each in enumerate(participants, start=1))
    )
    insert(*(DocumentSection(document=document, position=n, **each) for n, each in enumerate(sections, start=1)))
    if body is not None:
        DocumentBody.objects.create(document=document, n_bytes=len(body["content"]), **body)
    _make_known(resident_id, org_id, by)
    audit.record(DocumentReceived(resident_id=resident_id, document_id=document.id), by=by)
    return document


def is_same_document(document_id: UUID, *, content: bytes, status: str) -> bool:
    """Whether a document says this already."""
    digest = hashlib.sha256(content).hexdigest()
    return Document.objects.filter(id=document_id, digest=digest, status=status).exists()


def _digest(facts: Facts, values: Sequence[Facts]) -> str:
    said = [sorted((name, str(value)) for name, value in each.items()) for each in (facts, *values)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _changed(model: type, row_id: UUID, resident_id: UUID, values: dict[str, Any]) -> Any:
    flush()  # one message may tell of the same thing twice
    rows = model.objects.filter(id=row_id, resident_id=resident_id)
    if not rows.update(version=F("version") + 1, **values):
        raise NotFound()
    return rows.get()


def _stay_marked(report: Report, kinds: str) -> None:
    """A version adds its kinds: what the earlier ones said stays readable."""
    wanted = sensitive.stored(sensitive.kinds_in(report.sensitivity) | sensitive.kinds_in(kinds))
    if wanted != report.sensitivity:
        report.sensitivity = wanted
        Report.objects.filter(id=report.id).update(sensitivity=wanted)


def _make_known(resident_id: UUID, org_id: UUID, by: Actor) -> None:
    residents.make_known(resident_id, org_id=org_id, via=KnownTo.Via.ENCOUNTER, by=by)


def _text(content: bytes, facts: Facts) -> str:
    if facts["format"] != DocumentFormat.TEXT:
        return ""
    return content.decode("utf-8", errors="replace").replace("\x00", "")
