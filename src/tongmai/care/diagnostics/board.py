"""The centre at a glance, and its month: volume, turn-round, quality, and how the price is shared.

Everything is counted from the orders themselves, for the centre that the actor directs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q

from tongmai.care.diagnostics import access, duty, policies, rules
from tongmai.care.diagnostics.models import Duty, Order, ServiceAgreement, Template
from tongmai.care.diagnostics.selectors import Row, row_of, rows_of
from tongmai.care.diagnostics.states import AT_CENTRE, State
from tongmai.foundation.catalog.models import Price
from tongmai.foundation.catalog.pricing.selectors import price_of
from tongmai.foundation.orgs.access import require
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.permissions import Action
from tongmai.kernel.months import Month, start_of_day

MOST_SHOWN = 100


@dataclass(frozen=True)
class Live:
    """What is with the centre now."""

    n_waiting: int
    n_writing: int
    n_to_verify: int
    n_late: int
    readers: list[tuple[UUID, str, int, bool]]  # id, name, studies in hand, on duty
    sites: list[tuple[str, int, int]]  # name, open, late
    rows: list[Row]


@dataclass(frozen=True)
class Share:
    """What one doctor or one site did in a month, and what of the price is the centre's and the site's, in fen."""

    name: str
    n: int
    p50: timedelta | None
    p90: timedelta | None
    n_rejected: int
    n_amended: int
    centre_fen: int
    site_fen: int


@dataclass(frozen=True)
class PriceList:
    """A list of which prices were used: its document, from when they hold, for how many reports."""

    document: str
    starts_on: date
    n: int


@dataclass(frozen=True)
class Figures:
    """A month of a centre.  Turn-round is from complete data to the first published report."""

    month: Month
    all: Share
    doctors: list[Share]
    sites: list[Share]
    kinds: list[Share]
    n_late: int
    n_unpriced: int
    lists: list[PriceList]  # from which the prices were taken, the most used first


def live(*, by: Actor) -> Live:
    """Return what is with the actor's centre now.  Raises NotPermitted."""
    require(by, Action.DIRECT_CENTRE)
    rows = Order.objects.filter(centre_id=by.org_id, state__in=AT_CENTRE)
    late = Q(due_at__lt=by.now)
    counted = rows.order_by().aggregate(
        waiting=Count("id", filter=Q(state=State.SENT)),
        writing=Count("id", filter=Q(state=State.CLAIMED)),
        to_verify=Count("id", filter=Q(state=State.PRELIMINARY)),
        late=Count("id", filter=late),
    )
    by_site = (
        rows.order_by("site__short_name").values("site__short_name").annotate(n=Count("id"), l=Count("id", filter=late))
    )
    held = duty.load(by.org_id) if by.org_id else {}
    present = set(duty.on_duty(by.org_id, now=by.now)) if by.org_id else set()
    readers = duty.readers_of(by.org_id, on=by.today) if by.org_id else {}
    return Live(
        n_waiting=counted["waiting"],
        n_writing=counted["writing"],
        n_to_verify=counted["to_verify"],
        n_late=counted["late"],
        readers=[(key, name, held.get(key, 0), key in present) for key, name in readers.items()],
        sites=[(each["site__short_name"], each["n"], each["l"]) for each in by_site],
        rows=[row_of(each) for each in rows_of(rows.order_by("due_at", "id"))[:MOST_SHOWN]],
    )


def agreements(*, by: Actor) -> list[ServiceAgreement]:
    """Return the agreements in which the actor's organisation is centre or site, those in force first."""
    return sorted(access.visible_agreements(by), key=lambda each: (each.ends_before is not None, each.site.name))


def turns(*, by: Actor) -> list[Duty]:
    """Return the turns of the roster from today on."""
    rows = Duty.objects.filter(centre_id=by.org_id, ends_at__gt=by.now)
    return list(rows.select_related("staff").order_by("starts_at")[:MOST_SHOWN])


def templates(*, by: Actor) -> list[Template]:
    """Return the templates that the centre writes with, its own first."""
    return sorted(access.visible_templates(by), key=lambda each: (each.centre_id is None, each.category, each.name))


def figures(month: Month, *, by: Actor) -> Figures:
    """Return the month of the actor's centre: what was first published in it.  Raises NotPermitted."""
    require(by, Action.DIRECT_CENTRE)
    begins, ends = start_of_day(month.first_day), start_of_day(month.ends_before)
    rows = list(
        Order.objects.filter(centre_id=by.org_id, published_at__gte=begins, published_at__lt=ends).select_related(
            "site", "author"
        )
    )
    prices = _Prices(by)
    return Figures(
        month=month,
        all=_share("", rows, prices),
        doctors=_shares(rows, lambda row: row.author.name if row.author else "—", prices),
        sites=_shares(rows, lambda row: row.site.short_name, prices),
        kinds=_shares(rows, lambda row: row.modality or row.category, prices),
        n_late=sum(1 for row in rows if _is_late(row, by)),
        n_unpriced=sum(1 for row in rows if prices.of(row) is None),
        lists=prices.lists(rows),
    )


class _Prices:
    """What each examination cost at its site on its day, asked once for each."""

    def __init__(self, by: Actor) -> None:
        self._by = by
        self._known: dict[tuple[str, UUID, date], Price | None] = {}

    def of(self, row: Order) -> Price | None:
        on = self._by.at(row.performed_at or row.requested_at).today
        key = (row.charge_code, row.site_id, on)
        if key not in self._known:
            self._known[key] = (
                price_of(
                    "charges", row.charge_code, on=on, county_code=row.site.county_code, level=row.site.level,
                    org_code=row.site.code,
                ) if row.charge_code else None
            )  # fmt: skip
        return self._known[key]

    def lists(self, rows: Iterable[Order]) -> list[PriceList]:
        used = Counter((found.document, found.starts_on) for row in rows if (found := self.of(row)) is not None)
        return [PriceList(document, starts_on, n) for (document, starts_on), n in used.most_common()]

    def shares(self, row: Order) -> tuple[int, int]:
        on = self._by.at(row.published_at or row.requested_at).today
        found = self.of(row)
        amount = found.amount_fen if found is not None else None
        return rules.share_of(amount or 0, centre_rate=policies.centre_rate(on=on, centre_id=row.centre_id))


def _shares(rows: Iterable[Order], of: Callable[[Order], str], prices: _Prices) -> list[Share]:
    groups: dict[str, list[Order]] = defaultdict(list)
    for row in rows:
        groups[of(row)].append(row)
    return sorted(
        (_share(name, each, prices) for name, each in groups.items()), key=lambda share: (-share.n, share.name)
    )


def _share(name: str, rows: list[Order], prices: _Prices) -> Share:
    spans = [row.published_at - row.sent_at for row in rows if row.published_at and row.sent_at]
    parts = [prices.shares(row) for row in rows]
    return Share(
        name=name,
        n=len(rows),
        p50=rules.percentile(spans, 0.5),
        p90=rules.percentile(spans, 0.9),
        n_rejected=sum(row.n_rejections > 0 for row in rows),
        n_amended=sum(row.n_versions > 1 for row in rows),
        centre_fen=sum(centre for centre, _site in parts),
        site_fen=sum(site for _centre, site in parts),
    )


def _is_late(row: Order, by: Actor) -> bool:
    assert row.sent_at is not None
    limit = policies.report_limit(
        row.category, row.modality, row.priority, on=by.at(row.sent_at).today, centre_id=row.centre_id
    )
    return row.published_at is not None and row.published_at - row.sent_at > limit.timedelta()
