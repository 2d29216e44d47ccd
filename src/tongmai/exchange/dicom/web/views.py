"""DICOMweb over HTTP.  A program signs in with its token, a page of ours with its session."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from ninja.utils import check_csrf

from tongmai.commons.imaging import opened
from tongmai.commons.imaging.opened import File
from tongmai.commons.imaging.pixels import decoding, drawing
from tongmai.commons.imaging.pixels.describing import Window
from tongmai.exchange.dicom.web import (
    accepting,
    bulk,
    describing,
    framing,
    leave,
    multipart,
    reading,
    searching,
    storing,
)
from tongmai.exchange.dicom.web.asking import Asked, asked
from tongmai.exchange.dicom.web.errors import NotMultipart, WrongParameter
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import NotFound, NotPermitted

ROOT = "/dicom-web/"
JSON = "application/dicom+json"
READ, WRITE = may(Action.OPEN_RECORD), may(Action.RECONCILE_IMAGES, Action.REPORT_EXAMINATION)


def _safe_from_pages(view: Callable) -> Callable:
    """A token is no cookie: only who comes with a session must show that a page under our address sent this.

    A viewer of others knows nothing of our forms' token; a browser says by itself from where a page sends, and no page can
    say another `Origin` (as Django checks it, without its token).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_program = request.headers.get("Authorization", "").startswith("Bearer ")
        if request.method == "POST" and not is_program and not _is_of_ours(request) and check_csrf(request) is not None:
            raise NotPermitted()
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def _is_of_ours(request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", "") in {own, *settings.CSRF_TRUSTED_ORIGINS}


@_safe_from_pages
@require_http_methods(["GET", "HEAD", "POST"])
def studies(request: HttpRequest) -> HttpResponse:
    """Search for studies, or bring instances of any."""
    return _store(request) if request.method == "POST" else _search_studies(request)


@_safe_from_pages
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, study_uid: str) -> HttpResponse:
    """Read a study, or bring instances of it."""
    return _store(request, study_uid) if request.method == "POST" else retrieve(request, study_uid)


@READ
def _search_studies(request: HttpRequest) -> HttpResponse:
    wanted = _asked(request)
    return _found(searching.studies(wanted, by=request.actor), wanted)


@require_safe
@READ
def series(request: HttpRequest, study_uid: str = "") -> HttpResponse:
    """Search for series."""
    wanted = _asked(request, StudyInstanceUID=study_uid)
    return _found(searching.series(wanted, by=request.actor), wanted)


@require_safe
@READ
def instances(request: HttpRequest, study_uid: str = "", series_uid: str = "") -> HttpResponse:
    """Search for instances."""
    wanted = _asked(request, StudyInstanceUID=study_uid, SeriesInstanceUID=series_uid)
    return _found(searching.instances(wanted, by=request.actor), wanted)


@WRITE
def _store(request: HttpRequest, study_uid: str = "") -> HttpResponse:
    said = multipart.parameters(_type(request))
    if said.get("type", accepting.DICOM).lower() != accepting.DICOM:
        raise NotMultipart()
    parts = multipart.parts_of(_reader(request), _type(request), most=settings.STOW_MOST_BYTES)
    taken = storing.take(parts, study_uid=study_uid, by=request.actor)
    status, answer = storing.answer(taken, request.build_absolute_uri(ROOT))
    return HttpResponse(orjson.dumps(answer), content_type=JSON, status=status)


def _reader(request: HttpRequest) -> Callable[[int], bytes]:
    """Return what reads on in the body.

    Django takes a body without Content-Length for empty; a PACS sends one in chunks, whose end the server knows.
    """
    is_chunked = not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated")
    return request.META["wsgi.input"].read if is_chunked else request.read


@require_safe
@READ
def retrieve(request: HttpRequest, study_uid: str, series_uid: str = "", sop_uid: str = "") -> HttpResponse:
    """Give whole files."""
    found = opened.files_of(study_uid, series_uid, sop_uid, by=request.actor)
    accept = request.headers.get("Accept", "")
    syntaxes = [accepting.syntax_for(accept, each.transfer_syntax, of=accepting.DICOM)[1] for each in found]
    found[0].open().close()  # what cannot be read is said before the first byte is sent
    if len(found) == 1 and not any(each.is_multipart or each.media_type == "*/*" for each in accepting.wanted(accept)):
        whole = reading.instance(found[0], syntaxes[0])
        return _sent(framing.Answer(accepting.DICOM, whole.n_bytes, whole.pieces))
    parts = _parts(found, syntaxes)
    is_as_stored = all(each.transfer_syntax == syntax for each, syntax in zip(found, syntaxes, strict=True))
    # As stored they are read while they are sent, so that making the list reads nothing.
    return _sent(framing.in_parts(accepting.DICOM, list(parts) if is_as_stored else parts))


def _parts(found: list[File], syntaxes: list[str]) -> Iterator[multipart.Sent]:
    for each, syntax, after in zip(found, syntaxes, [*found[1:], None], strict=True):
        content = reading.instance(each, syntax, after=after)
        yield multipart.Sent(f"{accepting.DICOM}; transfer-syntax={syntax}", content)


@require_safe
@READ
def metadata(request: HttpRequest, study_uid: str, series_uid: str = "", sop_uid: str = "") -> HttpResponse:
    """Give everything but the pixels as DICOM JSON."""
    found = opened.files_of(study_uid, series_uid, sop_uid, by=request.actor)
    accepting.first_of(request.headers.get("Accept", ""), (JSON, "application/json"))
    root = request.build_absolute_uri(ROOT)
    return _json([describing.of_data_set(each.head(), f"{root}{each.place.address}") for each in found])


@require_safe
@READ
def bulkdata(request: HttpRequest, study_uid: str, series_uid: str, sop_uid: str, place: str) -> HttpResponse:
    """Give a long value, which the metadata names by this address."""
    [found] = opened.files_of(study_uid, series_uid, sop_uid, by=request.actor)
    offered, value = bulk.value_at(place, of=found)
    accept = request.headers.get("Accept", "")
    media = accepting.first_of(accept, offered)
    if any(not each.is_multipart and each.media_type == media for each in accepting.wanted(accept)):
        return _sent(framing.Answer(media, len(value), [value]))
    return _sent(framing.in_parts(media, [multipart.Sent(media, multipart.at_once(value))]))


@require_safe
@READ
def frames(request: HttpRequest, study_uid: str, series_uid: str, sop_uid: str, numbers: str) -> HttpResponse:
    """Give single frames; who reads a series is not asked again at each (`leave.py`)."""
    series = {each.sop_uid: each for each in opened.files_of(study_uid, series_uid, by=request.actor)}
    if sop_uid not in series:
        raise NotFound()
    answer = framing.frames(series[sop_uid], numbers, request.headers.get("Accept", ""))
    leave.give(request.META, series, by=request.actor)
    return _sent(answer)


@require_safe
@READ
def rendered(request: HttpRequest, study_uid: str, series_uid: str, sop_uid: str, number: int = 1) -> HttpResponse:
    """Give a frame as a picture that any program shows."""
    found = opened.file_of_uid(study_uid, series_uid, sop_uid, by=request.actor)
    media = accepting.first_of(request.headers.get("Accept", ""), ("image/jpeg", "image/png"))
    with found.open() as file:
        frame = decoding.frame(file, number - 1)
    quality = _whole_number(request.GET.get("quality", "85"), "quality", 1, 100)
    drawn = drawing.picture(frame, window=_window(request), longest=_longest(request))
    return _no_store(HttpResponse(drawing.written(drawn, media, quality), content_type=media))


def _window(request: HttpRequest) -> Window | None:
    said = request.GET.get("window", "")
    if not said:
        return None
    center, width, function = (*said.split(","), "", "", "linear")[:3]
    try:
        found = Window(float(center), float(width), (function or "linear").lower().replace("-", "_"))
    except ValueError as why:
        raise WrongParameter(name="window", value=said[:40]) from why
    if not (
        0 < found.width < 1e9 and abs(found.center) < 1e9 and found.function in ("linear", "linear_exact", "sigmoid")
    ):
        raise WrongParameter(name="window", value=said[:40])
    return found


def _longest(request: HttpRequest) -> int | None:
    said = request.GET.get("viewport", "")
    sides = [each for each in said.split(",")[:2] if each]
    return min(_whole_number(each, "viewport", 1, 10_000) for each in sides) if sides else None


def _whole_number(text: str, name: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text[:9]) <= most:
        raise WrongParameter(name=name, value=text[:40])
    return int(text)


def _asked(request: HttpRequest, **within: str) -> Asked:
    accepting.first_of(request.headers.get("Accept", ""), (JSON, "application/json"))
    query = [(name, value) for name, values in request.GET.lists() for value in values]
    return asked(query, known=searching.KNOWN, within={name: value for name, value in within.items() if value})


def _found(rows: list[dict[str, Any]], wanted: Asked) -> HttpResponse:
    response = _json(rows) if rows else _no_store(HttpResponse(status=204))
    if wanted.not_matched:
        names = ",".join(wanted.not_matched)[:200]
        response["Warning"] = f'299 tongmai "not matched by: {names}"'
    return response


def _json(said: list[dict[str, Any]]) -> HttpResponse:
    return _no_store(HttpResponse(orjson.dumps(said), content_type=JSON))


def _sent(answer: framing.Answer) -> HttpResponse:
    """Django joins a list; whatever else is sent as it is read."""
    kind = HttpResponse if isinstance(answer.body, list | tuple) else StreamingHttpResponse
    response = kind(answer.body, content_type=answer.content_type)
    if answer.n_bytes is not None:
        response["Content-Length"] = str(answer.n_bytes)
    return _no_store(response)


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _type(request: HttpRequest) -> str:
    return request.headers.get("Content-Type", "")
