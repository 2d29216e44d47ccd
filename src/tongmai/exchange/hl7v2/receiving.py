"""Files of messages and documents: each is taken in by itself, so that one bad file keeps no other from its referral."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tongmai.exchange import formats, wording
from tongmai.exchange.models import InboundMessage, OutboundMessage
from tongmai.exchange.services import answers, messages
from tongmai.exchange.states import MessageState
from tongmai.foundation.orgs.actors import Actor

_OUR_ANSWERS = (".RRI.", ".ACK.")


@dataclass(frozen=True)
class Outcome:
    """What became of one file.  `state`: done, held, rejected, or unread where the file could not be opened."""

    file: str
    state: str
    message_id: str = ""
    control_id: str = ""
    referral_id: str = ""
    is_repeated: bool = False
    faults: tuple[dict[str, str], ...] = ()
    answers: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the plain form, for programs."""
        return asdict(self)


def receive(paths: Iterable[Path], by: Actor, *, out: Path | None = None, again: bool = False) -> Iterator[Outcome]:
    """Take in each file and yield what became of it.  Answers go to `out`, else beside the file.

    A folder stands for the messages (.hl7) and documents (.xml) in it.  What was received before is not done again; its answer is written again.
    With `again` one that is held is tried once more, e.g. after its names were mapped.
    """
    for path in files_of(paths):
        yield _receive(path, by, (out or path.parent).resolve(), again=again)


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are meant; our own answers in a folder are not taken for messages."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if _is_taken(p))
        else:
            found.append(path)
    return found


def _is_taken(path: Path) -> bool:
    return path.suffix.lower().lstrip(".") in formats.ENDINGS and not any(part in path.name for part in _OUR_ANSWERS)


def _receive(path: Path, by: Actor, folder: Path, *, again: bool) -> Outcome:
    try:
        if path.stat().st_size > formats.MOST_BYTES:
            return _unread(path, f"文件超过 {formats.MOST_BYTES // 1024 // 1024} MB")
        raw = path.read_bytes()
    except OSError as error:
        return _unread(path, f"无法读取：{error.strerror or error}")
    message, is_new = messages.take_in(raw, by=by, file_name=path.name, answer_folder=str(folder))
    if not is_new and again and message.state == MessageState.HELD:
        message = messages.try_again(message_id=message.id, by=by)
    elif not is_new:
        message.answers.update(state=OutboundMessage.State.PENDING)
        answers.write_pending(by)
    return _outcome(path, message, is_new=is_new)


def _unread(path: Path, problem: str) -> Outcome:
    return Outcome(
        str(path), "unread", faults=({"code": "", "location": "", "what": "unread", "problem": problem, "remedy": ""},)
    )


def _outcome(path: Path, message: InboundMessage, *, is_new: bool) -> Outcome:
    written = [str(Path(message.answer_folder) / row.file_name) for row in message.answers.all()]
    return Outcome(
        file=str(path),
        state=message.state,
        message_id=str(message.id),
        control_id=message.control_id,
        referral_id=str(message.referral_id or ""),
        is_repeated=not is_new,
        faults=tuple(_faults(message)),
        answers=tuple(written),
    )


def _faults(message: InboundMessage) -> Iterator[dict[str, str]]:
    for fault in message.faults.filter(n_try=message.n_tries):
        problem, remedy = wording.said(wording.MESSAGES, fault.what, fault.facts)
        said = {"what": fault.what, "problem": problem, "remedy": remedy}
        yield {"code": fault.code, "location": fault.location} | said
