"""What the worker does again and again, and how often."""

from datetime import timedelta

from tongmai.foundation.audit import retention, seals
from tongmai.foundation.audit.worker import Job

JOBS = (
    Job("seal the trail", every=timedelta(minutes=15), work=seals.seal_due),
    Job("retire what need not be kept", every=timedelta(hours=6), work=retention.retire_old),
)
