"""The viewer of a study, its pictures, and the list of a person's studies."""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongmai.commons.imaging import (
    access,
    documents,
    forms,
    key_images,
    opened,
    presenters,
    selectors,
    services,
    structured,
)
from tongmai.commons.imaging.pixels import previews
from tongmai.commons.imaging.pixels.errors import NoSuchFrame
from tongmai.commons.residents import access as record
from tongmai.commons.residents import bases
from tongmai.commons.residents import selectors as residents
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, NotFound
from tongmai.ui.http import fragment, page

THUMBNAIL_PIXELS = 160


@require_safe
@may(Action.OPEN_RECORD)
def studies(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Everything that was taken of a person."""
    found = record.open_record(resident_id, by=request.actor, what="studies")
    context = {
        "head": residents.summary(resident_id, request.actor.today),
        "basis": _(bases.LABELS[found.basis]),
        "rows": presenters.rows(selectors.listed(resident_id, found.view)),
    }
    return page(request, "imaging/studies.html", context)


@require_safe
@may(Action.OPEN_RECORD)
def study(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """The pictures of one study, or of two beside each other (`?with=`)."""
    by = request.actor
    found, opening = access.read_study(study_id, by=by)
    other = _other(request, found)
    head = residents.summary(found.resident_id, by.today)
    shown = []
    for each in filter(None, (found, other)):
        pass_ = opened.pass_for(each.id, each.resident_id, by=by)
        shown.append((each, head, selectors.instances_of(each), pass_))
    first, frame = request.GET.get("image", ""), request.GET.get("frame", "1")
    earlier = [each for each in selectors.studies_of(found.resident_id, opening.view) if each.id != found.id]
    context = {
        "study": found, "other": other, "head": head, "basis": _(bases.LABELS[opening.basis]),
        "title": presenters.title(found), "shown": [
            (each, presenters.title(each), presenters.tiles(each, instances, pass_)) for each, _head, instances, pass_ in shown
        ],
        "earlier": [(each, presenters.title(each), presenters.day_of(each)) for each in earlier[:30]],
        "keys": presenters.key_tiles(key_images.key_images_of([found.id]), shown[0][3]),
        "data": presenters.for_script(shown, today=by.today, first=first, frame=int(frame) if frame.isdecimal() else 1),
    }  # fmt: skip
    return page(request, "imaging/study.html", context)


def _other(request: HttpRequest, found):
    """Open the study to compare with; it must be of the same person."""
    wanted = request.GET.get("with", "")
    if not wanted:
        return None
    try:
        other, _opening = access.read_study(UUID(wanted), by=request.actor)
    except ValueError as why:
        raise NotFound() from why
    if other.resident_id != found.resident_id:
        raise NotFound()
    return other


@require_safe
@may(Action.OPEN_RECORD)
def frame(request: HttpRequest, instance_id: UUID, number: int) -> HttpResponse:
    """One frame for the viewer's script (pixels/packing.py)."""
    found = opened.file(instance_id, by=request.actor, pass_=request.GET.get("pass", ""))
    body = previews.body(
        found.open, number - 1, cache=_previews(), key=found.sha256, most_bytes=settings.IMAGES_PREVIEWS_BYTES
    )
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@may(Action.OPEN_RECORD)
def thumbnail(request: HttpRequest, instance_id: UUID) -> HttpResponse:
    """A small picture of an instance."""
    found = opened.file(instance_id, by=request.actor, pass_=request.GET.get("pass", ""))
    wanted = request.GET.get("frame", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else found.n_frames // 2 + 1
    if number > found.n_frames:
        raise NoSuchFrame(frame=number, n_frames=found.n_frames)
    made = previews.thumbnail(
        found.open, number - 1, cache=_previews(), key=found.sha256, longest=THUMBNAIL_PIXELS,
        most_bytes=settings.IMAGES_PREVIEWS_BYTES,
    )  # fmt: skip
    response = HttpResponse(made, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@may(Action.OPEN_RECORD)
def document(request: HttpRequest, study_id: UUID, instance_id: UUID) -> HttpResponse:
    """A structured report as a page, or the PDF that a device enclosed."""
    by = request.actor
    study, opening = access.read_study(study_id, by=by)
    pass_ = opened.pass_for(study.id, study.resident_id, by=by)
    found = opened.file(instance_id, by=by, pass_=pass_)
    if found.study_id != study.id or not documents.is_one(found.sop_class):
        raise NotFound()
    head = found.head()
    if not documents.is_structured(found.sop_class):
        return _pdf(head)
    context = {
        "study": study, "title": presenters.title(study), "head": residents.summary(study.resident_id, by.today),
        "basis": _(bases.LABELS[opening.basis]), "report": structured.read(head),
        "pictures": {each.sop_uid: each.id for each in selectors.instances_of(study) if each.n_rows},
        "thumbnail": partial(presenters.thumbnail_href, pass_=pass_),
    }  # fmt: skip
    return page(request, "imaging/document.html", context)


def _pdf(head) -> HttpResponse:
    content = head.get("EncapsulatedDocument", b"")
    if not documents.is_pdf(head) or not content.startswith(b"%PDF-"):
        raise NotFound()
    response = HttpResponse(content, content_type=documents.PDF)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@may(Action.OPEN_RECORD)
def key_image(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Mark a frame or take its mark back; the list of them is the answer."""
    found, _opening = access.read_study(study_id, by=request.actor)
    form = forms.KeyImage(request.POST)
    if not form.is_valid():
        raise InvalidInput(field=_("关键图像"), problem=_("内容不完整"))
    said = form.cleaned_data
    named = {"instance_id": said["instance"], "frame": said["frame"], "by": request.actor}
    if said["is_marked"]:
        services.mark_key_image(
            study_id, **named, center=said["center"] if said["width"] else None, width=said["width"] or None
        )
    else:
        services.unmark_key_image(study_id, **named)
    pass_ = opened.pass_for(found.id, found.resident_id, by=request.actor)
    keys = presenters.key_tiles(key_images.key_images_of([found.id]), pass_)
    return fragment(request, "imaging/_keys.html", {"keys": keys})


def _previews():
    return settings.IMAGES / "previews"
