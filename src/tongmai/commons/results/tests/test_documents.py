"""Documents with their parts: stored together, refused by the database where they are nonsense, shown only as our own HTML."""

import pytest
from django.db import IntegrityError, transaction

from tongmai.commons.residents.tests import factories as residents
from tongmai.commons.results import documents, narrative, presenters, services
from tongmai.commons.results.choices import Confidentiality, DocumentStatus, Part
from tongmai.commons.results.models import Document, DocumentParticipant, DocumentSection
from tongmai.foundation.orgs.actors import Actor
from tongmai.foundation.orgs.tests.factories import NOW
from tongmai.kernel.errors import NotFound

SYSTEM = Actor.system(now=NOW)
FACTS = {"number": "D1", "set_number": "S1", "title": "出院小结", "format": "cda", "status": "final"}
PARTS = {
    "participants": [{"part": "author", "name": "示例钱"}, {"part": "custodian", "org_name": "示例县人民医院"}],
    "sections": [{"depth": 0, "title": "主诉", "html": "<p>胸痛</p>"}],
    "body": {"media_type": "application/pdf", "content": b"%PDF-1.4"},
}


def store(world, her, **given):
    facts = FACTS | given.pop("facts", {})
    return services.store_document(her.id, org_id=world.lead.id, facts=facts, content=b"<x/>", by=SYSTEM, **given)


def test_a_document_is_stored_with_all_its_parts_or_not_at_all(world, her):
    row = store(world, her, text="胸痛", **PARTS)
    assert [p.part for p in documents.participants_of(row)] == ["author", "custodian"]
    assert [s.title for s in documents.sections_of(row)] == ["主诉"]
    assert documents.body_of(row).n_bytes == 8
    assert row.text == "胸痛"
    with pytest.raises(NotFound):
        store(world, residents.resident("示例邻"), replaces=row.id, **PARTS)
    assert (Document.objects.count(), DocumentSection.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "facts", [{"confidentiality": "secret"}, {"format": "floppy"}, {"status": "lost"}, {"title": ""}], ids=str
)
def test_the_database_refuses_a_document_that_is_none(world, her, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        store(world, her, facts=facts)


def test_the_database_refuses_parts_that_are_none(world, her):
    row = store(world, her, **PARTS)
    again = (
        DocumentParticipant(document=row, position=1, part="author"), DocumentParticipant(document=row, position=9, part="ghost"),
        DocumentSection(document=row, position=1, depth=0),
    )  # fmt: skip
    for each in again:
        with pytest.raises(IntegrityError), transaction.atomic():
            each.save()


def test_everything_has_its_words():
    assert set(presenters.PARTS) == set(Part)
    assert set(presenters.CONFIDENTIALITY_TAGS) == set(Confidentiality)
    assert set(presenters.DOCUMENT_TAGS) == set(DocumentStatus)


@pytest.mark.parametrize(
    "ours", ["", "<p>a</p>", '<td colspan="2">a</td>', '<span class="tm-muted">a</span><br>', "a &lt;b&gt;"]
)
def test_html_of_our_own_is_shown(ours):
    assert narrative.shown(ours) == ours


@pytest.mark.parametrize(
    "other",
    ["<script>x</script>", '<p onclick="x">a</p>', '<td colspan="x">a</td>', '<p class="btn">a</p>', "<!-- a -->", "<?x?>",
     "<!DOCTYPE x>", '<a href="x">a</a>', "<svg/>", '<p style="x">a</p>'],
)  # fmt: skip
def test_any_other_html_is_shown_as_text(other):
    shown = narrative.shown(other)
    assert shown.startswith("<p>&lt;")
    assert "<" not in shown.removeprefix("<p>").removesuffix("</p>")
