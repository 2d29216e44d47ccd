"""Bodies whose length nobody says beforehand, at a server that really runs: so a PACS sends images (RFC 9112, 7.1)."""

import pytest

from tongmai.commons.imaging import phantom
from tongmai.foundation.orgs.roles import Role

pytestmark = pytest.mark.database
OF = phantom.Of(name="示例甲", latin="Shilijia", number="R1", sex="F", order_number="340199Z0001")


def test_a_pacs_brings_a_study_in_pieces(served, orthanc):
    for content in phantom.ct(OF, n_slices=3, size=64):
        sent = orthanc.ask("POST", "/instances", content)
    heads = {"Authorization": f"Bearer {served.county['tokens'][Role.TECHNICIAN]}"}
    ours = {"Url": f"http://127.0.0.1:{served.port}/dicom-web/", "HttpHeaders": heads, "ChunkedTransfers": True}
    orthanc.ask("PUT", "/dicom-web/servers/tongmai", ours)
    orthanc.ask("POST", "/dicom-web/servers/tongmai/stow", {"Resources": [sent["ParentStudy"]], "Synchronous": True})
    assert served.rows("SELECT count(*) FROM imaging_instance") == [(3,)]


def test_who_breaks_off_in_the_middle_or_is_nobody_leaves_nothing(served):
    before = served.rows("SELECT count(*) FROM imaging_instance")
    film = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + phantom.chest(OF, n_rows=64, n_columns=64)
    ended = film + b"\r\n--x--\r\n"
    technician = {"Authorization": f"Bearer {served.county['tokens'][Role.TECHNICIAN]}"}
    for pieces, heads, answers in ((film, technician, {422}), (ended, {}, {403, None}), (b"", technician, {422})):
        assert _sent(served, pieces, heads) in answers
    assert served.rows("SELECT count(*) FROM imaging_instance") == before


def _sent(at, body: bytes, heads: dict[str, str]) -> int | None:
    """Return the status; None where the server ended the connection before it had read the body, as it does with nobody's."""
    pieces = (body[begin : begin + 1000] for begin in range(0, len(body), 1000))
    kind = 'multipart/related; type="application/dicom"; boundary=x'
    try:
        return at.ask("POST", "/dicom-web/studies", pieces, Content_Type=kind, **heads).status
    except ConnectionError:
        return None
