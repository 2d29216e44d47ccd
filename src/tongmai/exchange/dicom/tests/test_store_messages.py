"""C-STORE as bytes, against pynetdicom's own reading and writing of the same message."""

from io import BytesIO

import pytest
from pynetdicom import dimse_messages, pdu
from pynetdicom.dimse_primitives import C_ECHO, C_STORE
from pynetdicom.dsutils import encode

from tongmai.exchange.dicom.statuses import ANSWERS, STORED
from tongmai.exchange.dicom.store_messages import Request, request, response

CLASS, NUMBER = "1.2.840.10008.5.1.4.1.1.2", "1.2.3.4.5"


def command_of(primitive, kind):
    message = kind()
    message.primitive_to_message(primitive)
    return encode(message.command_set, True, True)


def store_request():
    said = C_STORE()
    said.MessageID, said.Priority = 7, 2
    said.AffectedSOPClassUID, said.AffectedSOPInstanceUID = CLASS, NUMBER
    said.DataSet = BytesIO(b"some")
    return command_of(said, dimse_messages.C_STORE_RQ)


def test_a_request_is_read_as_it_was_meant():
    found = request(store_request(), 3)
    assert (found.number, found.sop_class, found.sop_uid, found.context_id) == (7, CLASS, NUMBER, 3)


def test_what_is_no_store_request_is_left_to_others():
    echo = C_ECHO()
    echo.MessageID = 1
    assert request(command_of(echo, dimse_messages.C_ECHO_RQ), 1) is None
    assert request(b"", 1) is None


@pytest.mark.parametrize("n", range(0, 90, 7))
def test_half_a_command_is_none(n):
    assert request(store_request()[:n], 1) is None


@pytest.mark.parametrize("said", [STORED, ANSWERS["cut-off"], ANSWERS["other-content"]])
def test_a_response_says_what_pynetdicom_reads(said):
    unit = pdu.P_DATA_TF()
    unit.decode(response(Request(7, CLASS, NUMBER, 3), said))
    message = dimse_messages.DIMSEMessage()
    assert message.decode_msg(unit.to_primitive())
    found = message.message_to_primitive()
    assert (found.MessageIDBeingRespondedTo, found.Status) == (7, said.status)
    assert (found.AffectedSOPClassUID, found.AffectedSOPInstanceUID) == (CLASS, NUMBER)
    assert (found.ErrorComment or "") == said.says[:64]
