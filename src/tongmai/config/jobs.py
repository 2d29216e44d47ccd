"""What the worker does again and again.  Each job is safe to repeat and to run late."""

from datetime import timedelta

from tongmai.foundation.audit import retention, seals
from tongmai.foundation.audit.worker import Job

JOBS = (
    Job(name="audit.seal", every=timedelta(hours=1), work=seals.seal_due),
    Job(name="audit.retire", every=timedelta(days=1), work=retention.retire_old),
)
