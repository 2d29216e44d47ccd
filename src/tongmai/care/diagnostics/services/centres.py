"""What the director of a centre sets: for whom it reports, who is on duty, what reports begin with; and escalation."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongmai.care.diagnostics import access, duty, errors, events, starter
from tongmai.care.diagnostics.models import CriticalFinding, Duty, Order, ServiceAgreement, Template
from tongmai.care.diagnostics.rules import Phase
from tongmai.care.diagnostics.states import AT_CENTRE
from tongmai.commons.results.choices import Category
from tongmai.foundation.audit import services as audit
from tongmai.foundation.orgs.access import org as org_within_reach
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.models import Org
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.errors import InvalidInput, NotFound, NotPermitted
from tongmai.kernel.text import N_

MOST_ESCALATED = 500


@transaction.atomic
def set_agreement(
    *, site_id: UUID, category: str, starts_on: date, by: Actor, modality: str = "", note: str = ""
) -> ServiceAgreement:
    """The actor's centre reports a site's examinations of a category, of one modality or of all, from a day on.

    Raises:
        NotPermitted: this post directs no centre.  NotFound: the site is out of reach.
        InvalidInput: no such category.  AgreementOverlaps: somebody reports them already.
    """
    centre_id = _centre(by)
    site = org_within_reach(site_id, by=by)
    if category not in list(Category):
        raise InvalidInput(field="category", problem=N_("请选择检查类别"))
    Org.objects.select_for_update().get(id=site.id)
    alike = ServiceAgreement.objects.filter(site=site, category=category, modality=modality.strip().upper()[:8])
    if alike.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=starts_on)).exists():
        raise errors.AgreementOverlaps(site=site.name)
    row = ServiceAgreement.objects.create(
        centre_id=centre_id, site=site, category=category, modality=modality.strip().upper()[:8], starts_on=starts_on,
        note=note.strip()[:200], set_at=by.now, set_by_id=by.user_id,
    )  # fmt: skip
    told = events.AgreementSet(
        agreement_id=row.id, centre_id=row.centre_id, site_id=site.id, category=category, starts_on=starts_on
    )
    audit.record(told, by=by, subject_id=row.id)
    return row


@transaction.atomic
def end_agreement(agreement_id: UUID, *, by: Actor, ends_before: date | None) -> ServiceAgreement:
    """End an agreement of the actor's centre; orders that were made under it stay with the centre.

    Raises:
        NotPermitted, NotFound: as in `set_agreement`.  InvalidInput: no day, it would end before it began, or is over.
    """
    _centre(by)
    row = access.agreement(agreement_id, by=by, lock=True)
    if ends_before is None:
        raise InvalidInput(field="ends_before", problem=N_("请填写日期"))
    if ends_before <= row.starts_on or (row.ends_before is not None and row.ends_before <= ends_before):
        raise InvalidInput(field="ends_before", problem=N_("结束日期须在开始日期之后，且早于已有的结束日期"))
    row.ends_before = ends_before
    row.save(update_fields=["ends_before"])
    told = events.AgreementEnded(
        agreement_id=row.id, centre_id=row.centre_id, site_id=row.site_id, ends_before=ends_before
    )
    audit.record(told, by=by, subject_id=row.id)
    return row


@transaction.atomic
def set_duty(*, staff_id: UUID, category: str, starts_at: datetime, ends_at: datetime, by: Actor) -> Duty:
    """Put a reader of the actor's centre on duty for a span; said again, it holds once.

    Raises:
        NotPermitted: this post directs no centre.
        InvalidInput: not a reader here, no such category, or the end is not after the beginning.
    """
    centre_id = _centre(by)
    if staff_id not in duty.readers_of(centre_id, on=by.today):
        raise InvalidInput(field="staff_id", problem=N_("不是本中心有执业证书编号的诊断医生"))
    if category not in list(Category):
        raise InvalidInput(field="category", problem=N_("请选择检查类别"))
    if ends_at <= starts_at:
        raise InvalidInput(field="ends_at", problem=N_("结束时间须在开始时间之后"))
    row, is_new = Duty.objects.get_or_create(
        centre_id=centre_id, staff_id=staff_id, category=category, starts_at=starts_at,
        defaults={"ends_at": ends_at, "set_at": by.now, "set_by_id": by.user_id},
    )  # fmt: skip
    if is_new:
        told = events.DutySet(duty_id=row.id, centre_id=row.centre_id, staff_id=staff_id)
        audit.record(told, by=by, subject_id=row.id)
    return row


@transaction.atomic
def remove_duty(duty_id: UUID, *, by: Actor) -> None:
    """Take a turn off the roster of the actor's centre.  Raises NotPermitted, NotFound."""
    row = Duty.objects.filter(id=duty_id, centre_id=_centre(by)).first()
    if row is None:
        raise NotFound()
    told = events.DutyRemoved(duty_id=row.id, centre_id=row.centre_id, staff_id=row.staff_id)
    audit.record(told, by=by, subject_id=row.id)
    row.delete()


@transaction.atomic
def save_template(
    *, name: str, category: str, lines: str, by: Actor, conclusion: str = "", modality: str = "", body_part: str = ""
) -> Template:
    """Keep what reports of a kind begin with at the actor's centre; one of the same name is changed.

    Raises:
        NotPermitted: this post neither directs nor reports.  InvalidInput: no name, no lines, no such category.
    """
    if by.org_id is None or not (by.may(Action.DIRECT_CENTRE) or by.may(Action.REPORT_EXAMINATION)):
        raise NotPermitted(action=Action.DIRECT_CENTRE)
    if not name.strip():
        raise InvalidInput(field="name", problem=N_("请填写模板名称"))
    if category not in list(Category):
        raise InvalidInput(field="category", problem=N_("请选择检查类别"))
    if not lines.strip():
        raise InvalidInput(field="lines", problem=N_("请至少填写一行所见"))
    row, is_new = Template.objects.get_or_create(
        centre_id=by.org_id, category=category, modality=modality.strip().upper()[:8], body_part=body_part.strip()[:40],
        name=name.strip()[:60], defaults={"lines": lines.strip(), "conclusion": conclusion.strip()},
    )  # fmt: skip
    if not is_new:
        row.lines, row.conclusion, row.version = lines.strip(), conclusion.strip(), row.version + 1
        row.save()
    told = events.TemplateSaved(template_id=row.id, centre_id=by.org_id)
    audit.record(told, by=by, subject_id=row.id)
    return row


@transaction.atomic
def load_starter(*, by: Actor) -> int:
    """Load the project's own templates and list of critical findings; what is there stays.  Returns how many are new."""
    require(by, Action.MANAGE_CATALOG)
    return _new(Template, starter.templates()) + _new(CriticalFinding, starter.findings())


def escalate_due(by: Actor) -> int:
    """Tell the directors of what will soon be late at their centres; returns how many.  Safe to repeat."""
    waiting = Order.objects.filter(escalates_at__lte=by.now, escalated_at__isnull=True, state__in=AT_CENTRE)
    n = 0
    for order in waiting.order_by("escalates_at")[:MOST_ESCALATED]:
        with transaction.atomic():
            if not waiting.filter(id=order.id).update(escalated_at=by.now):
                continue
            told = events.OrderEscalated(
                order_id=order.id, order_number=order.number, resident_id=order.resident_id, centre_id=order.centre_id,
                phase=Phase.IN,
            )  # fmt: skip
            audit.record(told, by=by, subject_id=order.id)
            n += 1
    return n


def _centre(by: Actor) -> UUID:
    require(by, Action.DIRECT_CENTRE)
    if by.org_id is None:
        raise NotPermitted(action=Action.DIRECT_CENTRE)
    return by.org_id


def _new(table: type, rows: Iterable) -> int:
    before = table.objects.count()
    table.objects.bulk_create(rows, ignore_conflicts=True)
    return table.objects.count() - before
