"""Imports of lists for programs: the same services as the pages."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from tongmai.exchange import mapping, presenters, selectors
from tongmai.exchange.services import imports, mappings
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import TO_IMPORT
from tongmai.kernel.errors import InvalidInput
from tongmai.kernel.text import N_
from tongmai.ui.api import Page, Text, paginate

router = Router(tags=["exchange"])
_MAY_IMPORT = may(*TO_IMPORT)
MOST_BYTES = 50 * 1024 * 1024

Kinds = Literal["residents", "staff", "contracts", "capacity", "prices", "codes", "limits"]
Limit = Annotated[int, Field(ge=1, le=200)]


class ImportIn(Schema):
    """With `may_ask` a file whose columns are not clear is kept, in state mapping: see its columns."""

    kind: Kinds
    source: Text(60, 1)
    may_ask: bool = False


class ImportOut(Schema):
    """`counts`: rows by fate.  While `state` is checking or applying, call go-on until it is not; in mapping, put its columns."""

    id: UUID
    kind: str
    source: str
    file_name: str
    state: str
    total_rows: int
    done_rows: int
    created_at: datetime
    counts: dict[str, int]
    steps: list[str]


class RowOut(Schema):
    line: int
    identity: str
    fate: str
    what: str
    reason: str
    remedy: str


class RowsAsked(Schema):
    fate: Literal["", "unknown", "new", "updated", "same", "held", "rejected"] = ""
    cursor: Text(400) = ""
    limit: Limit = 100


class FieldLineOut(Schema):
    """One of our fields: `label` is the file's column that it is now, "" for none.

    `is_missing`: it needs a column and has none; `is_several`: more than one column could be it.
    """

    field: str
    title: str
    is_required: bool
    example: str
    label: str
    is_missing: bool
    is_several: bool


class ColumnsOut(Schema):
    """A file's columns by their labels, with its first rows, and which field each is as far as is known."""

    kind: str
    source: str
    labels: list[str]
    preview: list[list[str]]
    fields: list[FieldLineOut]


class ColumnsIn(Schema):
    """Our field → label of the file's column, "" for a field that has none; what is not named stays as it is."""

    choices: Annotated[dict[Text(24, 1), Text(120)], Field(max_length=60)]


class KeptOut(Schema):
    """What is kept for a source's files of one kind: our field → heading, "" for none."""

    kind: str
    source: str
    choices: dict[str, str]


class KeptAsked(Schema):
    kind: Kinds
    source: Text(60, 1)


@router.post("imports/", response={201: ImportOut}, summary="Upload a register (CSV or .xlsx) for a dry run")
@_MAY_IMPORT
def start_import(request: HttpRequest, given: Form[ImportIn], file: File[UploadedFile]):
    if file.size > MOST_BYTES:
        raise InvalidInput(field="file", problem=N_("文件过大，请按乡镇拆分后分次导入。"))
    run = imports.start(
        kind=given.kind, source=given.source, file_name=file.name or "", content=file.read(), by=request.actor,
        may_ask=given.may_ask,
    )  # fmt: skip
    return Status(201, _import(run.id, request))


@router.get("imports/columns/", response=list[KeptOut], summary="Which column is which, as kept for each source")
@_MAY_IMPORT
def kept_columns(request: HttpRequest):
    return [
        KeptOut(kind=each.kind, source=each.source, choices=dict(each.by_field))
        for each in mapping.kept_mappings(by=request.actor)
    ]


@router.delete("imports/columns/", response={204: None}, summary="Forget what is kept for a source")
@_MAY_IMPORT
def forget_columns(request: HttpRequest, asked: Query[KeptAsked]):
    mappings.forget(kind=asked.kind, source=asked.source.strip(), by=request.actor)
    return Status(204, None)


@router.get("imports/{uuid:run_id}/columns/", response=ColumnsOut, summary="Which column of a file is which field")
@_MAY_IMPORT
def import_columns(request: HttpRequest, run_id: UUID):
    return mapping.columns_of(run_id, by=request.actor)


@router.put(
    "imports/{uuid:run_id}/columns/", response=ImportOut, summary="Say which column is which; kept for the source"
)
@_MAY_IMPORT
def put_import_columns(request: HttpRequest, run_id: UUID, given: ColumnsIn):
    imports.map_columns(run_id=run_id, choices=given.choices, by=request.actor)
    return _import(run_id, request)


@router.get("imports/{uuid:run_id}/", response=ImportOut, summary="How far an import is")
@_MAY_IMPORT
def one_import(request: HttpRequest, run_id: UUID):
    return _import(run_id, request)


@router.get("imports/{uuid:run_id}/rows/", response=Page[RowOut], summary="Every row's fate, in the order of the file")
@_MAY_IMPORT
def import_rows(request: HttpRequest, run_id: UUID, asked: Query[RowsAsked]):
    rows = selectors.import_rows(run_id, by=request.actor, fate=asked.fate)
    items, following = paginate(rows, asked.cursor or None, asked.limit, ("line",))
    told = [row | dict(zip(("reason", "remedy"), presenters.row_words(row), strict=True)) for row in items]
    return {"items": told, "next_cursor": following}


@router.post("imports/{uuid:run_id}/go-on/", response=ImportOut, summary="Take the next rows")
@_MAY_IMPORT
def go_on(request: HttpRequest, run_id: UUID):
    imports.go_on(run_id=run_id, by=request.actor)
    return _import(run_id, request)


@router.post("imports/{uuid:run_id}/confirm/", response=ImportOut, summary="Let a checked import be done")
@_MAY_IMPORT
def confirm_import(request: HttpRequest, run_id: UUID):
    imports.confirm(run_id=run_id, by=request.actor)
    return _import(run_id, request)


@router.post("imports/{uuid:run_id}/abandon/", response=ImportOut, summary="Give an import up before it is confirmed")
@_MAY_IMPORT
def abandon_import(request: HttpRequest, run_id: UUID):
    imports.abandon(run_id=run_id, by=request.actor)
    return _import(run_id, request)


def _import(run_id: UUID, request: HttpRequest) -> dict:
    report = selectors.import_report(run_id, by=request.actor)
    return {name: getattr(report, name) for name in ImportOut.model_fields}
