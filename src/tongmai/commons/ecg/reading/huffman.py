"""The Huffman code of SCP-ECG (EN 1064): the default table, and tables that a file brings.  Pure."""

from dataclasses import dataclass

from tongmai.commons.ecg.flaws import Unreadable

DEFAULT_TABLE = 19_999
_MOST_CODES = 1_024


@dataclass(frozen=True)
class Code:
    """What a prefix stands for: a `value`, or `n_more` bits that hold one; or another table (`table`, counted from 1)."""

    value: int = 0
    n_more: int = 0
    table: int = 0


Table = dict[tuple[int, int], Code]  # by the number of bits and the bits


def default_table() -> Table:
    """Return the table of the standard: 0, ±1 … ±8 in ever longer prefixes, then 8 and 16 bits as they are."""
    table: Table = {(1, 0): Code(0)}
    for n in range(1, 9):
        ones = (1 << n) - 1
        table[n + 2, ones << 2] = Code(n)
        table[n + 2, (ones << 2) | 1] = Code(-n)
    table[10, 0b1111111110] = Code(n_more=8)
    table[10, 0b1111111111] = Code(n_more=16)
    return table


def tables_in(body: bytes) -> list[Table]:
    """Return the tables of section 2.  Raises Unreadable, also where there is none."""
    n_tables = int.from_bytes(body[:2], "little")
    if n_tables == DEFAULT_TABLE:
        return [default_table()]
    at, found = 2, []
    for _ in range(n_tables):
        n_codes = int.from_bytes(body[at : at + 2], "little")
        end = at + 2 + 9 * n_codes
        if n_codes > _MOST_CODES or end > len(body):
            raise Unreadable("broken", what="SCP 2")
        found.append(dict(_code(body[n : n + 9]) for n in range(at + 2, end, 9)))
        at = end
    if not found:
        raise Unreadable("broken", what="SCP 2")
    return found


def _code(row: bytes) -> tuple[tuple[int, int], Code]:
    n_prefix, n_whole, mode = row[0], row[1], row[2]
    base = int.from_bytes(row[3:5], "little", signed=True)
    stored = int.from_bytes(row[5:9], "little")
    if not 0 < n_prefix <= 32 or n_whole < n_prefix or n_whole - n_prefix > 32:
        raise Unreadable("broken", what="SCP 2")
    prefix = int(f"{stored:032b}"[::-1][:n_prefix], 2)  # the first bit of the stream stands lowest
    if mode == 0:
        return (n_prefix, prefix), Code(table=max(base, 1))
    return (n_prefix, prefix), Code(value=base, n_more=n_whole - n_prefix)


def decoded(data: bytes, tables: list[Table], n_wanted: int) -> tuple[list[int], int]:
    """Return the first `n_wanted` numbers of a stream, and how many bits are left behind them.

    Raises:
        Unreadable: it ends before, or means nothing.
    """
    bits, n_bits = int.from_bytes(data, "big"), len(data) * 8
    text = f"{bits:0{n_bits}b}" if n_bits else ""
    found: list[int] = []
    every = [_texts(table) for table in tables]
    (codes, lengths), at = every[0], 0
    while len(found) < n_wanted:
        for length in lengths:  # the short ones first, which are the frequent ones
            if code := codes.get(text[at : at + length]):
                break
        else:
            raise Unreadable("broken", what="SCP Huffman")
        at += length
        if code.table:
            if code.table > len(every):
                raise Unreadable("broken", what="SCP 2")
            codes, lengths = every[code.table - 1]
        elif code.n_more:
            if at + code.n_more > n_bits:
                raise Unreadable("broken", what="SCP Huffman")
            found.append(_more(text[at : at + code.n_more]))
            at += code.n_more
        else:
            found.append(code.value)
    return found, n_bits - at


def _texts(table: Table) -> tuple[dict[str, Code], list[int]]:
    by_text = {f"{bits:0{n}b}": code for (n, bits), code in table.items()}
    return by_text, sorted({n for n, _bits in table})


def _more(bits: str) -> int:
    """A number as it is, in two's complement."""
    number = int(bits, 2)
    return number - (1 << len(bits)) if bits[0] == "1" else number
