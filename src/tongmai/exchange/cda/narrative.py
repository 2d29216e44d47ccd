"""Text for people, as HTML of our own: few elements, no attribute that comes from outside, no address.  Pure.

What is not known here loses its tags and keeps its text.  Scripts and styles are no text: they go altogether.
"""

from collections.abc import Iterator
from html import escape

from tongmai.kernel.xml import Element

_AS_THEY_ARE = frozenset("thead tbody tfoot tr sub sup".split())
_BLOCKS = frozenset("paragraph list table".split())
_DROPPED = frozenset("script style col colgroup".split())
_STYLES = {"bold": "strong", "italics": "em", "underline": "u"}
_CHANGES = {"insert": "ins", "delete": "del"}
_ELSEWHERE = "［附件］"  # a picture or file that stands elsewhere in the original
_MOST_SPAN = 100
_PARTED_BY = {"td": "\t", "th": "\t"}
_ENDS_LINE = frozenset("paragraph item tr caption list table br footnote".split())


def html(text: Element | None) -> str:
    """Return a narrative as HTML that is safe to show."""
    if text is None:
        return ""
    if not any(isinstance(child, Element) for child in text.children):
        lines = (" ".join(line.split()) for child in text.children for line in str(child).splitlines())
        return "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return "".join(_pieces(text)).strip()


def plain(text: Element | None) -> str:
    """Return a narrative as lines of text, for searching; the cells of a row are parted by tabs."""
    if text is None:
        return ""
    lines = (" ".join(line.split(" ")).strip() for line in "".join(_texts(text)).splitlines())
    return "\n".join(line for line in lines if line)


def _pieces(owner: Element) -> Iterator[str]:
    for child in owner.children:
        if isinstance(child, str):
            yield escape(child)
        elif child.name.lstrip("?").lower() not in _DROPPED:
            yield _piece(child)


def _piece(element: Element) -> str:
    name, inner = element.name, "".join(_pieces(element))
    if name in _AS_THEY_ARE:
        return f"<{name}>{inner}</{name}>"
    if name in ("td", "th"):
        return f"<{name}{_spans(element)}>{inner}</{name}>"
    if name == "table":
        return f'<div class="tm-table-wrap"><table class="table tm-table">{inner}</table></div>'
    if name == "br":
        return "<br>"
    if name == "renderMultiMedia":
        return f'<span class="tm-muted">{_ELSEWHERE}</span>{inner}'
    if name == "content":
        return _styled(element, inner)
    return _block(element, inner)


def _block(element: Element, inner: str) -> str:
    name = element.name
    if name == "paragraph":
        has_block = any(isinstance(child, Element) and child.name in _BLOCKS for child in element.children)
        return f"<div>{inner}</div>" if has_block else f"<p>{inner}</p>"
    if name == "list":
        kind = "ol" if element.get("listType").lower() == "ordered" else "ul"
        return f"<{kind}>{inner}</{kind}>"
    if name == "item":
        return f"<li>{inner}</li>"
    if name == "caption":
        return f'<div class="tm-muted">{inner}</div>'
    if name == "footnote":
        return f' <span class="tm-muted">{inner}</span>'
    return inner  # linkHtml too: what it says, not where it leads


def _styled(element: Element, inner: str) -> str:
    wanted = [_STYLES[code] for code in element.get("styleCode").lower().split() if code in _STYLES]
    if changed := _CHANGES.get(element.get("revised").lower()):
        wanted.append(changed)
    for name in dict.fromkeys(wanted):
        inner = f"<{name}>{inner}</{name}>"
    return inner


def _spans(cell: Element) -> str:
    found = ""
    for name in ("colspan", "rowspan"):
        text = cell.get(name)
        if text.isdecimal() and text.isascii() and 1 < int(text[:4]) <= _MOST_SPAN:
            found += f' {name}="{int(text[:4])}"'
    return found


def _texts(owner: Element) -> Iterator[str]:
    for child in owner.children:
        if isinstance(child, str):
            yield " ".join(child.split()) if child.strip() else " "
            continue
        if child.name.lstrip("?").lower() in _DROPPED:
            continue
        yield from _texts(child)
        yield "\n" if child.name in _ENDS_LINE else _PARTED_BY.get(child.name, "")
