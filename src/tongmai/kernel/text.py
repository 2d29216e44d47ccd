"""Texts: marked for translation outside Django, where the words are looked up when they are shown; told by their script."""


def N_(text: str) -> str:  # noqa: N802  (the customary name of a no-op marker)
    """Return `text` unchanged; the extractor collects it, the renderer translates it."""
    return text


def is_chinese(text: str) -> bool:
    """Return whether a text has Chinese characters, the rare ones of the supplementary planes left out."""
    return any("\u3400" <= character <= "\u9fff" for character in text)
