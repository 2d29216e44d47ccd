"""What an image says of itself, its examination and its person."""

import struct
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time

from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tongmai.commons.imaging import characters, header, part10
from tongmai.commons.imaging.archive import is_uid
from tongmai.kernel.months import REPORTING_ZONE

CHARSET, CLASS, NUMBER = 0x00080005, 0x00080016, 0x00080018
STUDY_DATE, STUDY_TIME = 0x00080020, 0x00080030
ACCESSION, MODALITY = 0x00080050, 0x00080060
STUDY_TEXT, SERIES_TEXT = 0x00081030, 0x0008103E
NAME, PATIENT, BORN, SEX = 0x00100010, 0x00100020, 0x00100030, 0x00100040
BODY_PART = 0x00180015
STUDY, SERIES, SERIES_NUMBER, IMAGE_NUMBER = 0x0020000D, 0x0020000E, 0x00200011, 0x00200013
SAMPLES, FRAMES, ROWS, COLUMNS, BITS = 0x00280002, 0x00280008, 0x00280010, 0x00280011, 0x00280100
PHOTOMETRIC = 0x00280004
WANTED = frozenset(
    {
        CHARSET, CLASS, NUMBER, STUDY_DATE, STUDY_TIME, ACCESSION, MODALITY, STUDY_TEXT, SERIES_TEXT, NAME, PATIENT, BORN,
        SEX, BODY_PART, STUDY, SERIES, SERIES_NUMBER, IMAGE_NUMBER, SAMPLES, FRAMES, ROWS, COLUMNS, BITS, PHOTOMETRIC,
    }
)  # fmt: skip
MOST_INFLATED = 2 << 30
_HALVED = "YBR_FULL_422"
_INTEGERS = 2_147_483_647


class Unusable(Exception):
    """No instance of a study: `reason` is a `Held.Reason`, `detail` says where it broke off."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Facts:
    """What one instance says, decoded."""

    sop_class: str
    sop_uid: str
    study_uid: str
    series_uid: str
    transfer_syntax: str
    charset: str
    modality: str
    accession: str
    patient_number: str
    patient_name: str  # as people write it
    patient_latin: str  # the alphabetic group
    patient_sex: str
    patient_born_on: date | None
    studied_at: datetime | None
    study_description: str
    series_description: str
    body_part: str
    series_number: int | None
    number: int | None
    n_rows: int
    n_columns: int
    n_frames: int
    is_repaired: bool
    is_doubtful: bool  # nobody knows in which characters its name is written


def read(data_set: bytes | memoryview, *, transfer_syntax: str, assumed_charset: str = "") -> Facts:
    """Return what a data set says.

    Raises:
        Unusable: it is no data set, not whole, or lacks the numbers by which images are kept.
    """
    found = _header(data_set, transfer_syntax)
    for tag in (CLASS, NUMBER, STUDY, SERIES):
        if not is_uid(found.text(tag)):
            raise Unusable("no-number", f"({tag >> 16:04X},{tag & 0xFFFF:04X})")
    frames = _integer(found.text(FRAMES)) or 1
    _check_pixels(found, frames)
    declared = found.text(CHARSET)
    text = {
        tag: characters.read(found.values.get(tag, b""), declared=declared, assumed=assumed_charset)
        for tag in (NAME, PATIENT, ACCESSION, STUDY_TEXT, SERIES_TEXT)
    }
    return Facts(
        sop_class=found.text(CLASS), sop_uid=found.text(NUMBER), study_uid=found.text(STUDY),
        series_uid=found.text(SERIES), transfer_syntax=transfer_syntax, charset=declared[:80],
        modality=found.text(MODALITY)[:16], accession=text[ACCESSION].said[:64],
        patient_number=text[PATIENT].said[:64], patient_name=characters.written_name(text[NAME].said)[:200],
        patient_latin=characters.latin_name(text[NAME].said)[:200], patient_sex=found.text(SEX)[:1],
        patient_born_on=_day(found.text(BORN)), studied_at=_instant(found.text(STUDY_DATE), found.text(STUDY_TIME)),
        study_description=text[STUDY_TEXT].said[:200], series_description=text[SERIES_TEXT].said[:200],
        body_part=found.text(BODY_PART)[:40], series_number=_integer(found.text(SERIES_NUMBER)),
        number=_integer(found.text(IMAGE_NUMBER)), n_rows=found.number(ROWS), n_columns=found.number(COLUMNS),
        n_frames=max(frames, 1), is_repaired=any(each.is_repaired for each in text.values()),
        is_doubtful=text[NAME].is_doubtful,
    )  # fmt: skip


def _header(data_set: bytes | memoryview, transfer_syntax: str) -> header.Header:
    try:
        return header.read(
            part10.inflated(data_set, transfer_syntax, most=MOST_INFLATED),
            is_implicit=transfer_syntax == ImplicitVRLittleEndian,
            is_big_endian=transfer_syntax == ExplicitVRBigEndian,
            wanted=WANTED,
        )
    except header.CutOff as error:
        raise Unusable("cut-off", f"byte {error.at}") from error
    except header.Broken as error:
        raise Unusable("unreadable", f"byte {error.at}") from error
    except (struct.error, zlib.error) as error:
        raise Unusable("unreadable", type(error).__name__) from error


def _check_pixels(found: header.Header, n_frames: int) -> None:
    """Pixel data that is shorter than the picture it should be."""
    n_pixels = found.number(ROWS) * found.number(COLUMNS)
    if not n_pixels or found.n_pixel_bytes is None:
        return
    if found.is_encapsulated:
        if found.n_fragments < n_frames and found.n_fragments != 1:
            raise Unusable("cut-off", f"{found.n_fragments} of {n_frames} frames")
        return
    bits = n_pixels * n_frames * max(found.number(SAMPLES), 1) * found.number(BITS)
    if found.text(PHOTOMETRIC) == _HALVED:
        bits = bits * 2 // 3
    if found.n_pixel_bytes < (bits + 7) // 8:
        raise Unusable("cut-off", f"{found.n_pixel_bytes} of {(bits + 7) // 8} bytes of pixels")


def _integer(text: str) -> int | None:
    digits = text.split("\\")[0].strip().removeprefix("+")
    if not digits.lstrip("-").isdecimal() or len(digits) > 12:
        return None
    number = int(digits)
    return number if abs(number) <= _INTEGERS else None


def _day(text: str) -> date | None:
    digits = text.replace(".", "").replace("-", "")
    try:
        return date.fromisoformat(digits[:8]) if digits[:8].isdecimal() else None
    except ValueError:
        return None


def _instant(day: str, at: str) -> datetime | None:
    on = _day(day)
    if on is None or on.year < 1900:
        return None
    digits = at.replace(":", "").split(".")[0].ljust(6, "0")[:6]
    try:
        moment = time.fromisoformat(digits)
    except ValueError:
        moment = time()
    return datetime.combine(on, moment, tzinfo=REPORTING_ZONE)
