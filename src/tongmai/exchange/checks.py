"""`tongmai check`: messages and imports with their history, and what they led to."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q

from tongmai.care.critical_values.models import LimitLine
from tongmai.care.family_doctors.models import Contract
from tongmai.care.referrals.models import Referral
from tongmai.commons.capacity.models import Pool
from tongmai.commons.encounters.models import Encounter
from tongmai.commons.residents.models import Resident, SourceRegistration
from tongmai.commons.results.models import Document, Report, Request
from tongmai.exchange.models import (
    ImportRow,
    ImportRun,
    ImportTransition,
    InboundMessage,
    MessageTransition,
    SourceObject,
    SourceRow,
)
from tongmai.exchange.services import objects
from tongmai.foundation.audit import proving
from tongmai.foundation.audit.proving import Finding, SoftReference
from tongmai.foundation.catalog.models import Price
from tongmai.foundation.orgs.models import Staff
from tongmai.foundation.terminology.models import LocalCode

REFERENCES = (
    SoftReference(InboundMessage, "resident_id", Resident),
    SoftReference(InboundMessage, "referral_id", Referral),
    SoftReference(ImportRow, "target_id", Resident, Q(run__kind="residents")),
    SoftReference(ImportRow, "target_id", Staff, Q(run__kind="staff")),
    SoftReference(ImportRow, "target_id", Contract, Q(run__kind="contracts")),
    SoftReference(ImportRow, "target_id", Pool, Q(run__kind="capacity")),
    SoftReference(ImportRow, "target_id", Price, Q(run__kind="prices")),
    SoftReference(ImportRow, "target_id", LocalCode, Q(run__kind="codes")),
    SoftReference(ImportRow, "target_id", LimitLine, Q(run__kind="limits")),
    SoftReference(SourceRow, "target_id", Resident, Q(kind="residents")),
    SoftReference(SourceRow, "target_id", Staff, Q(kind="staff")),
    SoftReference(SourceRow, "target_id", Contract, Q(kind="contracts")),
    SoftReference(SourceRow, "target_id", Pool, Q(kind="capacity")),
    SoftReference(SourceRow, "target_id", Price, Q(kind="prices")),
    SoftReference(SourceRow, "target_id", LocalCode, Q(kind="codes")),
    SoftReference(SourceRow, "target_id", LimitLine, Q(kind="limits")),
    SoftReference(SourceObject, "target_id", Resident, Q(kind=objects.PERSON)),
    SoftReference(SourceObject, "target_id", SourceRegistration, Q(kind=objects.GIVEN_UP)),
    SoftReference(SourceObject, "target_id", Encounter, Q(kind__in=[objects.VISIT, objects.APPOINTMENT])),
    SoftReference(SourceObject, "target_id", Request, Q(kind=objects.REQUEST)),
    SoftReference(SourceObject, "target_id", Report, Q(kind=objects.REPORT)),
    SoftReference(SourceObject, "target_id", Document, Q(kind=objects.DOCUMENT)),
)


def orphans() -> Iterator[Finding]:
    """Yield the messages and rows that led to something absent."""
    yield from proving.dangling(REFERENCES)


def counters() -> Iterator[Finding]:
    """Yield the imports whose totals their rows do not bear out, and messages tried less often than they failed."""
    yield from proving.unequal(ImportRun.objects.annotate(n_rows=Count("rows")), "total_rows", "n_rows")
    failed = InboundMessage.objects.annotate(last_failure=Max("faults__n_try")).filter(last_failure__gt=F("n_tries"))
    yield from proving.rows_that(failed, "n_tries is less than the number of the try that failed last")


def states() -> Iterator[Finding]:
    """Yield the messages and imports whose state is not what their last step led to."""
    yield from proving.not_as_last_step(InboundMessage, MessageTransition, "message", begins_in=["received"])
    yield from proving.not_as_last_step(ImportRun, ImportTransition, "run", begins_in=["checking", "mapping"])
