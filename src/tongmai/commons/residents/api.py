"""The JSON API of residents: the same services and doors as the pages."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tongmai.commons.residents import access, selectors, services
from tongmai.commons.residents import likeness_schemas as likeness
from tongmai.commons.residents import schemas as s
from tongmai.commons.residents.states import MediumStep
from tongmai.foundation.orgs.guards import may, signed_in
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.api import Page, answered, check_version, items_of, paginate, with_etag

router = Router(tags=["residents"])


@router.post("/residents/search/", response=Page[s.FoundOut])
@may(Action.SEARCH_RESIDENTS)
def search(request: HttpRequest, body: s.SearchIn) -> Any:
    """Return the residents in reach that match `q`, best first: one page, masked numbers.

    A POST, so that no name and no number stands in an address.
    """
    return answered(
        {"items": _found(selectors.search(body.q, by=request.actor, limit=body.limit)), "next_cursor": None}
    )


_found = items_of(s.FoundOut)


@router.post("/residents/", response={201: s.MadeOut})
@may(Action.REGISTER_RESIDENT)
def register(request: HttpRequest, body: s.RegisterIn) -> Any:
    """Register a person.  409 `already-registered` when the number is held: ask `lookup` by whom."""
    return Status(201, services.register(by=request.actor, **body.dict()))


@router.post("/residents/lookup/", response=s.LookupOut)
@may(Action.SEARCH_RESIDENTS)
def lookup(request: HttpRequest, body: s.NumberIn) -> Any:
    """Return who holds a number.  A POST, so that no number stands in an address."""
    found = selectors.by_number(body.kind, body.value, issuer=body.issuer, by=request.actor)
    return {"resident_id": found}


@router.post("/residents/introduce/", response=s.MadeOut)
@may(Action.REGISTER_RESIDENT)
def introduce(request: HttpRequest, body: s.IntroduceIn) -> Any:
    """Make a resident of elsewhere, who shows her document, known to the caller's organisation."""
    return services.introduce(by=request.actor, **body.dict())


@router.get("/residents/{uuid:resident_id}/", response=s.OpenedOut)
@may(Action.OPEN_RECORD, Action.SEE_OWN)
def opened(request: HttpRequest, response: HttpResponse, resident_id: UUID) -> Any:
    """Open the record's head; it is logged.  403 `basis-needed` where there is no reason to look."""
    record = access.open_record(resident_id, by=request.actor, what="summary")
    with_etag(response, record.resident.version)
    head = selectors.summary(resident_id, request.actor.today)
    n_merged = selectors.n_merged_into(record.resident.id)
    return {"basis": str(record.basis), "reason": record.reason, "resident": head, "n_merged": n_merged}


@router.patch("/residents/{uuid:resident_id}/", response=s.MadeOut)
@may(Action.REGISTER_RESIDENT)
def amend(request: HttpRequest, response: HttpResponse, resident_id: UUID, body: s.AmendIn) -> Any:
    """Change what identifies a person, with a reason.  Wants If-Match."""
    seen = access.get(resident_id, by=request.actor)
    check_version(request, seen)
    fields = body.dict(exclude_unset=True, exclude={"reason"})
    given = {name: value for name, value in fields.items() if value is not None or name == "born_on"}
    changed = services.amend_identity(
        resident_id, by=request.actor, reason=body.reason, version=seen.version, **given
    )  # fmt: skip
    with_etag(response, changed.version)
    return changed


@router.get("/residents/{uuid:resident_id}/identity/", response=s.IdentityOut)
@may(Action.REGISTER_RESIDENT)
def identity(request: HttpRequest, response: HttpResponse, resident_id: UUID) -> Any:
    """Open what identifies a person; it is logged."""
    resident = access.identity(resident_id, by=request.actor, what="identity").resident
    page = selectors.identity_page(resident)
    with_etag(response, resident.version)
    parts = ("identifiers", "media", "phones", "guardians", "coverages", "changes")
    return {"resident_id": resident.id, "version": resident.version} | {part: getattr(page, part) for part in parts}


@router.post("/residents/{uuid:resident_id}/identifiers/", response={201: s.MadeOut})
@may(Action.REGISTER_RESIDENT)
def add_identifier(request: HttpRequest, resident_id: UUID, body: s.NumberIn) -> Any:
    return Status(201, services.add_identifier(resident_id, by=request.actor, **body.dict()))


@router.post("/identifiers/{uuid:identifier_id}/close/", response=s.IdentifierOut)
@may(Action.REGISTER_RESIDENT)
def close_identifier(request: HttpRequest, identifier_id: UUID, body: s.ReasonIn) -> Any:
    return services.close_identifier(identifier_id, by=request.actor, reason=body.reason)


@router.post("/residents/{uuid:resident_id}/media/", response={201: s.MediumOut})
@may(Action.REGISTER_RESIDENT)
def issue_medium(request: HttpRequest, resident_id: UUID, body: s.MediumIn) -> Any:
    return Status(201, services.issue_medium(resident_id, by=request.actor, **body.dict()))


@router.post("/media/{uuid:medium_id}/{step}/", response=s.MediumOut)
@may(Action.REGISTER_RESIDENT)
def move_medium(request: HttpRequest, medium_id: UUID, step: MediumStep, body: s.ReasonIn) -> Any:
    """Report a card lost, find, revoke or replace it."""
    return services.move_medium(medium_id, step, by=request.actor, reason=body.reason)


@router.post("/residents/{uuid:resident_id}/phones/", response={201: s.PhoneOut})
@may(Action.REGISTER_RESIDENT)
def add_phone(request: HttpRequest, resident_id: UUID, body: s.PhoneIn) -> Any:
    return Status(201, services.add_phone(resident_id, by=request.actor, **body.dict()))


@router.post("/phones/{uuid:phone_id}/check/", response=s.PhoneOut)
@may(Action.REGISTER_RESIDENT)
def check_phone(request: HttpRequest, phone_id: UUID) -> Any:
    """Write down that the person, her papers and this phone were seen together; from then on it may let her in."""
    return services.check_phone(phone_id, by=request.actor)


@router.post("/phones/{uuid:phone_id}/close/", response=s.PhoneOut)
@may(Action.REGISTER_RESIDENT)
def close_phone(request: HttpRequest, phone_id: UUID) -> Any:
    return services.close_phone(phone_id, by=request.actor)


@router.post("/residents/{uuid:resident_id}/guardians/", response={201: s.GuardianOut})
@may(Action.REGISTER_RESIDENT)
def add_guardian(request: HttpRequest, resident_id: UUID, body: s.GuardianIn) -> Any:
    return Status(201, services.add_guardian(resident_id, by=request.actor, **body.dict()))


@router.post("/guardians/{uuid:guardian_id}/end/", response=s.GuardianOut)
@may(Action.REGISTER_RESIDENT)
def end_guardian(request: HttpRequest, guardian_id: UUID) -> Any:
    return services.end_guardian(guardian_id, by=request.actor)


@router.post("/residents/{uuid:resident_id}/coverages/", response={201: s.CoverageOut})
@may(Action.REGISTER_RESIDENT)
def set_coverage(request: HttpRequest, resident_id: UUID, body: s.CoverageIn) -> Any:
    return Status(201, services.set_coverage(resident_id, by=request.actor, **body.dict()))


@router.post("/residents/{uuid:resident_id}/death/", response=s.MadeOut)
@may(Action.REGISTER_RESIDENT)
def mark_deceased(request: HttpRequest, resident_id: UUID, body: s.DeathIn) -> Any:
    return services.mark_deceased(resident_id, by=request.actor, **body.dict())


@router.post("/residents/{uuid:resident_id}/death/revoke/", response=s.MadeOut)
@may(Action.REGISTER_RESIDENT)
def revoke_death(request: HttpRequest, resident_id: UUID, body: s.ReasonIn) -> Any:
    return services.revoke_death(resident_id, by=request.actor, reason=body.reason)


@router.post("/residents/{uuid:resident_id}/tags/", response={201: s.TagOut})
@may(Action.WRITE_RECORD)
def add_tag(request: HttpRequest, resident_id: UUID, body: s.TagIn) -> Any:
    return Status(201, services.add_tag(resident_id, by=request.actor, **body.dict()))


@router.post("/tags/{uuid:tag_id}/end/", response=s.TagOut)
@may(Action.WRITE_RECORD)
def end_tag(request: HttpRequest, tag_id: UUID, body: s.EndTagIn) -> Any:
    return services.end_tag(tag_id, by=request.actor, reason=body.reason, ends_before=body.ends_before)


@router.post("/residents/{uuid:resident_id}/break-glass/", response={201: s.EmergencyOut})
@may(Action.BREAK_GLASS)
def break_glass(request: HttpRequest, resident_id: UUID, body: s.BreakGlassIn) -> Any:
    """Open a record in an emergency for a time; the family doctor, managers and audit are told."""
    return Status(201, services.break_glass(resident_id, by=request.actor, reason=body.reason))


@router.get("/emergencies/", response=list[s.WaitingOut])
@signed_in
def emergencies(request: HttpRequest) -> Any:
    """Return the emergency accesses that wait for the judgement of the caller's side."""
    return selectors.emergencies_waiting(by=request.actor)


@router.post("/emergencies/{uuid:access_id}/reviews/", response={201: s.MadeOut})
@signed_in
def review_emergency(request: HttpRequest, access_id: UUID, body: s.ReviewIn) -> Any:
    return Status(201, services.review_emergency(access_id, by=request.actor, **body.dict()))


@router.get("/residents/{uuid:resident_id}/accesses/", response=Page[s.AccessOut])
@may(Action.SEE_OWN, Action.READ_AUDIT)
def accesses_of(
    request: HttpRequest, resident_id: UUID, cursor: s.Cursor | None = None, limit: s.PageLimit = 50
) -> Any:  # fmt: skip
    """Return who opened the record, the latest first: for the resident, her guardian and the audit administrator."""
    rows = selectors.access_rows(resident_id, by=request.actor)
    items, following = paginate(rows, cursor, limit, newest_first=True)
    return {"items": items, "next_cursor": following}


@router.get("/identity-reviews/", response=Page[likeness.ReviewLineOut])
@may(Action.MATCH_RESIDENTS)
def identity_reviews(request: HttpRequest) -> Any:
    """Return the first fifty entries that may be one person with another, as the page lists them."""
    return {
        "items": selectors.review_lines(list(selectors.reviews(by=request.actor)[:50])),
        "next_cursor": None,
    }


@router.get("/identity-reviews/{uuid:review_id}/", response=likeness.ReviewOut)
@may(Action.MATCH_RESIDENTS)
def identity_review(request: HttpRequest, review_id: UUID) -> Any:
    """Open two people side by side with the arithmetic; it is logged."""
    return selectors.review(review_id, by=request.actor)


@router.post("/identity-reviews/{uuid:review_id}/settle/", response=likeness.SettledOut)
@may(Action.MATCH_RESIDENTS)
def settle_identity_review(request: HttpRequest, review_id: UUID, body: likeness.SettleIn) -> Any:
    """Decide whether two entries are one person; `same` merges them.  409 `merge-blocked` where something stands against it."""
    merged = services.settle_review(review_id, by=request.actor, **body.dict())
    return {"merge_id": merged.id if merged else None}


@router.post("/identity-reviews/{uuid:review_id}/postpone/", response=s.MadeOut)
@may(Action.MATCH_RESIDENTS)
def postpone_identity_review(request: HttpRequest, review_id: UUID, body: s.ReasonIn) -> Any:
    return services.postpone_review(review_id, by=request.actor, note=body.reason)


@router.get("/residents/{uuid:resident_id}/merges/", response=list[likeness.MergeOut])
@may(Action.MATCH_RESIDENTS)
def merges_of(request: HttpRequest, resident_id: UUID) -> Any:
    """Return what was merged into this entry, undone ones too; the entry is opened, and that is logged."""
    return selectors.merges_of(access.identity(resident_id, by=request.actor, what="merges").resident.id)


@router.post("/residents/{uuid:resident_id}/merge/", response={201: likeness.MergedOut})
@may(Action.MATCH_RESIDENTS)
def merge(request: HttpRequest, resident_id: UUID, body: likeness.MergeIn) -> Any:
    """Make one of two entries: `retired_id` goes into this one."""
    done = services.merge(
        survivor_id=resident_id, retired_id=body.retired_id, reason=body.reason, by=request.actor
    )  # fmt: skip
    return Status(201, done)


@router.post("/merges/{uuid:merge_id}/undo/", response=likeness.MergedOut)
@may(Action.MATCH_RESIDENTS)
def undo_merge(request: HttpRequest, merge_id: UUID, body: likeness.UndoIn) -> Any:
    """Make two entries again; everything goes back to where it hung, what came since where it is chosen."""
    return services.unmerge(merge_id, by=request.actor, **body.dict())


@router.get("/merges/{uuid:merge_id}/later/", response=list[likeness.LaterRowOut])
@may(Action.MATCH_RESIDENTS)
def later_rows(request: HttpRequest, merge_id: UUID) -> Any:
    """Return what came since a merge, for whoever may undo it; the entry is opened, and that is logged."""
    return list(selectors.undoing(merge_id, by=request.actor).later)
