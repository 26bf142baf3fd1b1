"""`chatty export`, against the bookings that the list shows, with and without a network."""

import csv
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Chatty
from tests.e2e.proxy import Proxy

SPAN = ("--from", "-1d", "--to", "+13d")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_range_as_csv_has_the_bookings_of_the_list(filled: Chatty, network: Proxy) -> None:
    listed = filled("bookings", *SPAN, "--json").json["bookings"]
    network.cut()
    said = filled("export", "--csv", *SPAN)
    assert said.code == 0
    assert [row["booking_id"] for row in rows(said.out)] == [booking["booking_id"] for booking in listed]
    assert rows(said.out)[0]["start"] == listed[0]["starts_at"][11:16]


def test_one_booking_as_ics_by_the_beginning_of_its_id(filled: Chatty) -> None:
    booking = filled("bookings", *SPAN, "--json").json["bookings"][0]
    said = filled("export", "--ics", "--id", booking["booking_id"][:-3].upper())
    assert said.code == 0 and said.out.count("BEGIN:VEVENT") == 1
    assert booking["booking_id"] in said.out.replace("\r\n ", "")


def test_a_file_is_written_whole_and_only_for_its_owners_eyes(filled: Chatty, tmp_path: Path) -> None:
    out = tmp_path / "week.ics"
    out.write_text("what was there before")
    said = filled("export", "--ics", *SPAN, "--out", str(out), "--json")
    assert said.json.keys() == {"file", "bookings", "bytes", "as_of", "offline", "waiting"}
    assert said.json["bytes"] == out.stat().st_size
    assert out.read_text(encoding="utf-8").count("BEGIN:VEVENT") == said.json["bookings"] > 20
    assert list(tmp_path.glob(".week*")) == []
    if sys.platform != "win32":
        assert out.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_a_sentence_and_nothing_is_left(filled: Chatty, tmp_path: Path) -> None:
    said = filled("export", "--ics", "--out", str(tmp_path / "no" / "such" / "folder.ics"), "--json")
    assert (said.code, said.json["error"]) == (1, "file")
    too_long = filled("export", "--ics", "--out", str(tmp_path / ("x" * 5000)), "--json")
    assert (too_long.code, too_long.json["error"]) == (1, "file")
    assert list(tmp_path.glob("**/*.ics")) == []


def _week(out: Path) -> tuple[str, ...]:
    return ("export", "--csv", *SPAN, "--out", str(out))


def _waiting(out: Path) -> tuple[str, ...]:
    return ("outbox", "export", str(out))


writing = pytest.mark.parametrize("words", [_week, _waiting], ids=["export", "outbox"])
posix = pytest.mark.skipif(sys.platform == "win32", reason="a link wants a privilege there, and there are no devices")


@posix
@writing
def test_a_link_stays_and_what_it_leads_to_is_written(
    filled: Chatty, tmp_path: Path, words: Callable[[Path], tuple[str, ...]]
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "here").write_text("what was there before")
    for name in ("here", "not yet"):
        link = tmp_path / name
        link.symlink_to(Path("shared") / name)
        said = filled(*words(link), "--json")
        assert (said.code, said.json["file"]) == (0, str(link))
        assert link.is_symlink() and (shared / name).stat().st_size == said.json["bytes"] > 0
    assert sorted(each.name for each in shared.iterdir()) == ["here", "not yet"]


@posix
@writing
def test_a_link_that_leads_nowhere_is_a_sentence(
    filled: Chatty, tmp_path: Path, words: Callable[[Path], tuple[str, ...]]
) -> None:
    circle, lost = tmp_path / "circle", tmp_path / "lost"
    circle.symlink_to(circle)
    lost.symlink_to(tmp_path / "no folder" / "file")
    for link in (circle, lost):
        said = filled(*words(link), "--json")
        assert (said.code, said.json["error"]) == (1, "file") and str(link) in said.json["sentence"]
        assert link.is_symlink()


@posix
@writing
def test_a_pipe_is_written_to(filled: Chatty, tmp_path: Path, words: Callable[[Path], tuple[str, ...]]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as end:  # noqa: PTH123
        said = filled(*words(pipe), "--json")
        assert (said.code, pipe.is_fifo()) == (0, True)
        assert len(end.read()) == said.json["bytes"] > 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@writing
def test_a_device_that_takes_nothing_is_a_sentence(
    filled: Chatty, tmp_path: Path, words: Callable[[Path], tuple[str, ...]]
) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    said = filled(*words(full), "--json")
    assert (said.code, said.json["error"]) == (1, "file") and full.is_char_device()


def test_an_unknown_id_is_a_sentence_and_a_short_one_is_bad_usage(filled: Chatty) -> None:
    for unknown in ("ffffffff", "0%_' OR 1=1"):
        said = filled("export", "--ics", "--id", unknown)
        assert (said.code, said.out) == (1, "") and "No booking on this device" in said.err
    assert filled("export", "--ics", "--id", "01").code == 2


def test_an_id_that_many_begin_with_is_ambiguous_and_names_some(filled: Chatty) -> None:
    booking = filled("bookings", *SPAN, "--json").json["bookings"][0]
    said = filled("export", "--ics", "--id", booking["booking_id"][:4])
    assert said.code == 1 and said.err.startswith("More than 5 ids begin with") and said.err.count(";") == 4


@pytest.mark.parametrize(
    "words",
    [
        ("export",),
        ("export", "--ics", "--csv"),
        ("export", "--ics", "--id", "01234567", "--day", "today"),
        ("export", "--csv", "--json"),
        ("export", "--csv", "--from", "today"),
    ],
    ids=" ".join,
)
def test_bad_usage(chatty: Chatty, words: tuple[str, ...]) -> None:
    said = chatty(*words)
    assert said.code == 2 and "Traceback" not in said.err
