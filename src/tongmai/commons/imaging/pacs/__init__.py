"""An existing PACS as the place where images stand, spoken to over DICOMweb (PS3.18): STOW-RS in, WADO-RS out.

`storing.py` is the `Store`, `calling.py` the HTTP below it, `parts.py` what bodies look like, `copies.py` the files that
were lately read.  What the PACS gives back counts only if it has the SHA-256 that was received: right after it was sent,
and whenever it is read.
"""

from tongmai.commons.imaging.pacs.storing import Pacs, pacs

__all__ = ["Pacs", "pacs"]
