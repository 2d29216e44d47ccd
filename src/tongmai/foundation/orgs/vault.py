"""What is kept of secrets: encrypted where they are needed again, else a keyed digest.  Keys follow from SECRET_KEY.

A new SECRET_KEY makes the second factors unreadable: their holders are then like those who lost theirs.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac


class Unreadable(Exception):
    """The secret was encrypted under another SECRET_KEY, or the row was changed."""


def sealed(secret: bytes) -> str:
    """Return `secret` encrypted."""
    return _fernet(settings.SECRET_KEY).encrypt(secret).decode()


def opened(kept: str) -> bytes:
    """Return what `sealed` encrypted.

    Raises:
        Unreadable: not under this key.
    """
    try:
        return _fernet(settings.SECRET_KEY).decrypt(kept.encode())
    except InvalidToken:
        raise Unreadable() from None


def keyed_digest(purpose: str, text: str) -> str:
    """Return 64 hex digits that tell nobody without the key what `text` was; each purpose has its own."""
    return salted_hmac(f"tongmai.{purpose}", text, algorithm="sha256").hexdigest()


def digest(token: str) -> str:
    """Return what is stored of an API token: tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache(maxsize=2)
def _fernet(secret_key: str) -> Fernet:
    derived = hashlib.sha256(b"tongmai.vault\x00" + secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(derived))
