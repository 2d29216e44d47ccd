"""Storage commitment: a device asks whether its images are kept, so that it may delete them.

The question is kept first and answered afterwards: on an association of our own where the device has an address and a
port, else on the one on which it asked.  What could not be answered is tried again, longer and longer apart.
"""

import ipaddress
import logging
import threading
from datetime import timedelta
from io import BytesIO

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.events import Event
from pynetdicom.sop_class import StorageCommitmentPushModel, StorageCommitmentPushModelInstance

from tongmai.commons.imaging import archive, selectors, services
from tongmai.commons.imaging.errors import ArchiveAway
from tongmai.commons.imaging.models import Commitment, Instance
from tongmai.exchange.dicom.calling import Caller, caller_of
from tongmai.exchange.dicom.listening import TITLE, commitment_role
from tongmai.exchange.dicom.storing_worker import actor

log = logging.getLogger(__name__)
DONE, FAILED, MISSING = 0x0000, 0x0110, 0x0120
ALL_KEPT, SOME_LACK = 1, 2
_NOT_KEPT, _OTHER_CLASS = 0x0112, 0x0119
_AFTER_ANSWER_SECONDS = 0.3
_EVERY_SECONDS = 15.0
_TRIES = 12
_WHILE_AWAY = timedelta(minutes=2)
_CONNECT_SECONDS = 10.0


def act(event: Event, caller: Caller) -> tuple[int, Dataset | None]:
    """Answer N-ACTION: the question is kept; its answer follows by itself."""
    said = event.action_information
    number = str(said.get("TransactionUID") or "")
    if not number or not said.get("ReferencedSOPSequence"):
        return MISSING, None
    try:
        asked = services.keep_commitment(
            caller.id,
            transaction_uid=number[:64],
            asked=_bytes(said),
            n_asked=len(said.ReferencedSOPSequence),
            by=actor(),
        )
    except DatabaseError:
        return FAILED, None
    finally:
        close_old_connections()
    later = threading.Timer(_AFTER_ANSWER_SECONDS, _answer_soon, (asked, caller, event.assoc))
    later.daemon = True
    later.start()
    return DONE, None


class Retrying:
    """Answers what could not be answered at once, until it is stopped."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="commitments", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(_CONNECT_SECONDS)

    def _run(self) -> None:
        while not self._stop.wait(_EVERY_SECONDS):
            try:
                answer_due()
            except DatabaseError as error:
                log.warning("storage commitments wait: %s", type(error).__name__)
            finally:
                close_old_connections()


def answer_due() -> int:
    """Try every question whose time has come; return how many were answered."""
    rows = Commitment.objects.filter(next_try_at__lte=timezone.now()).select_related("device")[:50]
    return sum(_answer(row, caller_of(row.device), None) for row in rows)


def _answer_soon(asked: Commitment, caller: Caller, assoc: object) -> None:
    try:
        if Commitment.objects.filter(id=asked.id, next_try_at__isnull=False).exists():
            _answer(asked, caller, assoc)
    except DatabaseError as error:
        log.warning("a storage commitment waits: %s", type(error).__name__)
    finally:
        close_old_connections()


def _answer(asked: Commitment, caller: Caller, assoc: object | None) -> bool:
    by = actor()
    try:
        report = verdict(_data_set(bytes(asked.asked)))
    except ArchiveAway:  # nobody knows now what is kept: the question stays
        services.note_answered(asked.id, n_failed=None, next_try_at=by.now + _WHILE_AWAY, by=by)
        return False
    failed = len(report.get("FailedSOPSequence") or ())
    is_told = _tell_anew(report, caller) if _address(caller) else _tell_on(assoc, report)
    if is_told:
        services.note_answered(asked.id, n_failed=failed, next_try_at=None, by=by)
        return True
    wait = by.now + timedelta(seconds=30 * 2**asked.n_tries) if asked.n_tries < _TRIES and _address(caller) else None
    services.note_answered(asked.id, n_failed=None, next_try_at=wait, by=by)
    return False


def verdict(asked: Dataset) -> Dataset:
    """Return what is kept of what a device asks for: its row is there, of that class, and its file."""
    named = {
        str(each.ReferencedSOPInstanceUID): str(each.ReferencedSOPClassUID) for each in asked.ReferencedSOPSequence
    }
    rows = Instance.objects.filter(sop_uid__in=named).select_related("series__study")
    known = {row.sop_uid: row for row in rows}
    report, kept, lacking = Dataset(), [], []
    for uid, sop_class in named.items():
        line = Dataset()
        line.ReferencedSOPClassUID, line.ReferencedSOPInstanceUID = sop_class, uid
        row = known.get(uid)
        if row is None or not archive.store().has(selectors.place_of(row.series.study, row)):
            line.FailureReason = _NOT_KEPT
        elif row.sop_class != sop_class:
            line.FailureReason = _OTHER_CLASS
        (lacking if "FailureReason" in line else kept).append(line)
    report.TransactionUID = asked.TransactionUID
    if kept:
        report.ReferencedSOPSequence = kept
    if lacking:
        report.FailedSOPSequence = lacking
    return report


def _tell_anew(report: Dataset, caller: Caller) -> bool:
    ae = AE(ae_title=TITLE)
    ae.add_requested_context(StorageCommitmentPushModel)
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = ae.connection_timeout = _CONNECT_SECONDS
    assoc = ae.associate(
        _address(caller), int(caller.port or 0), ae_title=caller.ae_title, ext_neg=[commitment_role()]
    )  # fmt: skip
    if not assoc.is_established:
        return False
    try:
        return _tell_on(assoc, report)
    finally:
        assoc.release()


def _tell_on(assoc: object | None, report: Dataset) -> bool:
    if assoc is None or not getattr(assoc, "is_established", False):
        return False
    kind = SOME_LACK if report.get("FailedSOPSequence") else ALL_KEPT
    try:
        status, _ = assoc.send_n_event_report(  # type: ignore[attr-defined]
            report, kind, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
        )
    except (RuntimeError, ValueError):
        return False
    return bool(status) and status.Status == DONE


def _address(caller: Caller) -> str:
    """Where a device listens; a network is no address."""
    if not (caller.host and caller.port):
        return ""
    network = ipaddress.ip_network(caller.host)
    return str(network.network_address) if network.num_addresses == 1 else ""


def _bytes(said: Dataset) -> bytes:
    out, meta = BytesIO(), FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    said.file_meta = meta
    dcmwrite(out, said, enforce_file_format=False)
    return out.getvalue()


def _data_set(kept: bytes) -> Dataset:
    return dcmread(BytesIO(kept), force=True)
