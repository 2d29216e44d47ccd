"""Documents are taken in while the program is killed again and again: none is lost, none is twice, none is half-written."""

import random
import time

import pytest

from tests.faults.test_intake import LATER
from tongmai.exchange.cda.tests.samples import attached, document, patient, section, structured, visit

pytestmark = [pytest.mark.database, pytest.mark.long]

N_DOCUMENTS, N_KILLS = 24, 8
# What a document consists of beside its own row, counted for each: said twice, or half, they would differ.
WRITTEN = """
SELECT d.number,
  (SELECT count(*) FROM results_documentsection s WHERE s.document_id = d.id),
  (SELECT count(*) FROM results_documentparticipant p WHERE p.document_id = d.id),
  (SELECT count(*) FROM results_documentbody b WHERE b.document_id = d.id)
FROM results_document d ORDER BY d.number"""
STATES = "SELECT state, count(*) FROM exchange_inboundmessage WHERE format = 'cda' GROUP BY state ORDER BY state"


def _documents(chance: random.Random) -> dict[str, bytes]:
    """Whole ones of several kinds, every fourth of them damaged."""
    from tongmai.commons.residents.tests.factories import citizen_id
    from tongmai.kernel.citizen_id import parse

    made = {}
    for n in range(N_DOCUMENTS):
        number = citizen_id(order=500 + n // 2)
        stated = parse(number)
        who = patient(
            f"C{n // 2:03}", "示例丙", number, f"{stated.born_on:%Y%m%d}", "1" if stated.sex == "male" else "2"
        )
        body = attached() if n % 3 == 0 else structured(section(), section(title="医嘱"))
        raw = document(
            f"K{n:03}", set_number=f"S{n:03}", who=who, body=body, encounter=visit(f"ZY{n:03}"), maker="示例县人民医院"
        )
        if n % 4 == 3:
            at = chance.randrange(len(raw))
            raw = raw[:at] + raw[at + chance.randrange(1, 200) :]
        made[f"{n:03}.xml"] = raw
    return made


def test_no_document_is_lost_or_half_written_when_its_reader_is_killed(installation):
    chance = random.Random(11)
    folder = installation.folder / "documents"
    folder.mkdir()
    for name, raw in _documents(chance).items():
        (folder / name).write_bytes(raw)
    for _ in range(N_KILLS):
        reader = installation.run("reader", "receive", str(folder))
        n_kept = _n_kept(installation)
        while reader.poll() is None and _n_kept(installation) == n_kept:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.08))  # somewhere between what it has kept and the end of the next one
        if reader.poll() is None:
            installation.kill("reader")
    assert installation.run("reader", "receive", str(folder)).wait(300) in (0, 1)
    installation.said("-c", LATER)
    states = dict(installation.rows(STATES))
    assert sum(states.values()) == N_DOCUMENTS, states
    assert not states.get("received"), "nothing that was kept waits for ever"
    assert states["done"] >= N_DOCUMENTS * 3 // 4
    written = installation.rows(WRITTEN)
    assert len(written) == states["done"] == len({number for number, *_ in written})
    assert {(sections, bodies) for _, sections, _, bodies in written} == {(2, 0), (0, 1)}
    assert all(participants for _, _, participants, _ in written)
    assert not installation.findings()
    installation.remove()


def _n_kept(installation) -> int:
    return sum(n for _state, n in installation.rows(STATES))
