"""What a device is answered (PS3.4 B.2.3), with a sentence in ASCII for its log."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A status and why."""

    status: int
    says: str = ""


STORED = Answer(0x0000)
NO_ROOM = Answer(0xA700, "Out of resources: no room to store, send again later")
BUSY = Answer(0xA701, "Out of resources: store not reachable, send again later")
ANSWERS = {
    "no-number": Answer(0xA900, "Data set does not match: UIDs missing or other than asked"),
    "not-dicom": Answer(0xC005, "Cannot understand: not DICOM; kept in quarantine"),
    "unreadable": Answer(0xC005, "Cannot understand: unreadable; kept in quarantine"),
    "cut-off": Answer(0xC004, "Cannot understand: cut off; kept in quarantine"),
    "too-big": Answer(0xA702, "Out of resources: too big"),
    "not-taken": Answer(0xC006, "Not taken by the archive, or altered there; kept in quarantine"),
    "other-content": Answer(0xC001, "Same SOP Instance UID, other content; kept in quarantine"),
    "other-person": Answer(0xC002, "Another patient in the same study; kept in quarantine"),
    "other-study": Answer(0xC003, "Series belongs to another study; kept in quarantine"),
}
