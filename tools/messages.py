"""Translations: Chinese is written in the sources, English stands in each app's `locale/en/LC_MESSAGES/django.po`.

python -m tools.messages extract   bring the .po files up to date with the sources; new ones are left empty
python -m tools.messages compile   make the .mo files that the product reads
python -m tools.messages check     fail where an English translation is missing, wrong or not asked for any more
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "tongmai"
UI = PACKAGE / "ui"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "N_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
JINJA = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
HEAD = """# English of {app}.  Filled by `python -m tools.messages extract`; translate here.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def apps() -> list[Path]:
    """Return the folders of the apps that have words of their own; kernel, policies and config speak through ui."""
    return sorted(path.parent for path in PACKAGE.rglob("apps.py") if path.parent.name != "config")


def home_of(path: Path) -> Path:
    """Return the app whose catalogue holds the words of the file `path`."""
    homes = set(apps())
    return next((folder for folder in path.parents if folder in homes), UI)


def sources() -> Iterator[tuple[Path, str]]:
    """Return every file with words, and how to read it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if not {"tests", "migrations", "static_root"} & set(path.parts):
            yield path, "python"
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        yield path, "jinja2.ext:babel_extract"


def wanted() -> dict[Path, Catalog]:
    """Return for each app what its sources say, without translations."""
    found = {app: Catalog(locale="en") for app in apps()}
    for path, method in sources():
        catalog = found[home_of(path)]
        options = JINJA if method.startswith("jinja2") else {}
        for _line, message, _comments, context in extract_from_file(method, str(path), KEYWORDS, (), options):
            if message and message != ("", ""):
                catalog.add(message, context=context)
    for path in sorted(PACKAGE.glob("policies/**/*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            found[UI].add(entry["title"])
    return found


def file_of(app: Path) -> Path:
    return app / "locale" / "en" / "LC_MESSAGES" / "django.po"


def written(app: Path) -> Catalog:
    """Return the app's translations as they stand."""
    path = file_of(app)
    if not path.is_file():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return pofile.read_po(file, locale="en", abort_invalid=True)


def extract() -> int:
    everywhere = [written(app) for app in apps()]
    for app, catalog in wanted().items():
        if not len(catalog):
            continue
        own = written(app)
        for message in catalog:
            if message.id:
                # What another app has said in English already need not be said twice.
                message.string = _kept(message, [own, *everywhere])
        file_of(app).parent.mkdir(parents=True, exist_ok=True)
        with file_of(app).open("wb") as file:
            file.write(HEAD.format(app=app.name).encode())
            pofile.write_po(file, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    return 0


def _kept(message, catalogs: list[Catalog]):
    found = (catalog.get(message.id, message.context) for catalog in catalogs)
    return next((each.string for each in found if each is not None and _is_said(each)), message.string)


def _is_said(message) -> bool:
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(forms)


def compile_all() -> int:
    for app in apps():
        if not file_of(app).is_file():
            continue
        with file_of(app).with_suffix(".mo").open("wb") as file:
            write_mo(file, written(app))
    return 0


def flaws() -> list[str]:
    """Return what is wrong with the translations, one line each."""
    found = []
    for app, catalog in wanted().items():
        have = written(app)
        where = file_of(app).relative_to(PACKAGE.parent.parent)
        for message in catalog:
            if message.id:
                found += [f"{where}: {flaw}" for flaw in _flaws_of(message, have)]
        asked = {(message.id, message.context) for message in catalog}
        found += [f"{where}: not asked for any more: {m.id!r}" for m in have if m.id and (m.id, m.context) not in asked]
    return found


def _flaws_of(message, have: Catalog) -> Iterator[str]:
    kept = have.get(message.id, message.context)
    if kept is None or not _is_said(kept):
        yield f"no English for {message.id!r}"
        return
    asked = _places(message.id if isinstance(message.id, str) else message.id[0])
    for form in kept.string if isinstance(kept.string, tuple | list) else [kept.string]:
        if _places(form) != asked:
            yield f"the places to fill differ: {message.id!r} and {form!r}"


def _places(text: str) -> set[str]:
    return {named or f"{{{braced}}}" for named, braced in PLACE.findall(text)}


def check() -> int:
    found = flaws()
    for line in found:
        print(line)
    print(f"{len(found)} flaws in the translations")
    return 1 if found else 0


if __name__ == "__main__":
    commands = {"extract": extract, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(f"usage: python -m tools.messages {'|'.join(commands)}")
    sys.exit(commands[sys.argv[1]]())
