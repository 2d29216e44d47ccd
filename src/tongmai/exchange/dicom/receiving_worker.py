"""How what a device sends is read from its association: by one thread that sleeps until something comes.

pynetdicom looks every millisecond whether something came, copies each piece of an image five times, and hands the image
from thread to thread; that took three times as long as storing it.  Here the thread of the connection waits for its
socket (or to be woken), puts pieces into one buffer, and answers an image itself: its device waits for that answer anyway.
All the rest goes pynetdicom's own way.
"""

import contextlib
import logging
import queue
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from pynetdicom.association import Association
from pynetdicom.dul import DULServiceProvider
from pynetdicom.pdu_primitives import P_DATA
from pynetdicom.transport import AssociationSocket

from tongmai.exchange.dicom.statuses import Answer
from tongmai.exchange.dicom.store_messages import Request, request, response

log = logging.getLogger(__name__)
MOST_OF_PDU = 16 << 20  # we ask for far less; nobody makes us hold gigabytes before we know who it is
_REST_SECONDS = 0.1
_DATA, _HEAD = 4, 6
_INVALID, _CLOSED = "Evt19", "Evt17"
_IS_COMMAND, _IS_LAST = 1, 2
_READY_SECONDS = 5.0
_ABORT = bytes((7, 0, 0, 0, 0, 4, 0, 0, 2, 0))
Store = Callable[[Association, Request, str], Answer]


def take_over(assoc: Association, store: Store) -> None:
    """Let an association that was just made be read in our way; it has not begun yet.

    `store` is given each image with its transfer syntax, and returns what the device is answered.
    """
    assert assoc.dul.socket is not None
    assoc.__class__, assoc.dul.__class__, assoc.dul.socket.__class__ = Spoken, Reactor, Socket
    assoc.tongmai_work = threading.Event()  # type: ignore[attr-defined]
    assoc.tongmai_most = 0  # type: ignore[attr-defined]
    assoc._reactor_checkpoint = _Checkpoint(assoc.tongmai_work)  # type: ignore[attr-defined]
    assoc.dimse.msg_queue = _Inbox(assoc.tongmai_work)  # type: ignore[attr-defined]
    assoc.dul.begin(store)  # type: ignore[attr-defined]


class Spoken(Association):
    """An association; its own thread negotiates, and answers what is no image.  `tongmai_most`: bytes of one message."""

    def run(self) -> None:
        """Run the reactor of this class, and not that of the class it was made with."""
        self.run_reactor()


class _Checkpoint(threading.Event):
    """Where the thread of an association stands still while there is nothing to do for it."""

    def __init__(self, work: threading.Event) -> None:
        super().__init__()
        self._work = work
        self.set()

    def wait(self, timeout: float | None = None) -> bool:
        while True:
            super().wait(timeout)
            self._work.wait(_REST_SECONDS)
            if self.is_set():
                self._work.clear()
                return True


class _Inbox(queue.Queue):
    """Messages for the thread of an association, which is told that one has come."""

    def __init__(self, work: threading.Event) -> None:
        super().__init__()
        self._work = work

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        self._work.set()


class Reactor(DULServiceProvider):
    """The thread of a connection."""

    def begin(self, store: Store) -> None:
        """Make what wakes it."""
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._store = store
        self._n_bytes = 0
        self._command = b""
        self._image: Request | None = None

    def run(self) -> None:
        """Run until the connection is over."""
        try:
            self.run_reactor()
        finally:
            self.assoc.tongmai_work.set()  # type: ignore[attr-defined]
            self._woken.close()
            self._waker.close()

    def run_reactor(self) -> None:
        """Send what is to be sent, read what came, do what follows from it; else sleep."""
        self._idle_timer.start()
        self.assoc._dul_ready.set()
        while not self._kill_thread:
            if self.artim_timer.expired:
                self.event_queue.put("Evt18")
            try:
                if not self._process_recv_primitive() and self._is_transport_event():
                    self._idle_timer.restart()
            except Exception as error:  # whatever came in, it ends this association only
                log.warning("ended an association: %s", type(error).__name__)
                self._break_off()
            try:
                event = self.event_queue.get(block=False)
            except queue.Empty:
                if self.to_provider_queue.empty():  # else it is an answer of ours
                    self._rest()
                continue
            self.state_machine.do_action(event)
            self._release_if_nothing_was_asked()
            self.assoc.tongmai_work.set()  # type: ignore[attr-defined]

    def _release_if_nothing_was_asked(self) -> None:
        """Who went before asking for an association gives its place back at once, and not when the silence is over."""
        is_over = self.state_machine.current_state == "Sta1"
        if is_over and self.assoc.requestor.primitive is None and self.to_user_queue.empty():
            self.to_user_queue.put(None)  # what the association's thread would get when it has waited in vain

    def send_pdu(self, primitive: Any) -> None:
        """Send; from another thread, wake this one."""
        super().send_pdu(primitive)
        if threading.current_thread() is not self:
            self._wake()

    def stop_dul(self) -> bool:
        """End where the connection is over."""
        if self.state_machine.current_state == "Sta1":
            self._kill_thread = True
            self._wake()
        return super().stop_dul()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # it is awake (the pipe is full), or has ended
            self._waker.send(b"\0")

    def _break_off(self) -> None:
        """Tell the other side that it is over, and close."""
        if self.socket is not None and self.socket.socket is not None:
            self.socket.send(_ABORT)
            self.socket.close()

    def _rest(self) -> None:
        held = self.socket.socket if self.socket else None
        try:
            ready, _, _ = select.select([each for each in (self._woken, held) if each], [], [], _REST_SECONDS)
            if self._woken in ready:
                self._woken.recv(4096)
        except (OSError, ValueError):  # closed meanwhile
            time.sleep(0.001)

    def _read_pdu_data(self) -> None:
        """Read a unit.  Data of a message are put together here, what else there is goes pynetdicom's way."""
        assert isinstance(self.socket, Socket)
        if self.state_machine.current_state != "Sta6":
            super()._read_pdu_data()
            return
        try:
            head = self.socket.recv(_HEAD)
            if len(head) < _HEAD or head[0] != _DATA:
                self.socket.unread(head)
                super()._read_pdu_data()
                return
            n = int.from_bytes(head[2:], "big")
            body = self.socket.recv(n)
        except OSError:
            self.event_queue.put(_CLOSED)
            return
        if len(body) < n:
            self.event_queue.put(_CLOSED)
        elif not self._take(body):
            self.event_queue.put(_INVALID)

    def _take(self, body: bytearray) -> bool:
        """Put the pieces of a unit to the message that they belong to; False where they make no sense, or are too much."""
        view, at = memoryview(body), 0
        if self._image is None and self.assoc.dimse.message is None and not self._command:
            self._n_bytes = 0
        self._n_bytes += len(body)
        if self._n_bytes > self.assoc.tongmai_most:  # type: ignore[attr-defined]
            log.warning("ended an association of %s: a message is too long", self.assoc.requestor.address)
            return False
        while at < len(body):
            n = int.from_bytes(view[at : at + 4], "big")
            ends = at + 4 + n
            if n < 2 or ends > len(body):
                return False
            self._piece(body[at + 4], body[at + 5], view[at + 6 : ends])
            at = ends
        return True

    def _piece(self, context_id: int, control: int, piece: memoryview) -> None:
        if control & _IS_COMMAND:
            self._command += piece
            if control & _IS_LAST:
                whole, self._command = self._command, b""
                self._image = request(whole, context_id)
                if self._image is None:
                    self._pass_on(context_id, control, whole)
        elif self._image is None:
            self._pass_on(context_id, control, piece)
        else:
            self._image.data_set.write(piece)
            if control & _IS_LAST:
                image, self._image = self._image, None
                self._answer(image)

    def _pass_on(self, context_id: int, control: int, piece: bytes | memoryview) -> None:
        """Let pynetdicom take what is no image."""
        said = P_DATA()
        said.presentation_data_value_list = [[context_id, bytes((control,)) + piece]]
        self.assoc.dimse.receive_primitive(said)

    def _answer(self, image: Request) -> None:
        """Store an image and send what became of it.  Its association is being made ready still if it was very quick."""
        until = time.monotonic() + _READY_SECONDS
        while not self.assoc.is_established and time.monotonic() < until and not self._kill_thread:
            time.sleep(0.001)
        context = self.assoc._accepted_cx.get(image.context_id)
        if context is None:
            raise LookupError("a context that was not agreed on")
        self._idle_timer.stop()  # its device is silent because it waits for us
        said = self._store(self.assoc, image, str(context.as_tuple.transfer_syntax))
        self._idle_timer.start()
        if self.assoc.is_established and self.socket is not None:
            self.socket.send(response(image, said))


class Socket(AssociationSocket):
    """Reads what is asked for into one buffer; is closed also when the other side is gone already."""

    _unread = b""

    def unread(self, head: bytes | bytearray) -> None:
        """Let the next reader find these bytes again."""
        self._unread = bytes(head)

    def recv(self, nr_bytes: int) -> bytearray:
        """Return so many bytes, or what came until the other side closed.  Raises OSError."""
        assert self.socket is not None
        if nr_bytes > MOST_OF_PDU:
            raise OSError("a unit that is longer than any that is allowed")
        found = bytearray(nr_bytes)
        n = len(self._unread)
        found[:n], self._unread = self._unread, b""
        view = memoryview(found)
        while n < nr_bytes:
            n_read = self.socket.recv_into(view[n:])
            if not n_read:
                view.release()
                del found[n:]
                return found
            n += n_read
        view.release()
        return found

    def _shutdown_socket(self) -> None:
        held = self.socket
        super()._shutdown_socket()
        if held is not None:
            held.close()
