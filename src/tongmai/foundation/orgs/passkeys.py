"""Passkeys: the two questions to the browser, and what its answers are worth.  No database, no session.

The place is the host name as the browser sees it: a passkey made for one answers no other.  Browsers know none for an
address of digits, and none without HTTPS except on `localhost`.
"""

import ipaddress
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

NAME = "Tongmai"
# What the library's parsers let through of an answer that has no shape.
_SHAPELESS = (ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError, struct.error)


class NotProven(Exception):
    """The browser's answer proves nothing: another question, another place, no such key, a copy of a key."""


@dataclass(frozen=True)
class Place:
    """Where the browser is, e.g. https and tongmai.example:8443."""

    scheme: str
    host: str

    @property
    def domain(self) -> str:
        """The host without its port."""
        return self.host.rsplit(":", 1)[0] if ":" in self.host and not self.host.endswith("]") else self.host

    @property
    def has_passkeys(self) -> bool:
        """Whether a browser makes passkeys for this place."""
        try:
            ipaddress.ip_address(self.domain.strip("[]"))
        except ValueError:
            return self.scheme == "https" or self.domain == "localhost"
        return False


@dataclass(frozen=True)
class Made:
    """A passkey that was just made: `public` is kept, `credential_id` finds it again."""

    credential_id: str
    public: bytes
    sign_count: int


@dataclass(frozen=True)
class Used:
    credential_id: str
    sign_count: int


def ask_to_make(place: Place, *, user_id: bytes, name: str, existing: Sequence[bytes]) -> tuple[str, dict[str, Any]]:
    """Return the question that makes a passkey (JSON for the browser) and what to remember until the answer."""
    options, state = _server(place).register_begin(
        PublicKeyCredentialUserEntity(id=user_id, name=name, display_name=name),
        credentials=[AttestedCredentialData(public) for public in existing],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return json.dumps(dict(options)["publicKey"], default=_plain), _kept(state)


def made(place: Place, state: dict[str, Any], answer: str) -> Made:
    """Return the passkey in the browser's answer.

    Raises:
        NotProven: it does not answer this question, or was given at another place.
    """
    try:
        data = _server(place).register_complete(state, json.loads(answer)).credential_data
    except _SHAPELESS as flaw:
        raise NotProven(str(flaw)) from None
    if data is None:
        raise NotProven("no key")
    return Made(websafe_encode(data.credential_id), bytes(data), 0)


def ask_to_prove(place: Place, *, existing: Sequence[bytes]) -> tuple[str, dict[str, Any]]:
    """Return the question that one of the `existing` passkeys answers, and what to remember until then."""
    options, state = _server(place).authenticate_begin(
        [AttestedCredentialData(public) for public in existing], user_verification=UserVerificationRequirement.PREFERRED
    )
    return json.dumps(dict(options)["publicKey"], default=_plain), _kept(state)


def proven(place: Place, state: dict[str, Any], answer: str, *, existing: Sequence[bytes]) -> Used:
    """Return which passkey answered, and how often it has been used by its own count.

    Raises:
        NotProven: none of these, another question, another place, or a wrong signature.
    """
    keys = [AttestedCredentialData(public) for public in existing]
    try:
        given = json.loads(answer)
        key = _server(place).authenticate_complete(state, keys, given)
        count = AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except _SHAPELESS as flaw:
        raise NotProven(str(flaw)) from None
    return Used(websafe_encode(key.credential_id), count)


def _server(place: Place) -> Fido2Server:
    origin = f"{place.scheme}://{place.host}"
    entity = PublicKeyCredentialRpEntity(id=place.domain, name=NAME)
    return Fido2Server(entity, verify_origin=lambda given: given == origin)


def _kept(state: dict[str, Any]) -> dict[str, Any]:
    return {name: str(getattr(value, "value", value)) for name, value in state.items()}


def _plain(value: Any) -> Any:
    return websafe_encode(value) if isinstance(value, bytes) else dict(value)
