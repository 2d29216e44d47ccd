"""What stands only in a section's entries, as lines to read: each name with its value, as they are written.  Pure.

Many makers leave the text for people empty.  Nothing is understood here: no value is compared, converted or kept as a result.
"""

from collections.abc import Iterator
from html import escape

from tongmai.exchange.cda import values
from tongmai.kernel.xml import Element

MOST_LINES = 2_000
_TIMES = ("effectiveTime", "time")


def html(section: Element) -> str:
    """Return the entries as a list; "" where they say nothing that can be read."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines(section))
    return f"<ul>{items}</ul>" if items else ""


def lines(section: Element) -> list[str]:
    """Return a line for each thing in the entries that has a name or a value, in the order of the document."""
    found: list[str] = []
    for entry in section.all("entry"):
        for line in _lines(entry):
            found.append(line)
            if len(found) == MOST_LINES:
                return found
    return found


def _lines(owner: Element) -> Iterator[str]:
    for child in owner.children:
        if isinstance(child, str) or child.name.startswith("?"):
            continue
        name = values.coded(child.first("code")).name or values.text_of(child, "name")
        said = [text for each in child.all("value") if (text := _value(each))]
        said = said or [text for text in (values.text_of(child, "text"),) if text]
        said += [text for name_ in _TIMES if (text := _time(child.first(name_)))] if name and not said else []
        if said or (name and not _has_more(child)):
            yield "：".join(part for part in (name, "；".join(said)) if part)
        yield from _lines(child)


def _has_more(element: Element) -> bool:
    """A name that heads others is told by them."""
    return any(
        isinstance(each, Element) and each.name in ("component", "entryRelationship") for each in element.children
    )


def _value(said: Element) -> str:
    """What a value of any type says: its words, else its number with its unit, else the ends of its interval."""
    coded = values.coded(said)
    if coded.name or said.text:
        return coded.name or said.text
    number = said.get("value")
    if number:
        return f"{number} {said.get('unit')}".strip()
    ends = [_value(end) for end in (said.first("low"), said.first("high")) if end is not None]
    return " — ".join(end for end in ends if end) or coded.code


def _time(said: Element | None) -> str:
    at = values.instant(said)
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
