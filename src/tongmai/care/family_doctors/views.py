"""The pages of family doctors: my residents, my teams, signing."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongmai.care.family_doctors import access, agreement, choices, forms, paper, presenters, selectors, services
from tongmai.care.family_doctors.selectors import Contract
from tongmai.commons.residents import access as residents
from tongmai.commons.residents import selectors as resident_facts
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.errors import InvalidInput
from tongmai.ui import searching
from tongmai.ui.http import done, page, pdf_response, xlsx_response
from tongmai.ui.paging import page_of
from tongmai.ui.words import Choice, Listing, day

EXPORTED = 5_000


@require_http_methods(["GET", "HEAD", "POST"])
@may(Action.SIGN_CONTRACTS)
def board(request: HttpRequest) -> HttpResponse:
    """My residents."""
    if request.method == "POST":
        return searching.keep(request, "q")
    asked = _asked(request)
    listing = page_of(request, _with_names(selectors.contracts(by=request.actor, **asked)))
    rows = selectors.rows_of(listing.rows, by=request.actor)
    context = {
        "asked": asked,
        "listing": Listing(rows, listing.previous_href, listing.next_href, listing.said),
        "tags": {row.contract_id: presenters.tag(row.status) for row in rows},
        "shows": [Choice(name, str(label)) for name, label in presenters.SHOWS.items()],
        "groups": [Choice("", _("全部人群")), *(Choice(v, str(t)) for v, t in choices.Group.choices)],
        "notice": value("family_doctors.renewal_notice", on=request.actor.today),
        "priority": value("family_doctors.priority_groups", on=request.actor.today),
    }
    return page(request, "family_doctors/list.html", context)


@require_safe
@may(Action.SIGN_CONTRACTS)
def export(request: HttpRequest) -> HttpResponse:
    found = list(_with_names(selectors.contracts(by=request.actor, **_asked(request)))[:EXPORTED])
    rows = (
        [r.number, r.name, r.sex_text, r.age_text, r.village, r.phone, "、".join(r.groups), r.team, r.doctor,
         day(r.starts_on), day(r.ends_before), presenters.tag(r.status).text]
        for r in selectors.rows_of(found, by=request.actor)
    )  # fmt: skip
    head = [_("协议编号"), _("姓名"), _("性别"), _("年龄"), _("村"), _("电话"), _("人群"), _("团队"), _("签约医生"), _("起"),
            _("到期（不含）"), _("状态")]  # fmt: skip
    return xlsx_response(f"{_('签约居民')}-{request.actor.today}.xlsx", head, rows)


@require_http_methods(["GET", "POST"])
@may(Action.SIGN_CONTRACTS)
def teams(request: HttpRequest) -> HttpResponse:
    """My teams; a new one is founded here."""
    staff = selectors.staff_choices(by=request.actor)
    form = forms.FoundTeam(request.POST or None, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            services.found_team(by=request.actor, **form.cleaned_data)
            return done(request, "family_doctors:teams", message=_("团队已建立"))
        except InvalidInput as flaw:
            _put_error(form, flaw)
    context = {
        "form": form,
        "add": forms.AddMember(staff=staff),
        "teams": selectors.teams(by=request.actor),
        "org_id": request.actor.org_id,
    }
    return page(request, "family_doctors/teams.html", context, status=422 if form.errors else 200)


@require_POST
@may(Action.SIGN_CONTRACTS)
def add_member(request: HttpRequest, team_id: UUID) -> HttpResponse:
    access.team(team_id, by=request.actor, to_change=True)
    form = forms.AddMember(request.POST, staff=selectors.staff_choices(by=request.actor))
    if not form.is_valid():
        raise InvalidInput(field=_("人员"), problem=_("请从名单中选择"))
    services.add_member(
        team_id=team_id, staff_id=UUID(form.cleaned_data["staff_id"]), part=form.cleaned_data["part"], by=request.actor
    )
    return done(request, "family_doctors:teams", message=_("已加入团队"))


@require_POST
@may(Action.SIGN_CONTRACTS)
def end_member(request: HttpRequest, team_id: UUID, membership_id: UUID) -> HttpResponse:
    services.end_member(team_id=team_id, membership_id=membership_id, by=request.actor)
    return done(request, "family_doctors:teams", message=_("已移出团队"))


@require_http_methods(["GET", "POST"])
@may(Action.SIGN_CONTRACTS)
def new(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """Prepare a contract; made for a phone at the door."""
    residents.get(resident_id, by=request.actor)
    doctors = selectors.doctor_choices(by=request.actor)
    initial = {"doctor_id": str(request.actor.staff_id)}
    form = forms.Prepare(
        request.POST or None, teams=selectors.team_choices(by=request.actor), doctors=doctors, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            contract = services.prepare(
                resident_id=resident_id,
                team_id=UUID(form.cleaned_data["team_id"]),
                doctor_id=UUID(form.cleaned_data["doctor_id"]),
                years=form.cleaned_data["years"],
                by=request.actor,
            )
            return done(request, "family_doctors:contract", contract.id)
        except InvalidInput as flaw:
            _put_error(form, flaw)
    context = {
        "form": form,
        "person": resident_facts.summary(resident_id, request.actor.today),
        "length": value("family_doctors.contract_length", on=request.actor.today),
    }
    return page(request, "family_doctors/new.html", context, status=422 if form.errors else 200)


@require_safe
@may(Action.SIGN_CONTRACTS)
def contract(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    return _contract_page(request, contract_id)


@require_POST
@may(Action.SIGN_CONTRACTS)
def sign(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    form = forms.Sign(request.POST)
    if not form.is_valid():
        return _contract_page(request, contract_id, sign=form)
    services.sign(contract_id=contract_id, consent=form.consent(), by=request.actor)
    return done(request, "family_doctors:contract", contract_id, message=_("已签约"))


@require_POST
@may(Action.SIGN_CONTRACTS)
def renew(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    form = forms.Renew(request.POST)
    if not form.is_valid():
        return _contract_page(request, contract_id, renew=form)
    new = services.renew(
        contract_id=contract_id, consent=form.consent(), years=form.cleaned_data["years"], by=request.actor
    )
    return done(request, "family_doctors:contract", new.id, message=_("已续签"))


@require_POST
@may(Action.SIGN_CONTRACTS)
def amend(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """Put right what was written down of an active contract."""
    found = access.get(contract_id, by=request.actor)
    form = _amend_form(request, found, request.POST)
    if form.is_valid():
        try:
            services.amend(contract_id=contract_id, by=request.actor, **form.cleaned_data)
            return done(request, "family_doctors:contract", contract_id, message=_("已更正"))
        except InvalidInput as flaw:
            _put_error(form, flaw)
    return _contract_page(request, contract_id, amend=form)


@require_POST
@may(Action.SIGN_CONTRACTS)
def terminate(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    access.get(contract_id, by=request.actor)
    form = forms.Terminate(request.POST)
    if not form.is_valid():
        raise InvalidInput(field=_("解约原因"), problem=_("请填写"))
    services.terminate(contract_id=contract_id, by=request.actor, **form.cleaned_data)
    return done(request, "family_doctors:contract", contract_id, message=_("已解约"))


@require_POST
@may(Action.SIGN_CONTRACTS)
def discard(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    services.discard(contract_id=contract_id, by=request.actor)
    return done(request, "family_doctors:list", message=_("已作废"))


@require_safe
@may(Action.SIGN_CONTRACTS)
def printed(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    found = access.get(contract_id, by=request.actor)
    person = resident_facts.summary(found.resident_id, request.actor.today)
    return pdf_response(f"{found.number}.pdf", paper.agreement(found, person, by=request.actor))


def _contract_page(request: HttpRequest, contract_id: UUID, **bound) -> HttpResponse:
    found = access.get(contract_id, by=request.actor)
    notice = value("family_doctors.renewal_notice", on=request.actor.today).timedelta()
    person = resident_facts.summary(found.resident_id, request.actor.today)
    initial = {"agreed_name": person.name, "agreed_how": "signature"}
    context = {
        "contract": found,
        "person": person,
        "tag": presenters.tag(selectors.status(found, on=request.actor.today, notice=notice)),
        "steps": {str(step) for step in access.possible_steps(found, by=request.actor)},
        "sign": bound.get("sign") or forms.Sign(initial=initial),
        "renew": bound.get("renew") or forms.Renew(initial=initial, auto_id="renew_%s"),
        "terminate": forms.Terminate(),
        "amend": bound.get("amend") or _amend_form(request, found),
        "amendments": [presenters.amended(each) for each in selectors.amendments(found)],
        "text": (
            (_("服务内容"), agreement.CONTENT),
            (_("权利"), agreement.RIGHTS),
            (_("风险"), agreement.RISKS),
        ),
    }
    return page(request, "family_doctors/contract.html", context, status=422 if bound else 200)


def _amend_form(request: HttpRequest, contract: Contract, data: QueryDict | None = None) -> forms.Amend:
    doctors = selectors.own_doctor_choices(contract, by=request.actor)
    initial = {"doctor_id": str(contract.doctor_id), "starts_on": contract.starts_on}
    return forms.Amend(data, doctors=doctors, initial=initial, auto_id="amend_%s")


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = searching.asked(request, "q")
    return {"q": asked["q"], "tag": asked.get("tag", "")[:20], "show": asked.get("show", "active")[:12]}


def _with_names(rows):
    return rows.select_related("team", "doctor")


def _put_error(form, flaw: InvalidInput) -> None:
    field = f"{flaw.facts.get('field', '')}"
    field = {"leader": "leader_id", "doctor": "doctor_id"}.get(field, field)
    problem = flaw.facts.get("problem")
    form.add_error(field if field in form.fields else None, _(problem) if problem else flaw.said(_))
