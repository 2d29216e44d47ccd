"""Every address of the product."""

from django.urls import include, path

from tongmai.config.api import api
from tongmai.foundation.audit import probing

urlpatterns = [
    # Answered by the first middleware, before there is a session; listed so that the tests of the doors know them.
    path("healthz", probing.healthz, name="healthz"),
    path("readyz", probing.readyz, name="readyz"),
    path("metrics", probing.metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("orgs/", include("tongmai.foundation.orgs.urls")),
    path("catalog/", include("tongmai.foundation.catalog.urls")),
    path("operations/", include("tongmai.foundation.audit.urls")),
    path("codes/", include("tongmai.foundation.terminology.urls")),
    path("views/", include("tongmai.foundation.saved_views.urls")),
    path("residents/", include("tongmai.commons.residents.urls")),
    path("encounters/", include("tongmai.commons.encounters.urls")),
    path("results/", include("tongmai.commons.results.urls")),
    path("ecg/", include("tongmai.commons.ecg.urls")),
    path("recognition/", include("tongmai.commons.recognition.urls")),
    path("imaging/", include("tongmai.commons.imaging.urls")),
    path("dicom-web/", include("tongmai.exchange.dicom.web.urls")),
    path("requests/", include("tongmai.commons.resident_requests.urls")),
    path("capacity/", include("tongmai.commons.capacity.urls")),
    path("family-doctors/", include("tongmai.care.family_doctors.urls")),
    path("critical-values/", include("tongmai.care.critical_values.urls")),
    path("examinations/", include("tongmai.care.diagnostics.urls")),
    path("referrals/", include("tongmai.care.referrals.urls")),
    path("exchange/", include("tongmai.exchange.urls")),
    path("ui/", include("tongmai.ui.urls")),
    path("", include("tongmai.portal.urls")),
]

handler400 = "tongmai.ui.failures.bad_request"
handler403 = "tongmai.ui.failures.not_permitted"
handler404 = "tongmai.ui.failures.not_found"
handler500 = "tongmai.ui.failures.broken"
