"""Agreements under which people may practise elsewhere: signed, and ended together with the posts that rest on them."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongmai.foundation.audit.services import record
from tongmai.foundation.orgs import access, events, writing
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.errors import AgreementInUse
from tongmai.foundation.orgs.models import Agreement, Org, Post
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.services import administrators
from tongmai.kernel.errors import InvalidInput, NotPermitted


@transaction.atomic
def sign_agreement(
    *,
    by: Actor,
    kind: str,
    from_org_id: UUID,
    to_org_id: UUID,
    starts_on: date,
    ends_before: date | None = None,
    alliance_id: UUID | None = None,
    number: str = "",
    subject: str = "",
) -> Agreement:
    """Enter an agreement: staff of the first organisation may work at the second.  The same one twice is one.

    Raises:
        NotFound: an organisation or the alliance is out of reach.
        NotPermitted: the post may not, or keeps neither side.
        InvalidInput: naming the field.
    """
    giver, receiver = _sides(from_org_id, to_org_id, by=by)
    if kind not in Agreement.Kind.values:
        raise InvalidInput(field="kind", problem=_("没有这种协议"))
    if ends_before is not None and ends_before <= starts_on:
        raise InvalidInput(field="ends_before", problem=_("应晚于开始之日"))
    terms = {
        "kind": kind,
        "from_org": giver,
        "to_org": receiver,
        "starts_on": starts_on,
        "ends_before": ends_before,
        "alliance": access.alliance(alliance_id, by=by) if alliance_id else None,
        "number": writing.text("number", number, most=60),
        "subject": writing.text("subject", subject, most=200),
    }
    same = Agreement.objects.filter(**terms).first()
    if same:
        return same
    row = Agreement.objects.create(**terms)
    signed = events.AgreementSigned(
        agreement_id=row.id, kind=kind, from_org_id=giver.id, to_org_id=receiver.id, starts_on=starts_on, ends_before=ends_before
    )  # fmt: skip
    record(signed, by=by, subject_id=row.id)
    return row


def _sides(from_org_id: UUID, to_org_id: UUID, *, by: Actor) -> tuple[Org, Org]:
    """Return the two organisations of an agreement that `by` may enter: she keeps one of them."""
    access.require(by, Action.MANAGE_ORGS)
    giver, receiver = access.org(from_org_id, by=by), access.org(to_org_id, by=by)
    if not access.managed_orgs(by).filter(id__in=[giver.id, receiver.id]).exists():
        raise NotPermitted(action=Action.MANAGE_ORGS)
    if giver.id == receiver.id:
        raise InvalidInput(field="to_org", problem=_("应为另一家机构"))
    return giver, receiver


@transaction.atomic
def end_agreement(*, by: Actor, agreement_id: UUID, version: int | None, ends_before: date) -> Agreement:
    """End an agreement; posts under it that last longer end with it.  The same end twice changes nothing.

    Raises:
        NotFound, NotPermitted, VersionConflict.
        AgreementInUse: posts under it begin only on that day or later.
        InvalidInput: before its first day, or later than it already ends.
    """
    row = access.agreement(agreement_id, by=by, to=Action.MANAGE_ORGS, lock=True)
    if row.ends_before == ends_before:
        return row
    if ends_before <= row.starts_on or (row.ends_before and ends_before > row.ends_before):
        raise InvalidInput(field="ends_before", problem=_("应在协议的有效期之内"))
    posts = list(Post.objects.filter(agreement=row).exclude(ends_before__lte=ends_before))
    for post in posts:
        administrators.check_not_last(post.staff_id, on=max(ends_before, by.today), roles={post.role})
    later = [post for post in posts if post.starts_on >= ends_before]
    if later:
        raise AgreementInUse(n_posts=len(later))
    writing.change(row, {"ends_before": ends_before}, seen=version)
    for post in posts:
        post.ends_before = ends_before
        post.save(update_fields=["ends_before"])
    ended = events.AgreementEnded(agreement_id=row.id, ends_before=ends_before, n_posts=len(posts))
    record(ended, by=by, subject_id=row.id)
    return row
