"""The picture of who sends whom where: referrals between village, township, county and outside."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongmai.care.referrals import presenters, selectors
from tongmai.foundation.orgs.guards import may
from tongmai.foundation.orgs.permissions import Action
from tongmai.ui.http import page
from tongmai.ui.words import Choice

PERIODS = (7, 42, 90, 365)
USUAL = 42
# One colour per level, the same on both sides; the words say it, too.
_COLOURS = {"village": "#2f8f6b", "township": "#1c6ea4", "county": "#7a5ea8", "outside": "#c2453d"}


@require_safe
@may(Action.SEE_FLOW)
def flow(request: HttpRequest) -> HttpResponse:
    """Counted are the referrals sent in the period and not declined or withdrawn."""
    actor = request.actor
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(each) for each in PERIODS} else USUAL
    before = actor.today + timedelta(days=1)
    since = before - timedelta(days=days)
    rows = selectors.flow(since, before, by=actor)
    context = {
        "pictures": [_picture(direction, rows) for direction in presenters.DIRECTIONS],
        "choices": [Choice(str(each), ngettext("%(n)s 天", "%(n)s 天", each) % {"n": each}) for each in PERIODS],
        "days": days,
        "since": since,
        "until": actor.today,
        "numbers": _numbers(rows),
        "period": _period(since, actor.today),
    }
    return page(request, "portal/flow.html", context)


def _picture(direction: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one direction as a Sankey: senders on the left, receivers on the right, so that no flow runs in a circle."""
    own = [row for row in rows if row["direction"] == direction]
    links = [{"source": _sends(row["source"]), "target": _receives(row["target"]), "value": row["n"]} for row in own]
    nodes = {_sends(row["source"]): row["source"] for row in own} | {
        _receives(row["target"]): row["target"] for row in own
    }
    return {
        "title": str(presenters.DIRECTIONS[direction]),
        "total": sum(row["n"] for row in own),
        "rows": [
            (str(presenters.LEVELS[row["source"]]), str(presenters.LEVELS[row["target"]]), row["n"])
            for row in sorted(own, key=lambda row: -row["n"])
        ],
        "option": {
            "series": [
                {
                    "type": "sankey",
                    "left": 8,
                    "right": 112,
                    "top": 16,
                    "bottom": 16,
                    "emphasis": {"focus": "adjacency"},
                    "label": {"formatter": "{b} {c}"},
                    "data": [{"name": name, "itemStyle": {"color": _COLOURS[level]}} for name, level in nodes.items()],
                    "links": links,
                }
            ]
        },
    }


def _sends(level: str) -> str:
    return _("%(level)s发出") % {"level": presenters.LEVELS[level]}


def _receives(level: str) -> str:
    return _("%(level)s接收") % {"level": presenters.LEVELS[level]}


def _numbers(rows: list[dict[str, Any]]) -> dict[str, Any]:
    n_up = sum(row["n"] for row in rows if row["direction"] == "up")
    n_down = sum(row["n"] for row in rows if row["direction"] == "down")
    n_outside = sum(row["n"] for row in rows if row["direction"] == "up" and row["target"] == "outside")
    return {
        "n_up": n_up,
        "n_down": n_down,
        "n_outside": n_outside,
        "inside_pct": f"{(n_up - n_outside) * 100 / n_up:.1f}" if n_up else "—",
    }


def _period(since: date, until: date) -> str:
    return _("%(since)s 至 %(until)s") % {"since": since.isoformat(), "until": until.isoformat()}
