"""Which devices may connect, asked of the table every few seconds and not at every message."""

import hashlib
import ipaddress
import threading
import time
from dataclasses import dataclass
from uuid import UUID

from django.db import close_old_connections

from tongmai.commons.imaging.models import Device

REMEMBERED_SECONDS = 3.0


@dataclass(frozen=True)
class Caller:
    """A device as the listener needs it."""

    id: UUID
    ae_title: str
    org_id: UUID
    modalities: tuple[str, ...]
    host: str
    port: int | None
    certificate: str
    charset: str
    assumed_charset: str

    def is_at(self, address: str, certificate: bytes | None) -> bool:
        """Whether it may connect from there, with that TLS certificate."""
        if self.certificate and hashlib.sha256(certificate or b"").hexdigest() != self.certificate:
            return False
        if not self.host:
            return True
        here, network = ipaddress.ip_address(address), ipaddress.ip_network(self.host)
        mapped = getattr(here, "ipv4_mapped", None)
        return (mapped or here) in network


class Callers:
    """The devices by their AE titles."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._known: dict[str, Caller] = {}

    def of_title(self, title: str) -> Caller | None:
        """Return the device of this AE title that may connect."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._known = self._read()
                self._until = time.monotonic() + REMEMBERED_SECONDS
            return self._known.get(title.strip())

    def _read(self) -> dict[str, Caller]:
        try:
            return {row.ae_title: _caller(row) for row in Device.objects.filter(is_active=True)}
        finally:
            close_old_connections()  # the thread is the association's; one that only echoes asks nothing more


def _caller(row: Device) -> Caller:
    return Caller(
        id=row.id, ae_title=row.ae_title, org_id=row.org_id, modalities=tuple(row.modalities.split()), host=row.host,
        port=row.port, certificate=row.certificate, charset=row.charset, assumed_charset=row.assumed_charset,
    )  # fmt: skip


def caller_of(row: Device) -> Caller:
    """Return a device as the listener needs it."""
    return _caller(row)
