"""A CSV file of counts a day.  Whatever is wrong with it is said in one sentence, with the line where it is."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from backend_stub.forecast.series import CannotForecast

LARGEST_FILE = 8 * 1024 * 1024
_MOST_ROWS = 40_000
_DELIMITERS = (",", ";", "\t", "|")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?")
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}")

Parts = tuple[int, int, int]


def read_counts(path: Path, date_column: str, count_column: str) -> dict[date, float | None]:
    """The counts by day, None where the cell is empty.  Raises CannotForecast."""
    rows = list(_cells(_text(path), date_column, count_column))
    if not rows:
        raise CannotForecast("empty", f"{path.name} has no rows below its header.")
    days = _dates([(line, day) for line, day, _ in rows])
    counts: dict[date, float | None] = {}
    lines: dict[date, int] = {}
    for (line, _, cell), day in zip(rows, days, strict=True):
        if day in counts:
            raise CannotForecast(
                "duplicate", f"{day} is there twice, on lines {lines[day]} and {line}: a day has one row."
            )
        counts[day], lines[day] = _count(cell, line), line
    return counts


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CannotForecast("file", f"{path} cannot be read ({error.strerror}).") from error
    if len(content) > LARGEST_FILE:
        raise CannotForecast(
            "file", f"{path.name} is larger than {LARGEST_FILE // 1024**2} MB, which no daily series is."
        )
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotForecast("file", f"{path.name} is not text in UTF-8.") from error
    if "\0" in text:
        raise CannotForecast("file", f"{path.name} is not a CSV file: it holds bytes that are no text.")
    if not text.strip():
        raise CannotForecast("file", f"{path.name} is empty.")
    return text


def _cells(text: str, date_column: str, count_column: str) -> Iterator[tuple[int, str, str]]:
    """Line, date and count of each row that is not empty."""
    delimiter, date_place, count_place = _columns(text, date_column, count_column)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        next(reader)
        for number, row in enumerate(reader):
            if number > _MOST_ROWS:
                raise CannotForecast("file", f"The file has more than {_MOST_ROWS} rows, which no daily series has.")
            if not any(cell.strip() for cell in row):
                continue
            if max(date_place, count_place) >= len(row):
                raise CannotForecast("row", f"Line {reader.line_num} has too few columns.")
            yield reader.line_num, row[date_place].strip(), row[count_place].strip()
    except csv.Error as error:
        raise CannotForecast("file", f"Line {reader.line_num} is not CSV ({error}).") from error


def _columns(text: str, date_column: str, count_column: str) -> tuple[str, int, int]:
    """The delimiter, and where the two columns are."""
    header = text.lstrip("\r\n").splitlines()[0]
    best: list[str] = []
    for delimiter in _DELIMITERS:
        try:
            names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
        except csv.Error:
            continue
        if date_column in names and count_column in names:
            return delimiter, names.index(date_column), names.index(count_column)
        best = max(best, names, key=len)
    wanted = next((name for name in (date_column, count_column) if name not in best), date_column)
    there = ", ".join(_short(name) for name in best[:8] if name) or "no names"
    raise CannotForecast("column", f"There is no column {_short(wanted)}; the first line has {there}.")


def _dates(cells: Sequence[tuple[int, str]]) -> list[date]:
    """One order of day, month and year for the whole column."""
    if all(_YEAR_FIRST.fullmatch(cell) for _, cell in cells):
        return [_date(line, cell, _year_first(cell)) for line, cell in cells]
    for line, cell in cells:
        if not _YEAR_FIRST.fullmatch(cell) and not _YEAR_LAST.fullmatch(cell):
            raise CannotForecast("date", f"Line {line}: {_short(cell)} is not a date such as 2026-03-31.")
        if bool(_YEAR_FIRST.fullmatch(cell)) != bool(_YEAR_FIRST.fullmatch(cells[0][1])):
            raise CannotForecast("date", f"Line {line}: {_short(cell)} is written in another way than the dates above.")
    parts = [_year_last(cell) for _, cell in cells]
    month_first = any(second > 12 for _, second, _ in parts)
    if month_first == any(first > 12 for first, _, _ in parts):
        raise CannotForecast(
            "date", "Whether day or month comes first in the dates cannot be told. Write them like 2026-03-31."
        )
    ordered = [(year, one, two) if month_first else (year, two, one) for one, two, year in parts]
    return [_date(line, cell, day) for (line, cell), day in zip(cells, ordered, strict=True)]


def _year_first(cell: str) -> Parts:
    match = _YEAR_FIRST.fullmatch(cell)
    assert match
    return int(match[1]), int(match[3]), int(match[4])


def _year_last(cell: str) -> Parts:
    match = _YEAR_LAST.fullmatch(cell)
    assert match
    year = int(match[4])
    return int(match[1]), int(match[3]), year + 2000 if year < 100 else year


def _date(line: int, cell: str, parts: Parts) -> date:
    try:
        day = date(*parts)
    except ValueError as error:
        raise CannotForecast("date", f"Line {line}: there is no day {_short(cell)}.") from error
    if not 1900 <= day.year <= 2200:
        raise CannotForecast("date", f"Line {line}: {_short(cell)} lies outside the years 1900 to 2200.")
    return day


def _count(cell: str, line: int) -> float | None:
    if not cell:
        return None
    if not _NUMBER.fullmatch(cell):
        raise CannotForecast("value", f"Line {line}: {_short(cell)} is not a number such as 12 or 12.5.")
    count = float(cell)
    if count < 0:
        raise CannotForecast("value", f"Line {line}: {_short(cell)} is negative; a count is 0 or more.")
    return count


def _short(text: str) -> str:
    return f'"{text if len(text) <= 40 else text[:39] + "…"}"'
