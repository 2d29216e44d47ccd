"""The JSON API: one router per app, under /api/v1/."""

from ninja import NinjaAPI

from tongmai.care.family_doctors.api import router as family_doctors
from tongmai.care.referrals.api import router as referrals
from tongmai.commons.capacity.api import router as capacity
from tongmai.commons.encounters.api import router as encounters
from tongmai.commons.residents.api import router as residents
from tongmai.foundation.audit.api import router as audit
from tongmai.foundation.catalog.api import router as catalog
from tongmai.foundation.orgs.api import router as orgs

api = NinjaAPI(title="Tongmai", version="1", urls_namespace="api")
for router in (orgs, catalog, audit, residents, encounters, capacity, family_doctors, referrals):
    api.add_router("", router)
