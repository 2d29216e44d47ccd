"""The HTML of a document's sections: made where documents come in, and looked at once more before it is shown.  Pure."""

from html import escape
from html.parser import HTMLParser

ELEMENTS = frozenset(
    "p div br ul ol li table caption thead tbody tfoot tr th td strong em u sub sup ins del span".split()
)
CLASSES = frozenset({"tm-muted", "tm-table-wrap", "table tm-table"})
_SPANS = frozenset({"colspan", "rowspan"})


def shown(html: str) -> str:
    """Return the HTML if it has nothing but what we write ourselves, else its text with every tag made harmless."""
    seen = _Seen()
    seen.feed(html)
    seen.close()
    return html if seen.is_ours else f"<p>{escape(html)}</p>"


class _Seen(HTMLParser):
    is_ours = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_ours &= tag in ELEMENTS and all(_is_ours(name, value or "") for name, value in attrs)

    def handle_comment(self, data: str) -> None:
        self.is_ours = False

    def handle_decl(self, decl: str) -> None:
        self.is_ours = False

    def handle_pi(self, data: str) -> None:
        self.is_ours = False

    def unknown_decl(self, data: str) -> None:
        self.is_ours = False


def _is_ours(name: str, value: str) -> bool:
    return value in CLASSES if name == "class" else name in _SPANS and value.isdecimal()
