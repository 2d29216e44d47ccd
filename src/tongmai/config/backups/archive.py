"""The file of a backup: how it is written, and how it is trusted."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

FORMAT = 1
SUFFIX = ".backup"
PIECE = 1 << 20
_MANIFEST = "manifest.json"
_DIGEST_CHARACTERS = 64


class Unusable(Exception):
    """The backup, or the place where it should go, cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.  `rows`: by table; `migrations`: `app.name`; `seal`: the end of the chain, or blank.

    `seal_key` is a fingerprint: with another key the seals of the restored database could not be checked.
    """

    product_version: str
    made_at: str
    database: str  # sqlite | postgresql
    written_by: str
    member: str
    sha256: str
    n_bytes: int
    seal: str
    seal_key: str
    migrations: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """Writes the one big member in pieces, then the manifest, then the digest of everything."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digest = hashlib.sha256()
        self.n_bytes = 0

    def write(self, pieces: Iterable[bytes], *, member: str, is_compressed: bool) -> None:
        """Write the copy of the database.  One that is compressed already is stored as it is."""
        how = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
        with (
            zipfile.ZipFile(self.path, "w", how, compresslevel=None if is_compressed else 3) as book,
            book.open(member, "w", force_zip64=True) as out,
        ):
            for piece in pieces:
                self._digest.update(piece)
                self.n_bytes += len(piece)
                out.write(piece)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and close the file with its digest."""
        with zipfile.ZipFile(self.path, "a", zipfile.ZIP_DEFLATED) as book:
            book.writestr(_MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
            book.comment = b"0" * _DIGEST_CHARACTERS
        with self.path.open("r+b") as file:
            file.seek(-_DIGEST_CHARACTERS, os.SEEK_END)
            end = file.tell()
            file.seek(0)
            digest = _digest_of(file, end)
            file.seek(end)
            file.write(digest.encode())
            file.flush()
            os.fsync(file.fileno())


def read(path: Path) -> Manifest:
    """Return the manifest of the backup at `path`, after every byte of the file was compared with its digest.

    Raises:
        Unusable: no such file, no backup, or not the bytes that were written.
    """
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            end = file.tell() - _DIGEST_CHARACTERS
            if end <= 0:
                raise Unusable(f"{path} is no backup of Tongmai")
            file.seek(end)
            noted = file.read()
            file.seek(0)
            if _digest_of(file, end).encode() != noted:
                raise Unusable(f"{path} is damaged or was changed: its SHA-256 is not the one it ends with")
        with zipfile.ZipFile(path) as book:
            said = json.loads(book.read(_MANIFEST))
        if said["format"] > FORMAT:
            raise Unusable(f"{path} was written by a newer version, {said['product_version']}: restore it with that")
        return Manifest(**said)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from None
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError):
        raise Unusable(f"{path} is no backup of Tongmai") from None


@contextmanager
def opened(path: Path, manifest: Manifest) -> Iterator[IO[bytes]]:
    """Open the copy of the database inside the backup."""
    with zipfile.ZipFile(path) as book, book.open(manifest.member) as stream:
        yield stream


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the stream in pieces of a mebibyte."""
    while piece := stream.read(PIECE):
        yield piece


def checked(stream: IO[bytes], manifest: Manifest) -> Iterator[bytes]:
    """Yield the copy in pieces; at its end compare its digest with the manifest.

    Raises:
        Unusable: it is not what was backed up.
    """
    digest = hashlib.sha256()
    for piece in pieces(stream):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != manifest.sha256:
        raise Unusable("the copy of the database inside is not the one that the manifest describes")


def _digest_of(file: IO[bytes], end: int) -> str:
    digest, left = hashlib.sha256(), end
    while left:
        piece = file.read(min(PIECE, left))
        if not piece:
            break
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()
