"""The referral disease catalogue: read by all, kept by the lead hospital, in and out as Excel."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.care.referrals import access, catalogue_file, catalogue_lines, choices, forms, presenters, services
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput
from tongmai.ui.http import done, page, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice

MOST_BYTES = 2 * 1024 * 1024


@require_safe
@may(Action.SEE_REFERRALS, Action.MANAGE_REFERRAL_CATALOGUE)
def catalogue(request: HttpRequest) -> HttpResponse:
    alliance = catalogue_lines.alliance_shown(request.GET.get("alliance", ""), by=request.actor)
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:40] for name in ("q", "level", "guidance")}
    rows = catalogue_lines.lines(alliance.id, by=request.actor, **asked) if alliance else []
    context = {
        "alliance": alliance,
        "listing": page_of(request, rows, size=100),
        "asked": asked,
        "levels": [Choice("", _("全部")), *(Choice(v, str(t)) for v, t in choices.CATALOGUE_LEVELS)],
        "guidances": [Choice("", _("全部")), *(Choice(v, str(t)) for v, t in choices.GUIDANCE.items())],
        "tones": presenters.GUIDANCE_TONE,
        "may_edit": alliance is not None and catalogue_lines.is_kept_by(alliance.id, by=request.actor),
    }
    return page(request, "referrals/catalogue.html", context)


@require_safe
@may(Action.SEE_REFERRALS, Action.MANAGE_REFERRAL_CATALOGUE)
def export(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    rows = catalogue_lines.lines(alliance_id, by=request.actor)
    return xlsx_response(f"{_('转诊病种目录')}.xlsx", catalogue_file.HEAD, catalogue_file.rows_of(rows))


@require_http_methods(["GET", "POST"])
@may(Action.MANAGE_REFERRAL_CATALOGUE)
def line(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    """Add a line, or let it take the place of the one that `?entry=` names."""
    access.catalogue_of(alliance_id, by=request.actor)
    entry = catalogue_lines.entry(request.GET.get("entry", ""), alliance_id, by=request.actor)
    names = ("level", "icd10_prefix", "name", "guidance", "conditions", "source", "status")
    initial = {name: getattr(entry, name) for name in names} | {"entry_id": entry.id} if entry else {"status": "stated"}
    form = forms.CatalogueLine(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_line(
                alliance_id=alliance_id, line=form.line(), by=request.actor, entry_id=form.cleaned_data["entry_id"]
            )
            return done(request, "referrals:catalogue", message=_("目录已更新，自今日起生效"))
        except InvalidInput as flaw:
            choices.put_error(form, flaw)
    context = {"form": form, "entry": entry, "alliance_id": alliance_id}
    return page(request, "referrals/catalogue_line.html", context, status=422 if form.errors else 200)


@require_POST
@may(Action.MANAGE_REFERRAL_CATALOGUE)
def end_line(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    services.end_line(entry_id=entry_id, by=request.actor)
    return done(request, "referrals:catalogue", message=_("已停用，自今日起不再提示"))


@require_POST
@may(Action.MANAGE_REFERRAL_CATALOGUE)
def load_starter(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    n = services.load_starter(alliance_id=alliance_id, by=request.actor)
    return done(request, "referrals:catalogue", message=_("已载入 %(n)s 条初始目录，请逐条确认") % {"n": n})


@require_POST
@may(Action.MANAGE_REFERRAL_CATALOGUE)
def import_file(request: HttpRequest, alliance_id: UUID) -> HttpResponse:
    """Take in an Excel file of the shape that `export` writes; all of it or nothing."""
    access.catalogue_of(alliance_id, by=request.actor)
    file = request.FILES.get("file")
    if file is None or file.size > MOST_BYTES:
        raise InvalidInput(field=_("文件"), problem=_("请选择 2 MB 以内的 Excel 文件"))
    lines = catalogue_file.read(file.read())
    n = services.import_lines(alliance_id=alliance_id, lines=lines, by=request.actor)
    return done(request, "referrals:catalogue", message=_("已导入，%(n)s 条有变化") % {"n": n})
