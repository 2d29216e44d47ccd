"""What the JSON API shares: problem+json, safe text, cursors, versions."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import StringConstraints

from tongmai.kernel.errors import (
    InvalidInput,
    NotFound,
    PreconditionRequired,
    TongmaiError,
    TooMany,
    VersionConflict,
    http_status,
)
from tongmai.kernel.text import N_

T = TypeVar("T")
# Addresses that programs call: they sign in with a token, and refusals are told as problem+json.
PROGRAMS = ("/api/", "/dicom-web/")

# No NUL and no control characters but tab and line ends: PostgreSQL refuses the first, printers choke on the rest.
NO_CONTROL = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
MOST = 200


def Text(most: int, least: int = 0) -> Any:  # noqa: N802  (used as a type)
    """Return the type of a text of `least` to `most` characters without control characters."""
    return Annotated[str, StringConstraints(min_length=least, max_length=most, pattern=NO_CONTROL)]


class Problem(Schema):
    """RFC 9457.  `code` is stable; `title` is for people; `errors` names the fields where there are any."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    errors: list[dict[str, str]] = []


class Page(Schema, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


def items_of(schema: type[Schema]) -> Callable[[Iterable[Any]], list[dict[str, Any]]]:
    """Return what makes of rows the items of a list of that schema, for `answered`."""
    names = tuple(schema.model_fields)
    values_of = attrgetter(*names)
    return lambda rows: [dict(zip(names, values_of(row), strict=True)) for row in rows]


def answered(content: Any) -> HttpResponse:
    """Answer with JSON as our schemas would write it, without going through them: for the hot reads.

    The caller answers for the shape, and a test holds it to the schema.
    """
    body = orjson.dumps(content, default=_instant, option=orjson.OPT_PASSTHROUGH_DATETIME)
    return HttpResponse(body, content_type="application/json; charset=utf-8")


def _instant(value: Any) -> str:
    """Write an instant as Django's encoder does: milliseconds, and Z for UTC."""
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    return value.isoformat(timespec="milliseconds" if value.microsecond else "auto").replace("+00:00", "Z")


def problem(status: int, code: str, title: str, errors: list[dict[str, str]] | None = None) -> JsonResponse:
    """Return the answer to a request that failed."""
    body = Problem(title=title, status=status, code=code, errors=errors or [])
    return JsonResponse(body.dict(), status=status, content_type="application/problem+json")


def problem_of(error: TongmaiError) -> JsonResponse:
    """Return the answer for one of our errors; an invalid field is named in `errors`."""
    errors = []
    if isinstance(error, InvalidInput) and "field" in error.facts:
        errors = [{"field": str(error.facts["field"]), "problem": str(error.facts.get("problem", error.code))}]
    response = problem(http_status(error), error.code, error.said(gettext), errors)
    if hasattr(error, "instead_href"):
        response["Location"] = error.instead_href
    if isinstance(error, TooMany) and "seconds" in error.facts:
        response["Retry-After"] = str(error.facts["seconds"])
    return response


def install_problems(api: NinjaAPI) -> None:
    """Make every failure of `api` a problem+json."""

    @api.exception_handler(TongmaiError)
    def ours(request: HttpRequest, error: TongmaiError) -> HttpResponse:
        return problem_of(error)

    @api.exception_handler(ValidationError)
    def shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [
            {"field": ".".join(str(part) for part in each["loc"]), "problem": str(each["msg"])} for each in error.errors
        ]
        return problem(422, "invalid-input", gettext("请求的内容不符合要求"), errors)

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, "refused", str(error))

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem_of(NotFound())


def refuse_first(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask the guard of an operation before what was sent is read, so that who may not learns nothing of its shape.

    A decorator of ninja in mode "view".  The guard of a view leaves its question on it as `check_door`.
    """
    operation = run.__self__  # type: ignore[attr-defined]
    check = getattr(operation.view_func, "check_door", None)
    if check is None:
        return run

    @wraps(run)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            check(request)
        except TongmaiError as refusal:
            return operation.api.on_exception(request, refusal)
        return run(request, **named)

    return guarded


def paginate(
    rows: QuerySet[Any] | Iterable[Any],
    cursor: str | None,
    limit: int,
    key: tuple[str, ...] | Callable[[Any], list[Any]] = ("id",),
    *,
    newest_first: bool = False,
) -> tuple[list[Any], str | None]:
    """Return up to `limit` rows after `cursor`, and the cursor of the next page (None on the last).

    For a queryset `key` names the fields that order it, together unique, none null.  For a list, already in order,
    `key` returns a row's place as JSON values.  Cursors are signed, so that none can be made up.

    Raises:
        InvalidInput: the cursor is not one that was handed out for this order.
    """
    limit = max(1, min(limit, MOST))
    place = _read_cursor(cursor) if cursor else None
    if isinstance(rows, QuerySet):
        assert isinstance(key, tuple)
        taken = list(_after(rows, key, place, newest_first)[: limit + 1])
        place_of: Callable[[Any], list[Any]] = lambda row: [_field(row, name) for name in key]  # noqa: E731
    else:
        assert callable(key)
        place_of = key
        taken = _after_in_list(list(rows), place_of, place, newest_first)[: limit + 1]
    more = len(taken) > limit
    taken = taken[:limit]
    return taken, (_write_cursor(place_of(taken[-1])) if more else None)


def _after(rows: QuerySet[Any], key: tuple[str, ...], place: list[Any] | None, newest_first: bool) -> QuerySet[Any]:
    rows = rows.order_by(*(f"-{name}" if newest_first else name for name in key))
    if place is None:
        return rows
    if len(place) != len(key):
        raise _bad_cursor()
    beyond = "lt" if newest_first else "gt"
    condition = Q()
    for i, name in enumerate(key):
        same = {earlier: place[j] for j, earlier in enumerate(key[:i])}
        condition |= Q(**same, **{f"{name}__{beyond}": place[i]})
    return rows.filter(condition)


def _after_in_list(
    rows: list[Any], place_of: Callable[[Any], list[Any]], place: list[Any] | None, newest_first: bool
) -> list[Any]:
    if place is None:
        return rows
    try:
        return [
            row for row in rows if (_plain(place_of(row)) < place if newest_first else _plain(place_of(row)) > place)
        ]
    except TypeError:
        raise _bad_cursor() from None


def _field(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _plain(values: list[Any]) -> list[Any]:
    return [
        value.isoformat() if isinstance(value, date | datetime) else str(value) if isinstance(value, UUID) else value
        for value in values
    ]


def _write_cursor(values: list[Any]) -> str:
    return signing.dumps(_plain(values), salt="tongmai.cursor")


def _read_cursor(cursor: str) -> list[Any]:
    try:
        place = signing.loads(cursor, salt="tongmai.cursor")
    except (signing.BadSignature, ValueError):
        raise _bad_cursor() from None
    return place if isinstance(place, list) else [place]


def _bad_cursor() -> InvalidInput:
    return InvalidInput(field="cursor", problem=gettext(N_("不是本接口给出的游标")))


def not_in_address(request: HttpRequest, *names: str) -> None:
    """Refuse words that find a person in an address, where logs and histories keep them.

    Raises:
        InvalidInput: the address has one of `names`; it belongs into the body of a POST to `search/`.
    """
    for name in names:
        if name in request.GET:
            raise InvalidInput(field=name, problem=gettext(N_("查找人员的内容不能放在地址里，请用 POST 发到 search/")))


def with_etag(response: HttpResponse, version: int) -> None:
    """Tell the caller which version it sees."""
    response["ETag"] = f'"{version}"'


def version_named(request: HttpRequest) -> int | None:
    """Return the version that If-Match names, None where it names none, any, or several: then see `check_version`."""
    seen = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None


def check_version(request: HttpRequest, obj: Any, *, required: bool = True) -> None:
    """Compare If-Match with `obj.version`.

    Raises:
        PreconditionRequired: there is no If-Match and one is `required`.
        VersionConflict: the caller saw another version.
    """
    seen = request.headers.get("If-Match", "").strip()
    if not seen:
        if required:
            raise PreconditionRequired()
        return
    if seen == "*":
        return
    versions = {tag.strip().removeprefix("W/").strip('"') for tag in seen.split(",")}
    if str(obj.version) not in versions:
        raise VersionConflict(seen=seen[:40], current=obj.version)
