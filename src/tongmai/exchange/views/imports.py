"""Pages of imports: upload, which column is which, the dry run with every row's fate, confirm, progress, the refused rows."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.exchange import forms, mapping, presenters, selectors
from tongmai.exchange.services import imports, mappings
from tongmai.exchange.states import ImportState, ImportStep
from tongmai.exchange.tabular.columns import KIND_NAMES, KINDS
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import TO_IMPORT, Action
from tongmai.kernel.errors import NotFound
from tongmai.ui.http import done, fragment, page, xlsx_response
from tongmai.ui.paging import page_of

_MAY = may(*TO_IMPORT)


@require_safe
@_MAY
def all_imports(request: HttpRequest) -> HttpResponse:
    listing = page_of(request, selectors.imports(by=request.actor))
    lines = [presenters.import_line(row) for row in listing.rows]
    context = {"lines": lines, "listing": listing, "messages": request.actor.may(Action.SEE_MESSAGES)}
    return page(request, "exchange/imports.html", context)


@require_http_methods(["GET", "POST"])
@_MAY
def new(request: HttpRequest) -> HttpResponse:
    by = request.actor
    kinds = selectors.importable_kinds(by)
    posted = request.method == "POST"
    wanted = request.GET.get("kind", "")
    first = wanted if wanted in kinds else kinds[0]
    form = forms.Upload(
        request.POST if posted else None, request.FILES if posted else None, kinds=kinds, initial={"kind": first}
    )

    def act():
        given = form.cleaned_data
        return imports.start(
            kind=given["kind"],
            source=given["source"],
            file_name=given["file"].name,
            content=given["file"].read(),
            may_ask=True,
            by=by,
        )

    if posted and form.carries_out(act):
        is_clear = form.result.state != ImportState.MAPPING
        return done(request, "exchange:import" if is_clear else "exchange:columns", form.result.id)
    context = {"form": form, "templates": [(kind.value, _(KIND_NAMES[kind])) for kind in kinds]}
    return page(request, "exchange/import_new.html", context, status=422 if posted else 200)


@require_http_methods(["GET", "POST"])
@_MAY
def columns(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A person says which column is which field, with the first rows before her eyes."""
    asked = mapping.columns_of(run_id, by=request.actor)
    posted = request.method == "POST"
    form = forms.Columns(request.POST if posted else None, asked=asked)
    if posted and form.carries_out(
        lambda: imports.map_columns(run_id=run_id, choices=form.choices(), by=request.actor)
    ):
        return done(request, "exchange:import", run_id)
    rows = [(each, form[each.field]) for each in asked.fields]
    context = {"form": form, "asked": asked, "rows": rows, "kind": _(KIND_NAMES[asked.kind])}
    return page(request, "exchange/import_columns.html", context, status=422 if posted else 200)


@require_safe
@_MAY
def kept_columns(request: HttpRequest) -> HttpResponse:
    lines = [(_(KIND_NAMES[each.kind]), each) for each in mapping.kept_mappings(by=request.actor)]
    return page(request, "exchange/import_mappings.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@_MAY
def change_columns(request: HttpRequest) -> HttpResponse:
    """Change what is kept for a source, without a file at hand."""
    asked = {name: request.GET.get(name, "")[:60] for name in ("kind", "source")}
    kept = mapping.kept_mapping(**asked, by=request.actor)
    posted = request.method == "POST"
    form = forms.KeptColumns(request.POST if posted else None, kept=kept)
    if posted and form.carries_out(lambda: mappings.remember(**asked, choices=form.choices(), by=request.actor)):
        return done(request, "exchange:kept-columns", message=_("已保存。"))
    context = {"form": form, "kind": _(KIND_NAMES[kept.kind]), "kept": kept}
    return page(request, "exchange/import_mapping.html", context, status=422 if posted else 200)


@require_POST
@_MAY
def forget_columns(request: HttpRequest) -> HttpResponse:
    kind, source = (request.POST.get(name, "")[:60] for name in ("kind", "source"))
    mappings.forget(kind=kind, source=source, by=request.actor)
    return done(request, "exchange:kept-columns", message=_("已忘记，下次按常用列名识别。"))


@require_safe
@_MAY
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table with our headings and one invented row."""
    if kind not in [k.value for k in selectors.importable_kinds(request.actor)]:
        raise NotFound()
    fields = KINDS[kind]
    return xlsx_response(
        f"{_(KIND_NAMES[kind])}.xlsx", [each.headings[0] for each in fields], [[each.example for each in fields]]
    )


@require_safe
@_MAY
def detail(request: HttpRequest, run_id: UUID) -> HttpResponse:
    fate = request.GET.get("fate", "")
    context = _context(request, run_id)
    listing = page_of(request, selectors.import_rows(run_id, by=request.actor, fate=fate))
    context |= {"rows": presenters.row_lines(context["r"], listing.rows), "listing": listing, "fate": fate}
    return page(request, "exchange/import.html", context)


@require_POST
@_MAY
def go_on(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Take the next rows.  The page calls this again and again while it is open; without scripts, by its button."""
    run = imports.go_on(run_id=run_id, by=request.actor)
    if getattr(request, "htmx", False) and run.state in (ImportState.CHECKING, ImportState.APPLYING):
        return fragment(request, "exchange/_progress.html", _context(request, run_id))
    return done(request, "exchange:import", run_id)


@require_POST
@_MAY
def confirm(request: HttpRequest, run_id: UUID) -> HttpResponse:
    imports.confirm(run_id=run_id, by=request.actor)
    return done(request, "exchange:import", run_id)


@require_POST
@_MAY
def abandon(request: HttpRequest, run_id: UUID) -> HttpResponse:
    imports.abandon(run_id=run_id, by=request.actor)
    return done(request, "exchange:import", run_id, message=_("已放弃，没有写入任何数据。"))


@require_safe
@_MAY
def refused(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The rows that were not taken, with reasons, to be put right and imported again."""
    report = selectors.import_report(run_id, by=request.actor)
    rows = presenters.refused_cells(report, selectors.refused_rows(run_id, by=request.actor))
    return xlsx_response(f"{_('未导入的行')}-{report.created_at:%Y%m%d}.xlsx", presenters.refused_head(report), rows)


def _context(request: HttpRequest, run_id: UUID) -> dict:
    report = selectors.import_report(run_id, by=request.actor)
    n_taken = sum(report.counts.get(fate, 0) for fate in ("new", "updated"))
    return {
        "r": report,
        "kind": _(KIND_NAMES[report.kind]),
        "tag": presenters.import_tag(report),
        "rail": presenters.import_rail(report),
        "chips": presenters.fate_chips(report.counts),
        "n_taken": n_taken,
        "is_running": report.state in (ImportState.CHECKING, ImportState.APPLYING),
        "may_confirm": ImportStep.CONFIRM in report.steps,
        "may_abandon": ImportStep.ABANDON in report.steps,
        "may_map": ImportStep.MAP in report.steps,
    }
