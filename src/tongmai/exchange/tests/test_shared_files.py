"""Every message of the reference folder is applied, held or refused with a place; the manual says how many."""

from tongmai.exchange.models import InboundMessage, MessageFault
from tools import received


def test_every_file_ends_somewhere_and_the_manual_says_where(db, shared_data):
    text = received.table(shared_data / "hl7v2")
    assert not MessageFault.objects.filter(what="crashed").exists()
    assert not InboundMessage.objects.exists(), "each file is tried by itself and taken back"
    said = received.PAGE.read_text(encoding="utf-8")
    assert received.put(said, text) == said, "run `python -m tools.received FOLDER`"
