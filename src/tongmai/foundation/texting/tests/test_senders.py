"""Each sender against the real thing: the terminal, a file, a gateway on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import override_settings

from tongmai.foundation.texting import senders
from tongmai.foundation.texting.senders import Console, File, Gateway, NotCarried, Refused
from tongmai.foundation.texting.wording import SIGN_IN_CODE

FACTS = {"name": "示*甲", "code": "123456", "minutes": "5"}
PHONE = "13900000000"


class Operator:
    """A gateway on this machine that answers as it is told and keeps what it got."""

    def __init__(self) -> None:
        self.status, self.answer, self.got, self.heads = 200, '{"code":"OK"}', [], []
        operator = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                operator.heads.append(dict(self.headers))
                operator.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(operator.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(operator.answer.encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def operator():
    made = Operator()
    yield made
    made.close()


def test_the_terminal_shows_the_code_and_hides_the_phone(capsys):
    Console().send(PHONE, SIGN_IN_CODE, FACTS)
    said = capsys.readouterr().out
    assert "123456" in said and "139****0000" in said and PHONE not in said


def test_the_file_gets_a_line_for_each_text(tmp_path):
    lines = tmp_path / "var" / "sms.jsonl"
    for _ in range(2):
        File(lines).send(PHONE, SIGN_IN_CODE, FACTS)
    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [row["facts"]["code"] for row in rows] == ["123456", "123456"] and rows[0]["phone"] == PHONE


def test_a_file_that_cannot_be_written_carries_nothing(tmp_path):
    (tmp_path / "sms.jsonl").mkdir()
    with pytest.raises(NotCarried):
        File(tmp_path / "sms.jsonl").send(PHONE, SIGN_IN_CODE, FACTS)


def test_the_gateway_gets_its_own_form_filled(operator):
    body = '{"Mobile": "{phone}", "Params": ["{code}", "{minutes}"], "Sign": "通脉 {name}", "Id": 7}'
    gateway = Gateway(operator.url, body=body, headers='{"Authorization": "key-1"}', accepted='"OK"')
    gateway.send(PHONE, SIGN_IN_CODE, FACTS)
    assert operator.got == [{"Mobile": PHONE, "Params": ["123456", "5"], "Sign": "通脉 示*甲", "Id": 7}]
    assert operator.heads[0]["Authorization"] == "key-1"


def test_a_value_with_marks_in_it_stays_a_value(operator):
    Gateway(operator.url).send(PHONE, SIGN_IN_CODE, FACTS | {"name": '{code}"'})
    assert operator.got[0]["phone"] == PHONE and '{code}"' in operator.got[0]["text"]


@pytest.mark.parametrize("status", [500, 503, 429, 401, 302])
def test_a_gateway_that_takes_nobodys_text_is_away(operator, status):
    operator.status = status
    with pytest.raises(NotCarried):
        Gateway(operator.url).send(PHONE, SIGN_IN_CODE, FACTS)
    assert len(operator.got) == 1, "it is not sent on elsewhere"


def test_a_text_that_is_not_taken_is_refused(operator):
    operator.answer = '{"code":"MOBILE_ILLEGAL"}'
    with pytest.raises(Refused):
        Gateway(operator.url, accepted='"OK"').send(PHONE, SIGN_IN_CODE, FACTS)
    operator.status = 400
    with pytest.raises(Refused):
        Gateway(operator.url).send(PHONE, SIGN_IN_CODE, FACTS)


def test_a_gateway_that_is_not_there_is_away(operator):
    operator.close()
    with pytest.raises(NotCarried):
        Gateway(operator.url).send(PHONE, SIGN_IN_CODE, FACTS)


@pytest.mark.parametrize(
    ("way", "kind", "is_trial"),
    [("", None, False), ("console", Console, True), ("file", File, True), ("https://sms.example/", Gateway, False)],
)
def test_the_setting_chooses(way, kind, is_trial):
    with override_settings(SMS=way):
        found = senders.sender()
        assert found is None if kind is None else isinstance(found, kind)
        assert senders.is_for_trial() is is_trial
