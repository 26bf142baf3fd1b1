"""`python -m backend_stub.forecast`: what it prints, and what it says about files that are no daily series."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from backend_stub.forecast.__main__ import main
from tests.backend_stub.daily_series import OFFICE, Business

ROOT = Path(__file__).parents[2]
COUNTS = Business(seed=1, a_day=20, weekdays=OFFICE, days=120).counts()
Told = tuple[int, dict[str, object], str]


def rows(shape: str = "%Y-%m-%d", counts: dict[date, float | None] = COUNTS, delimiter: str = ",") -> str:
    lines = [
        f"{day.strftime(shape)}{delimiter}{'' if count is None else f'{count:g}'}" for day, count in counts.items()
    ]
    return "\n".join([f"date{delimiter}count", *lines, ""])


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def of(content: str | bytes, *arguments: str) -> Told:
        """Exit code, the object on standard output, what was said on standard error."""
        file = tmp_path / "days.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        code = main(["--csv", str(file), "--json", *arguments])
        said = capsys.readouterr()
        return code, json.loads(said.out), said.err

    return of


def test_as_a_program_it_prints_one_object(tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    file.write_text(rows().replace("date,count", "day,visits"), encoding="utf-8")
    command = [sys.executable, "-m", "backend_stub.forecast", "--csv", str(file), "--column", "day,visits"]
    said = subprocess.run(
        [*command, "--horizon", "10", "--json"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=100
    )
    told = json.loads(said.stdout)
    assert said.stderr == ""
    assert set(told) == {"forecast", "backtest", "better", "notes"}
    assert set(told["backtest"]) == {"folds", "mae", "naive_mae", "coverage"}
    assert all(set(day) == {"date", "mean", "low", "high"} for day in told["forecast"])
    following = max(COUNTS) + timedelta(days=1)
    assert [day["date"] for day in told["forecast"]] == [str(following + timedelta(days=step)) for step in range(10)]


def test_for_people_it_prints_the_days_and_the_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "days.csv"
    file.write_text(rows(), encoding="utf-8")
    assert main(["--csv", str(file)]) == 0
    said = capsys.readouterr().out
    assert len(said.splitlines()) >= 10 and "The range (80 %) held on" in said and "same-weekday guess" in said


@pytest.mark.parametrize(
    "content",
    [
        rows(),
        "\ufeff" + rows(),
        rows().encode("utf-16"),
        rows().replace("\n", "\r\n"),
        rows(delimiter=";"),
        rows(delimiter="\t"),
        rows("%d.%m.%Y"),
        rows("%m/%d/%Y"),
        rows("%d/%m/%y"),
        rows("%Y/%m/%d"),
        rows("%Y-%m-%dT00:00:00Z"),
        "\n".join([rows().splitlines()[0], *reversed(rows().splitlines()[1:])]),
        "\n".join(f'"{line.replace(",", chr(34) + "," + chr(34))}",more' for line in rows().splitlines()),
    ],
    ids=[
        "plain",
        "bom",
        "utf-16",
        "crlf",
        "semicolon",
        "tab",
        "dmy",
        "mdy",
        "short",
        "slash",
        "instant",
        "back",
        "quoted",
    ],
)
def test_the_same_series_however_it_is_written(ask: Callable[..., Told], content: str | bytes) -> None:
    assert ask(content) == ask(rows())


def changed(line: int, text: str) -> str:
    lines = rows().splitlines()
    lines[line - 1] = text
    return "\n".join(lines)


BAD: dict[str, tuple[str | bytes, str, str]] = {
    "no column": (
        rows().replace("count", "visits"),
        "column",
        'no column "count"; the first line has "date", "visits"',
    ),
    "only one column": ("hello\nworld\n", "column", 'no column "date"; the first line has "hello"'),
    "empty": ("", "file", "is empty"),
    "blank": (" \n\n", "file", "is empty"),
    "only a header": ("date,count\n", "empty", "no rows below its header"),
    "binary": (bytes(range(256)) * 10, "file", "not text in UTF-8"),
    "zeros": (b"\0" * 1000, "file", "bytes that are no text"),
    "ten megabytes": (b"date,count\n" + b"2026-01-01,1\n" * 800_000, "file", "larger than 8 MB"),
    "many rows": ("date,count\n" + "2026-01-01,1\n" * 50_000, "file", "more than 40000 rows"),
    "a huge cell": (changed(5, '"' + "x" * 200_000 + '",1'), "file", "is not CSV"),
    "text for a count": (changed(7, "2024-09-07,many"), "value", 'Line 7: "many" is not a number'),
    "a thousands separator": (changed(7, '2024-09-07,"1,200"'), "value", 'Line 7: "1,200" is not a number'),
    "not a number": (changed(7, "2024-09-07,nan"), "value", 'Line 7: "nan" is not a number'),
    "negative": (changed(7, "2024-09-07,-3"), "value", 'Line 7: "-3" is negative'),
    "enormous": (changed(7, "2024-09-07,1e300"), "value", "a count is a number from 0"),
    "twice": (changed(9, "2024-09-07,1"), "duplicate", "2024-09-07 is there twice, on lines 7 and 9"),
    "no such day": (changed(7, "2024-02-30,1"), "date", 'Line 7: there is no day "2024-02-30"'),
    "text for a date": (changed(7, "yesterday,1"), "date", 'Line 7: "yesterday" is not a date'),
    "two ways of dates": (changed(7, "07.09.2024,1"), "date", 'Line 7: "07.09.2024" is written in another way'),
    "both orders": (rows("%d/%m/%Y").replace("20/12/2024", "12/20/2024"), "date", "cannot be told"),
    "a year long ago": (changed(7, "0007-09-07,1"), "date", "outside the years 1900 to 2200"),
    "too few cells": (changed(7, "2024-09-07"), "row", "Line 7 has too few columns"),
    "short": ("\n".join(rows().splitlines()[:40]), "too_short", "39 days of history are too few: a forecast needs 56"),
    "all zero": (rows(counts=dict.fromkeys(COUNTS, 0.0)), "empty", "nothing to forecast"),
    "gap": ("\n".join([*rows().splitlines()[:60], *rows().splitlines()[90:]]), "gaps", "30 in a row"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_a_file_is_one_sentence_and_exit_code_1(ask: Callable[..., Told], name: str) -> None:
    content, error, words = BAD[name]
    code, told, said = ask(content)
    assert code == 1 and said == ""
    assert set(told) == {"error", "sentence"} and told["error"] == error
    sentence = str(told["sentence"])
    assert words in sentence and sentence.endswith((".", ").")) and "\n" not in sentence and len(sentence) < 260


def test_an_empty_cell_is_not_known_and_that_is_said(ask: Callable[..., Told]) -> None:
    day = sorted(COUNTS)[30]
    code, told, _ = ask(rows(counts=COUNTS | {day: None}))
    assert code == 0
    assert told["notes"] == [f"1 day ({day}) has no count; nothing was assumed there."]


def test_without_json_a_refusal_is_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--csv", str(tmp_path / "nowhere.csv")]) == 1
    said = capsys.readouterr()
    assert said.out == "" and "nowhere.csv cannot be read (No such file or directory)." in said.err
    assert main(["--csv", str(tmp_path)]) == 1


@pytest.mark.parametrize(
    "arguments", [["--horizon", "0"], ["--horizon", "93"], ["--horizon", "week"], ["--column", "date"], ["--what"]]
)
def test_bad_usage_is_exit_code_2(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--csv", str(tmp_path / "days.csv"), *arguments])
    assert ended.value.code == 2 and "usage:" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["--csv", str(tmp_path / "days.csv"), "--json", *arguments])
    said = json.loads(capsys.readouterr().out)
    assert (ended.value.code, said["error"]) == (2, "usage") and said["sentence"].endswith(".")
