"""A frame as a picture that anything can show: thumbnails, previews in reports, DICOMweb's rendered images."""

import math
from io import BytesIO

import numpy as np
from PIL import Image

from tongmai.commons.imaging.pixels.decoding import Frame, usual_window
from tongmai.commons.imaging.pixels.describing import Window

MEDIA = {"image/jpeg": "JPEG", "image/png": "PNG"}


def grey(frame: Frame, window: Window | None = None) -> np.ndarray:
    """Return the frame as 0–255, as it lies on the screen: inverted where it is stored so, padding black."""
    values = frame.values.astype(np.float32) * frame.said.slope + frame.said.intercept
    if window is None and frame.voi_lut is not None:
        first, table = frame.voi_lut
        shown = table[np.clip(values - first, 0, len(table) - 1).astype(np.int32)]
    else:
        shown = windowed(values, window or usual_window(frame))
    if frame.said.is_inverted:
        shown = 255 - shown
    if frame.said.padding:
        low, high = frame.said.padding
        shown = np.where((frame.values >= low) & (frame.values <= high), 0, shown)
    return np.rint(shown).astype(np.uint8)


def windowed(values: np.ndarray, window: Window) -> np.ndarray:
    """Return modality values as 0–255 (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""
    center, width = window.center, max(window.width, 1e-6)
    if window.function == "sigmoid":
        return 255 / (1 + np.exp(np.clip(-4 * (values - center) / width, -50, 50)))
    if window.function == "linear":
        center, width = center - 0.5, max(width - 1, 1e-6)
    return np.clip(((values - center) / width + 0.5) * 255, 0, 255)


def picture(frame: Frame, *, window: Window | None = None, longest: int | None = None) -> Image.Image:
    """Return the frame as a picture with square pixels, at most `longest` pixels long."""
    drawn = Image.fromarray(frame.values if frame.is_color else grey(frame, window))
    width, height = drawn.width, max(1, round(drawn.height * min(max(frame.said.aspect, 0.05), 20)))
    factor = min(1.0, longest / max(width, height)) if longest else 1.0
    size = max(1, math.floor(width * factor + 0.5)), max(1, math.floor(height * factor + 0.5))
    return (
        drawn
        if size == drawn.size
        else drawn.resize(size, Image.Resampling.BOX if factor < 0.5 else Image.Resampling.BILINEAR)
    )


def written(drawn: Image.Image, media_type: str = "image/jpeg", quality: int = 85) -> bytes:
    """Return a picture as a file of that media type."""
    out = BytesIO()
    options = {"quality": quality} if media_type == "image/jpeg" else {"compress_level": 3}
    drawn.save(out, MEDIA[media_type], **options)
    return out.getvalue()
