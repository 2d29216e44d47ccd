"""What waits for whom at the edge."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.exchange import access, images
from tongmai.exchange.states import ImportState, MessageState
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.worklist import WorkItem

MOST = 50


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return the held messages that `by` can settle, and her imports that wait for a yes."""
    return [*_messages(by), *_imports(by), *_images(by)]


def _messages(by: Actor) -> list[WorkItem]:
    rows = access.visible_messages(by).filter(state=MessageState.HELD).order_by("received_at")
    names = ("id", "control_id", "facility", "sender__short_name", "received_at")
    return [
        WorkItem(
            kind="exchange",
            title=_("处理收到的消息"),
            who="",
            what=_("消息 %(number)s 缺少信息") % {"number": row["control_id"] or "—"},
            from_whom=row["sender__short_name"] or row["facility"],
            started_at=row["received_at"],
            href=reverse("exchange:message", args=[row["id"]]),
        )
        for row in rows.values(*names)[:MOST]
    ]


def _images(by: Actor) -> list[WorkItem]:
    if not by.may(Action.RECONCILE_IMAGES):
        return []
    rows = images.studies(by=by, state="waiting").order_by("received_at")
    return [
        WorkItem(
            kind="exchange",
            title=_("核对影像"),
            who=row.said_name,
            what=f"{row.modality} {row.description}".strip(),
            from_whom=row.device.name if row.device else row.org.short_name,
            started_at=row.received_at,
            href=reverse("exchange:image", args=[row.id]),
        )
        for row in rows[:MOST]
    ]


def _imports(by: Actor) -> list[WorkItem]:
    rows = (
        access.visible_runs(by)
        .filter(state__in=[ImportState.MAPPING, ImportState.CHECKED], created_by_id=by.user_id)
        .order_by("created_at")
    )
    return [
        WorkItem(
            kind="exchange",
            title=_("确认名册导入"),
            who="",
            what=row["file_name"],
            from_whom=row["source"],
            started_at=row["created_at"],
            href=reverse("exchange:import", args=[row["id"]]),
        )
        for row in rows.values("id", "file_name", "source", "created_at")[:MOST]
    ]
