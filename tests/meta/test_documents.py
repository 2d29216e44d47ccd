"""What the documents name exists; decisions are numbered once; the glossary knows our words; generated pages are fresh."""

import re

import pytest
from django.apps import apps

from tests.meta.source import ROOT, name, repository_files, text
from tools import specs

DOCUMENTS = [p for p in repository_files() if p.suffix == ".md"]
PATH = re.compile(r"(?<![\w/.-])((?:src|docs|tests|tools|policies|config|bench)/[\w./-]+\w)")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_paths_in_documents_exist(path):
    gone = [m for m in PATH.findall(text(path)) if not _exists(m, path)]
    gone += [m for m in LINK.findall(text(path)) if not (path.parent / m).exists()]
    assert not gone, f"{name(path)} names {sorted(set(gone))}, which do not exist"


def _exists(mentioned, document):
    places = (ROOT, ROOT / "src" / "tongmai", document.parent)
    return any((place / mentioned).exists() or list(place.glob(mentioned + ".*")) for place in places)


def test_decisions_are_numbered_once_and_without_gaps():
    numbers = [int(p.name[:4]) for p in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_generated_documents_are_fresh():
    stale = [name(p) for p, wanted in specs.pages().items() if not p.is_file() or text(p) != wanted]
    assert not stale, "run `make spec`"


def test_glossary_explains_the_names_of_our_models():
    path = ROOT / "GLOSSARY.md"
    glossary = text(path).lower().replace("-", " ")
    words = {m.__name__ for m in apps.get_models() if m.__module__.startswith("tongmai.")}
    spoken = {word: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).lower() for word in words}
    unknown = sorted(word for word, said in spoken.items() if said not in glossary)
    assert not unknown, f"GLOSSARY.md does not explain {unknown}"
