"""Excel files from outside: how large one may be once it is unpacked, asked before anything is unpacked."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

MOST_UNPACKED_BYTES = 80 * 1024 * 1024  # of a form that people fill in; the import of registers has a limit of its own
MOST_PARTS = 500


def is_too_large(content: bytes, *, most_bytes: int = MOST_UNPACKED_BYTES) -> bool:
    """Whether the parts of an .xlsx say that they are larger than any sheet people fill in.

    A part that lies about its size breaks off with an error when it is read.  What is no zip is not judged here.
    """
    try:
        with ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
    except BadZipFile:
        return False
    return len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most_bytes
