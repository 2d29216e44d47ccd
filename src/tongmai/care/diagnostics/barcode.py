"""Code 128 (ISO/IEC 15417), code set B: what the plainest scanner reads.  Pure."""

# Widths of bars and gaps in turn, by the value of the symbol; 104 begins code set B, 106 ends the code.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
).split()
_START, _STOP, _MODULO = 104, 106, 103
_QUIET = 10  # modules of white on both sides


def symbols(text: str) -> list[int]:
    """Return the values of a code: start, characters, check, stop.  Raises ValueError for what is not printable ASCII."""
    values = [ord(letter) - 32 for letter in text]
    if not values or not all(0 <= value < 95 for value in values):
        raise ValueError("Code 128 B holds printable ASCII")
    check = (_START + sum(place * value for place, value in enumerate(values, start=1))) % _MODULO
    return [_START, *values, check, _STOP]


def svg(text: str) -> str:
    """Return the code as a drawing, one unit a module, forty high."""
    at, bars = _QUIET, []
    for value in symbols(text):
        for n, width in enumerate(map(int, _WIDTHS[value])):
            if n % 2 == 0:
                bars.append(f"M{at} 0h{width}v40h-{width}z")
            at += width
    wide = at + _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} 40" width="{wide}" height="40">'
        f'<path d="{"".join(bars)}" fill="#000"/></svg>'
    )
