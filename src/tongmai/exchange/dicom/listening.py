"""The listener: who may connect, what is spoken, and how much of it.

pynetdicom speaks the protocol.  Beside it stand here: the entry of devices as the only way in, limits (associations,
bytes of one message, seconds of silence), and a TLS handshake that holds nobody else up.  How an association is read stands
in `receiving_worker.py`.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.db import DatabaseError
from pydicom.uid import (
    AllTransferSyntaxes,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from pynetdicom import AE, AllStoragePresentationContexts, _config, evt
from pynetdicom.presentation import PresentationContext, build_context, build_role
from pynetdicom.sop_class import (
    ModalityPerformedProcedureStep,
    ModalityWorklistInformationFind,
    StorageCommitmentPushModel,
    Verification,
)
from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

from tongmai.commons.imaging.part10 import IMPLEMENTATION, VERSION
from tongmai.exchange.dicom import receiving_worker
from tongmai.exchange.dicom.calling import Caller, Callers
from tongmai.exchange.dicom.statuses import Answer
from tongmai.exchange.dicom.store_messages import Request

log = logging.getLogger(__name__)
TITLE = "TONGMAI"
_HANDSHAKE_SECONDS = 10
_PDU = 1 << 18
_PLAIN = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
_REFUSED, _UNKNOWN_CALLER = (1, 1, 3), "calling AE title not recognised"

# Its own log would hold names (identifiers of worklist queries); and formatting what nobody reads takes a third of the time.
_config.LOG_HANDLER_LEVEL = "none"
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Limits:
    """How much of the machine senders may take."""

    most_associations: int = 50
    most_bytes: int = 2 << 30  # of one message
    idle_seconds: float = 60.0


Handler = Callable[[evt.Event, Caller], Any]


@dataclass(frozen=True)
class Services:
    """Who answers what."""

    store: Callable[[Request, str, Caller], Answer]
    find: Handler
    create: Handler
    set: Handler
    act: Handler


def contexts() -> list[PresentationContext]:
    """Return what is spoken: every storage class in every transfer syntax, and the services beside."""
    last = (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian)
    ways = [
        ExplicitVRLittleEndian,
        *(each for each in AllTransferSyntaxes if each not in (*_PLAIN, *last)),
        ImplicitVRLittleEndian,
        *last,
    ]
    spoken = [build_context(str(each.abstract_syntax), ways) for each in AllStoragePresentationContexts]
    for uid in (
        Verification,
        ModalityWorklistInformationFind,
        ModalityPerformedProcedureStep,
        StorageCommitmentPushModel,
    ):
        spoken.append(build_context(uid, list(_PLAIN)))
    return spoken


class Listener:
    """The application entity with its server."""

    def __init__(self, services: Services, callers: Callers, limits: Limits = Limits(), *, title: str = TITLE) -> None:
        self._services = services
        self._callers = callers
        self._limits = limits
        self._ae = AE(ae_title=title)
        self._ae.implementation_class_uid = IMPLEMENTATION  # type: ignore[assignment]
        self._ae.implementation_version_name = VERSION
        self._ae.maximum_pdu_size = _PDU
        self._ae.maximum_associations = limits.most_associations
        self._ae.acse_timeout = self._ae.dimse_timeout = self._ae.network_timeout = limits.idle_seconds
        self._contexts = _Shared(contexts())

    def serve(self, listening: socket.socket, tls: ssl.SSLContext | None = None) -> "Server":
        """Answer on a socket that listens already, until the server is shut down."""
        server = Server(self._ae, listening, self._contexts, tls, self._handlers())
        server.store = lambda assoc, image, syntax: self._services.store(image, syntax, assoc.tongmai_caller)
        threading.Thread(target=server.serve_forever, name="dicom-listener", daemon=True).start()
        return server

    def _handlers(self) -> list[Any]:
        known = self._services
        return [
            (evt.EVT_REQUESTED, self._admit),
            (evt.EVT_C_ECHO, lambda event: 0x0000),
            (evt.EVT_C_FIND, lambda event: known.find(event, _caller(event))),
            (evt.EVT_N_CREATE, lambda event: known.create(event, _caller(event))),
            (evt.EVT_N_SET, lambda event: known.set(event, _caller(event))),
            (evt.EVT_N_ACTION, lambda event: known.act(event, _caller(event))),
        ]

    def _admit(self, event: evt.Event) -> None:
        """Only a device that is entered, from where it is entered."""
        assoc = event.assoc
        title = str(assoc.requestor.primitive.calling_ae_title).strip()
        try:
            caller = self._callers.of_title(title)
        except DatabaseError as error:
            log.error("refused a device: %s", type(error).__name__)
            caller = None
        raw = assoc.dul.socket.socket
        shown = raw.getpeercert(binary_form=True) if isinstance(raw, ssl.SSLSocket) else None
        if caller is None or not caller.is_at(assoc.requestor.address, shown):
            log.warning("refused %r from %s: not a device that is entered", title, assoc.requestor.address)
            assoc.acse.send_reject(*_REFUSED)
            assoc.is_rejected = True
            assoc.kill()
            return
        assoc.tongmai_caller = caller
        assoc.tongmai_most = self._limits.most_bytes


def _caller(event: evt.Event) -> Caller:
    return cast(Caller, event.assoc.tongmai_caller)


class _Shared(list[PresentationContext]):
    """Contexts that no association changes: copying eight thousand of them takes longer than a chest film."""

    def __deepcopy__(self, memo: object) -> "_Shared":
        return self


class Server(ThreadedAssociationServer):
    """Answers on a socket that was bound before, so that several processes can share it."""

    daemon_threads = True
    store: receiving_worker.Store

    def __init__(
        self,
        ae: AE,
        listening: socket.socket,
        spoken: list[PresentationContext],
        tls: ssl.SSLContext | None,
        handlers: Any,
    ) -> None:
        self._listening = listening
        super().__init__(ae, listening.getsockname(), ae.ae_title, spoken, tls, handlers, _Request)
        ae._servers.append(self)

    def server_bind(self) -> None:
        """Take the bound socket in place of an own one."""
        assert self.socket is not None
        self.socket.close()
        self.socket = self._listening
        self.socket.setblocking(False)  # two processes see one connection, and one of them gets it
        self.server_address = self.socket.getsockname()

    def server_activate(self) -> None:
        """It listens already."""

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept; the handshake of TLS is made by the thread of the connection."""
        assert self.socket is not None
        client, address = self.socket.accept()
        client.settimeout(self.ae.network_timeout)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.ssl_context:
            client = self.ssl_context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        return client, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say it in one line; a failed handshake is nothing to trace."""
        log.info("a connection from %s ended before it was an association", client_address[0])


class _Request(RequestHandler):
    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            patience = self.request.gettimeout()
            self.request.settimeout(_HANDSHAKE_SECONDS)
            self.request.do_handshake()
            self.request.settimeout(patience)

    def _create_association(self) -> Any:
        assoc = super()._create_association()
        receiving_worker.take_over(assoc, self.server.store)  # type: ignore[attr-defined]
        return assoc


def commitment_role() -> Any:
    """Return the role in which we tell a device on an association of ours what is kept."""
    return build_role(StorageCommitmentPushModel, scp_role=True)
