"""The data types of CDA as our own: identifiers, codes, instants, names, addresses.  Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from tongmai.exchange.hl7v2 import instants
from tongmai.exchange.hl7v2.person_in import whole_name
from tongmai.kernel.text import is_chinese
from tongmai.kernel.xml import Element

_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?")
_FRACTION = re.compile(r"\.\d+")
_NAME_PARTS = ("family", "given")
# From the whole to the part, the Chinese way.
_PLACES = ("state", "city", "county", "township", "streetName", "houseNumber", "streetAddressLine")


@dataclass(frozen=True)
class Identifier:
    """An identifier (II): `root` says whose, `extension` which; a UUID stands in the root alone."""

    root: str
    extension: str

    @property
    def number(self) -> str:
        """The number itself."""
        return self.extension or self.root

    def __str__(self) -> str:
        """Return it as HL7 v2 would: root^extension."""
        return f"{self.root}^{self.extension}" if self.root and self.extension else self.number


@dataclass(frozen=True)
class Coded:
    """A coded value; `name` is what the document calls it."""

    code: str
    system: str
    name: str


NO_IDENTIFIER, NO_CODE = Identifier("", ""), Coded("", "", "")


def identifier(element: Element | None) -> Identifier:
    """Return an identifier; an empty one where there is none, or the sender says that he has none."""
    if element is None or element.get("nullFlavor"):
        return NO_IDENTIFIER
    return Identifier(element.get("root")[:80], element.get("extension")[:110])


def identifiers(owner: Element | None, name: str = "id") -> tuple[Identifier, ...]:
    """Return the identifiers of something, in order, without the empty ones."""
    found = (identifier(each) for each in owner.all(name)) if owner is not None else ()
    return tuple(each for each in found if each.number)


def coded(element: Element | None) -> Coded:
    """Return a coded value; its words stand in displayName or originalText."""
    if element is None:
        return NO_CODE
    written = element.first("originalText")
    name = element.get("displayName") or (written.text if written else "")
    return Coded(element.get("code"), element.get("codeSystem"), name)


def instant(element: Element | None) -> datetime | None:
    """Return an instant (TS); of an interval that is written in its place, the beginning."""
    if element is None:
        return None
    return _instant(element.get("value")) or instant(element.first("low"))


def interval(element: Element | None) -> tuple[datetime | None, datetime | None]:
    """Return beginning and end of an interval; a single instant is the beginning."""
    if element is None:
        return None, None
    low, high = element.first("low"), element.first("high")
    return instant(low) if low is not None else _instant(element.get("value")), instant(high)


def day(element: Element | None) -> date | None:
    """Return the day as written, whatever its zone; None where it is not a whole one."""
    said = _plain(element.get("value")) if element is not None else ""
    return instants.day(said)


def text_of(owner: Element | None, *path: str) -> str:
    """Return the text at the end of the path, "" where there is none."""
    found = owner.first(*path) if owner is not None else None
    return found.text if found is not None else ""


def person_name(owner: Element | None) -> str:
    """Return the name of somebody: the legal one of several, in the order of her language."""
    names = [each for each in owner.all("name") if not each.get("nullFlavor")] if owner is not None else []
    chosen = next((each for each in names if "L" in each.get("use").split()), names[0] if names else None)
    if chosen is None:
        return ""
    family, given = (" ".join(p.text for p in chosen.all(part) if p.text) for part in _NAME_PARTS)
    return whole_name(family, given) if family or given else chosen.text


def phones(owner: Element | None) -> tuple[str, ...]:
    """Return the telephone numbers, in order; addresses of other kinds are left out."""
    found = []
    for each in owner.all("telecom") if owner is not None else ():
        scheme, colon, number = each.get("value").rpartition(":")
        if number and (not colon or scheme.lower() in ("tel", "fax")):
            found.append(number.strip())
    return tuple(dict.fromkeys(found))


def address(owner: Element | None) -> str:
    """Return the address in one line."""
    addr = owner.first("addr") if owner is not None else None
    if addr is None or addr.get("nullFlavor"):
        return ""
    parts = [part for name in _PLACES for part in (each.text for each in addr.all(name)) if part]
    if not parts:
        return addr.text
    return "".join(parts) if is_chinese("".join(parts)) else ", ".join(reversed(parts))


def _instant(text: str) -> datetime | None:
    return instants.instant(_plain(text))


def _plain(text: str) -> str:
    """ISO 8601 and long fractions of a second, which some write, as HL7 has them."""
    found = _ISO.fullmatch(text)
    if found:
        *digits, zone = found.groups()
        return "".join(filter(None, digits)) + {"Z": "+0000"}.get(zone or "", (zone or "").replace(":", ""))
    return _FRACTION.sub("", text)
