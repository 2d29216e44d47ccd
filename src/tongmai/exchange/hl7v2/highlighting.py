"""Where in the text of a message a location lies, for showing it.  Pure."""

from collections.abc import Iterable, Iterator

from tongmai.exchange.hl7v2.faults import Location

Part = tuple[str, bool]  # text, and whether it is the place that is wrong
_MOST_LINES, _MOST_CHARACTERS = 400, 4_000


def lines(text: str, places: Iterable[Location]) -> Iterator[tuple[Part, ...]]:
    """Yield the segments of a message, each cut where something is wrong in it."""
    wrong, seen = list(places), dict[str, int]()
    separators = (text.lstrip("\ufeff\x0b") + "    ")[3:6]
    for line in text.replace("\r\n", "\r").replace("\n", "\r").split("\r")[:_MOST_LINES]:
        shown = "".join(c for c in line if c.isprintable())[:_MOST_CHARACTERS]
        if not shown:
            continue
        name = shown[:3]
        seen[name] = seen.get(name, 0) + 1
        spans = [
            _span(shown, place, separators) for place in wrong if (place.segment, place.sequence) == (name, seen[name])
        ]
        yield tuple(_cut(shown, sorted(spans)))


def _cut(line: str, spans: list[tuple[int, int]]) -> Iterator[Part]:
    at = 0
    for begin, end in spans:
        if begin < at:
            continue  # within what is marked already
        if begin > at:
            yield line[at:begin], False
        yield line[begin:end] or "␣", True
        at = end
    if at < len(line):
        yield line[at:], False


def _span(line: str, place: Location, separators: str) -> tuple[int, int]:
    """The characters of a place; all of the segment where the place names no field, or one that is not there."""
    bar, caret, tilde = separators
    begin, end = 0, len(line)
    number = place.field - 1 if place.segment == "MSH" else place.field  # MSH-1 is the separator itself
    for position, separator in ((number, bar), (place.repetition - 1, tilde), (place.component - 1, caret)):
        if position < 0 or (position == 0 and separator == bar):
            continue
        for _ in range(position):
            found = line.find(separator, begin, end)
            if found < 0:
                return (begin, end) if separator != bar else (0, len(line))
            begin = found + 1
        following = line.find(separator, begin, end)
        end = following if following >= 0 else end
    return begin, end
