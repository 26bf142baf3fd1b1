"""Rows as a .csv file that any spreadsheet opens and none calculates."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

# Spreadsheets calculate a cell that begins like this, whatever it says, also in full width.
_FORMULA: Final = tuple("=+-@＝＋－＠")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, because Excel asks for one; what looks like a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def plain(text: str) -> str:
    """Without control characters and halves of characters, which no file can hold."""
    return "".join(" " if char == "\t" else char for char in text if _is_writable(char)).strip()


def _is_writable(char: str) -> bool:
    return char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")


def _cell(value: str) -> str:
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
