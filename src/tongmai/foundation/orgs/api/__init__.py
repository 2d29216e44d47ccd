"""Organisations, alliances, agreements, people, posts, accounts and tokens for programs: the services of the pages."""

from ninja import Router

from tongmai.foundation.orgs.api.alliances import router as alliances
from tongmai.foundation.orgs.api.orgs import router as orgs
from tongmai.foundation.orgs.api.staff import router as staff

router = Router(tags=["orgs"])
for part in (orgs, alliances, staff):
    router.add_router("", part)
