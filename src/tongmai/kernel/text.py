"""Marks text for translation outside Django: the words are looked up where they are shown."""


def N_(text: str) -> str:  # noqa: N802  (the customary name of a no-op marker)
    """Return `text` unchanged; the extractor collects it, the renderer translates it."""
    return text
