"""The JSON API under /api/v1/: one router per app, one way to sign in, one form of error.

The description is at /api/v1/openapi.json.  A program sends `Authorization: Bearer <token>`; a page of ours uses its
session and then must also send the CSRF token with writes.
"""

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.utils import check_csrf

from tongmai.care.critical_values.api import router as critical_values
from tongmai.care.diagnostics.api import router as diagnostics
from tongmai.care.family_doctors.api import router as family_doctors
from tongmai.care.referrals.api import router as referrals
from tongmai.commons.capacity.api import router as capacity
from tongmai.commons.encounters.api import router as encounters
from tongmai.commons.recognition.api import router as recognition
from tongmai.commons.resident_requests.api import router as resident_requests
from tongmai.commons.residents.api import router as residents
from tongmai.commons.residents.decisions_api import router as decisions
from tongmai.exchange.api import router as exchange
from tongmai.exchange.connections_api import router as exchange_connections
from tongmai.exchange.imports_api import router as exchange_imports
from tongmai.foundation.audit.api import router as audit
from tongmai.foundation.catalog.api import router as catalog
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.api import router as orgs
from tongmai.foundation.terminology.api import router as terminology
from tongmai.kernel.errors import NotSignedIn
from tongmai.ui.api import install_problems, refuse_first
from tongmai.ui.openapi import install_names


def signed_in(request: HttpRequest) -> Actor:
    """Return the actor.  A token was checked when the actor was made; a session needs the CSRF token to write."""
    if request.actor is None:
        raise NotSignedIn()
    by_token = request.headers.get("Authorization", "").startswith("Bearer ")
    if not by_token and check_csrf(request) is not None:
        raise HttpError(403, "CSRF")
    return request.actor


api = NinjaAPI(title="Tongmai", version="1", urls_namespace="api", docs_url=None, auth=signed_in)
install_problems(api)
api.add_decorator(refuse_first, mode="view")
install_names()
routers = (
    orgs, catalog, terminology, audit, residents, decisions, resident_requests, encounters, recognition, capacity,
    diagnostics, critical_values, family_doctors, referrals, exchange, exchange_connections, exchange_imports,
)  # fmt: skip
for router in routers:
    api.add_router("", router)
