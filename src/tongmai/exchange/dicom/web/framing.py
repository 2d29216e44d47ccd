"""What is read as an answer: parts of any kind, and the frames that an address names."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from tongmai.commons.imaging.opened import File
from tongmai.commons.imaging.pixels.errors import NoSuchFrame
from tongmai.exchange.dicom.web import accepting, multipart, reading
from tongmai.exchange.dicom.web.errors import WrongParameter


@dataclass(frozen=True)
class Answer:
    """`n_bytes`: None where that is known only at the end.  `body`: a list where all of it is at hand, else read as it is sent."""

    content_type: str
    n_bytes: int | None
    body: Iterable[bytes]


def frames(file: File, numbers: str, accept: str) -> Answer:
    """Return the frames whose numbers (from 1) stand in a list with commas.

    Raises:
        WrongParameter, NotAcceptable, NoPixels, NoSuchFrame, Truncated, Unreadable, NotFound.
    """
    wanted = numbers.split(",")
    if not all(each.isdecimal() and 0 < len(each) < 8 for each in wanted):
        raise WrongParameter(name="frames", value=numbers[:40])
    media, syntax = accepting.syntax_for(accept, file.transfer_syntax, of=accepting.OCTETS)
    kind = f"{media}; transfer-syntax={syntax}"
    parts = (multipart.Sent(kind, reading.frame(file, int(each), syntax)) for each in wanted)
    first = next(parts)  # what is wrong with it is said before anything is sent, and so are numbers that there are not
    if missing := [int(each) for each in wanted if not 1 <= int(each) <= file.n_frames]:
        raise NoSuchFrame(frame=missing[0], n_frames=file.n_frames)
    # One is what a viewer asks for, one after the other.
    return in_parts(media, [first]) if len(wanted) == 1 else in_parts(media, chain([first], parts))


def in_parts(media: str, parts: Iterable[multipart.Sent]) -> Answer:
    """Return parts as one answer, whose length is told where they are a list; else they are made while it is sent."""
    boundary = multipart.new_boundary()
    n_bytes = multipart.length(parts, boundary) if isinstance(parts, list) else None
    body = multipart.written(parts, boundary)
    is_small = n_bytes is not None and n_bytes <= reading.LARGE
    return Answer(multipart.related(media, boundary), n_bytes, list(body) if is_small else body)
