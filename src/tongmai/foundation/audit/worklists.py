"""What waits for the system administrator: deliveries that were given up, and jobs that fail."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongmai.foundation.audit import presenters, selectors
from tongmai.foundation.audit.guards import OPERATE
from tongmai.ui.worklist import WorkItem

_MOST = 50


def waiting(*, by: Any) -> list[WorkItem]:
    """Return the parked deliveries and the failing jobs, for those who look after them."""
    if not by.may(OPERATE):
        return []
    href = reverse("audit:operations")
    parked = presenters.delivery_rows(selectors.deliveries("parked", by=by)[:_MOST])
    failing = [job for job in presenters.job_rows(selectors.jobs()) if job["last_error"]]
    return [_of_delivery(row, href) for row in parked] + [_of_job(job, href) for job in failing]


def _of_delivery(row: dict[str, Any], href: str) -> WorkItem:
    return WorkItem(
        kind="operations",
        title=_("事件投递失败，已搁置"),
        who="",
        what=f"{row['label']} #{row['event_id']}",
        from_whom=row["subscriber"],
        started_at=row["event__at"],
        urgency="urgent",
        href=href,
        action_label=_("重试"),
        action_url=reverse("audit:retry", args=[row["id"]]),
    )


def _of_job(job: dict[str, Any], href: str) -> WorkItem:
    n = job["n_failures"]
    return WorkItem(
        kind="operations",
        title=_("定时任务失败"),
        who="",
        what=job["title"],
        from_whom=ngettext("连续 %(n)s 次", "连续 %(n)s 次", n) % {"n": n},
        started_at=job["done_at"] or job["due_at"],
        urgency="urgent",
        href=href,
    )
