"""What becomes of one message that came over the network: kept, applied, answered."""

import ipaddress
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from tongmai.exchange.hl7v2 import acknowledging, reading
from tongmai.exchange.hl7v2.faults import Code, Fault, Location, UnreadableMessage
from tongmai.exchange.hl7v2.listening import Network, is_within
from tongmai.exchange.models import Channel, SourceSystem
from tongmai.exchange.services import answers, intake_worker, messages
from tongmai.foundation.orgs.actors import Actor
from tongmai.kernel.ids import new_id

log = logging.getLogger(__name__)

T = TypeVar("T")
_REMEMBERED_SECONDS = 10.0
_LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def handle(body: bytes, peer: str, is_whole: bool) -> bytes | None:
    """Keep a message, apply it where its system waits for that, and return the answer.

    None where the database is away: nothing is answered then, and the sender will send it again.
    """
    now = timezone.now()
    by = replace(Actor.system(now=now), channel="message", name="MLLP")
    if not is_whole:
        return _refusal(body, by)
    try:
        is_at_once = _waits_for_the_end(body)
        message, is_new = messages.keep(body, by=by, channel=Channel.MLLP, peer=peer, is_claimed=is_at_once)
        if is_new and is_at_once:
            message = intake_worker.apply(message, by=by)
        return answers.reply(message, now=now)
    except DatabaseError as error:
        log.error("a message was not answered: %s", type(error).__name__)
        return None
    finally:
        close_old_connections()  # as after a request: the thread may have nothing to do for long


class _Remembered(Generic[T]):
    """What is asked of the database once in a while, not for every message."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._until = 0.0

    def now(self) -> T:
        if time.monotonic() >= self._until:
            self._known = self._read()
            self._until = time.monotonic() + _REMEMBERED_SECONDS
        return self._known


class Allowed:
    """Who may connect: this machine, the networks that the operator names, and the addresses of the systems entered."""

    def __init__(self, networks: list[Network]) -> None:
        self._named = (*_LOOPBACK, *networks)
        self._entered = _Remembered(_entered)

    def __call__(self, address: str) -> bool:
        return is_within(address, self._named) or is_within(address, self._entered.now())


def _entered() -> list[Network]:
    rows = SourceSystem.objects.filter(is_active=True).exclude(address="").values_list("address", flat=True)
    return [ipaddress.ip_network(text) for text in rows]


def _answered_when_kept() -> set[tuple[str, str]]:
    rows = SourceSystem.objects.filter(answers_on=SourceSystem.AnswersOn.RECEIVED)
    return set(rows.values_list("application", "facility"))


_answering = _Remembered(_answered_when_kept)


def _waits_for_the_end(body: bytes) -> bool:
    systems = _answering.now()
    if not systems:
        return True
    fields = body[:1024].split(body[3:4]) if len(body) > 3 else []
    application, facility = (f.split(b"^")[0].decode("utf-8", "replace") for f in (*fields[2:4], b"", b"")[:2])
    return not {(application, facility), (application, "*")} & systems


def _refusal(body: bytes, by: Actor) -> bytes:
    """What is too long, or cut off, is not kept: nobody could do anything with it."""
    fault = Fault(Code.APPLICATION, Location("MSH"), "not-whole")
    try:
        read = reading.read(body.splitlines()[0])
    except (UnreadableMessage, IndexError):
        read = None
    text = acknowledging.write(ack="AR", control_id=new_id().hex[-20:], at=by.now, to=read, faults=[fault])
    return text.encode()
