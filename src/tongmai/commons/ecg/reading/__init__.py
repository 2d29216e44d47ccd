"""Bytes of a device to a tracing.  Pure: numpy, pydicom and the standard library; what a file is, its bytes say."""

from tongmai.commons.ecg.flaws import Unreadable
from tongmai.commons.ecg.reading import aecg, dicom, muse, scp, tree, wfdb
from tongmai.commons.ecg.tracing import Tracing
from tongmai.kernel import xml

MOST_BYTES = 20 * 1024 * 1024


def read(content: bytes) -> Tracing:
    """Return the recording in `content`.

    Raises:
        Unreadable: it is none; the flaw says why, in words for whoever sent it.
    """
    if not content:
        raise Unreadable("empty")
    if len(content) > MOST_BYTES:
        raise Unreadable("too-large", most=MOST_BYTES // 1024 // 1024)
    if content[128:132] == b"DICM":
        return dicom.read(content)
    if scp.is_scp(content):
        return scp.read(content)
    if wfdb.is_packed(content):
        return wfdb.read(content)
    if xml.looks_like(content):
        root = tree.read(content)
        return muse.read(root) if muse.is_muse(root) else aecg.read(root)
    raise Unreadable("unknown")
