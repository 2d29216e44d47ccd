"""What waits for a family-doctor team: contracts to sign, and those about to end."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from tongmai.care.family_doctors import selectors
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.foundation.orgs.policy import value
from tongmai.kernel.months import start_of_day
from tongmai.ui.worklist import WorkItem

MOST = 50


def waiting(*, by: Actor) -> list[WorkItem]:
    """Return the contracts to sign and to renew: two queries."""
    if by.org_id is None or not by.may(Action.SIGN_CONTRACTS):
        return []
    notice = value("family_doctors.renewal_notice", on=by.today).timedelta()
    return [
        *(_item(row, _("签约协议待签署"), _("签署"), row["created_at"], None) for row in _rows("draft", by)),
        *(
            _item(
                row,
                _("签约即将到期"),
                _("续签"),
                start_of_day(row["ends_before"] - notice),
                start_of_day(row["ends_before"]),
            )
            for row in _rows("expiring", by)
        ),
    ]


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many items `waiting` returns, without making them."""
    if by.org_id is None or not by.may(Action.SIGN_CONTRACTS):
        return {}
    n = sum(len(_rows(show, by).values_list("id")) for show in ("draft", "expiring"))
    return {"family_doctors": n} if n else {}


def _rows(show: str, by: Actor):
    rows = selectors.contracts(by=by, show=show)
    return rows.values("id", "created_at", "ends_before", "resident__name", "team__name")[:MOST]


def _item(row: dict, title: str, label: str, started_at: datetime, due_at: datetime | None) -> WorkItem:
    return WorkItem(
        kind="family_doctors",
        title=title,
        who=row["resident__name"],
        what=row["team__name"],
        from_whom="",
        started_at=started_at,
        due_at=due_at,
        href=reverse("family_doctors:contract", args=[row["id"]]),
        action_label=label,
    )
