"""`chatty import` and `chatty calendars`, with the server down and with it there."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.calendars.files import calendar, event
from tests.cli.bookings import coming
from tests.cli.conftest import Chatty
from tests.cli.documented import keys
from tests.e2e.proxy import Proxy


def hours_of(booking: dict[str, Any], *, days_on: int = 0) -> tuple[str, str]:
    """DTSTART and DTEND of the booking's own hours, so many days later."""
    starts, ends = (
        datetime.fromisoformat(booking[name]) + timedelta(days=days_on) for name in ("starts_at", "ends_at")
    )
    return f"DTSTART:{starts:%Y%m%dT%H%M%S}", f"DTEND:{ends:%Y%m%dT%H%M%S}"


@pytest.fixture
def ics(tmp_path: Path) -> Path:
    return tmp_path / "other calendar.ics"


def write(file: Path, *events: str) -> Path:
    file.write_bytes(calendar(*events, head=["X-WR-CALNAME:Ana, private"]))
    return file


# --- import ---------------------------------------------------------------------------------------------------------
def test_a_file_is_blocked_offline_and_the_bookings_in_it_are_named(filled: Chatty, network: Proxy, ics: Path) -> None:
    booking = coming(filled)
    network.cut()
    write(ics, event("UID:a", "SUMMARY:School", *hours_of(booking)), event("UID:b", "SUMMARY:Nothing"))
    words = ("import", str(ics), "--staff", booking["staff_name"], "--json")
    rehearsed = filled(*words, "--dry-run").json
    assert (rehearsed["add"], rehearsed["waiting"], rehearsed["change_ids"]) == (1, 0, [])
    done = filled(*words).json
    assert done.keys() == keys("says what it would do.") and done["calendar"] == "Ana, private"
    assert (done["add"], done["waiting"], len(done["change_ids"])) == (1, 1, 1)
    assert booking["booking_id"] in done["events"][0]["meets"]
    assert [(remark["code"], remark["line"]) for remark in done["remarks"]] == [("no_start", 10)]
    again = filled(*words).json
    assert (again["here"], again["add"], again["waiting"]) == (1, 0, 1)
    undone = filled("undo", "--json").json
    assert (undone["undone"], undone["kept"], undone["waiting"]) == (1, [], 0)


def test_as_bookings_what_is_taken_is_left_out_and_undo_takes_back_the_rest_as_one(
    filled: Chatty, network: Proxy, ics: Path
) -> None:
    booking = coming(filled)
    network.cut()
    several = [
        event(f"UID:{n}", f"SUMMARY:{booking['service_name']} Eva", *hours_of(booking, days_on=7 * n))
        for n in (0, 20, 21)
    ]
    write(ics, *several)
    words = ("--as", "bookings", "--staff", booking["staff_name"], "--json")
    done = filled("import", str(ics), *words).json
    assert (done["add"], done["left_out"]) == (2, 1) and done["events"][0]["because"] == "taken"
    assert booking["customer_name"] in done["events"][0]["sentence"]
    assert done["waiting"] == 2
    undone = filled("undo", "--json").json
    assert (undone["undone"], undone["waiting"]) == (2, 0)


def test_an_import_reaches_the_server(filled: Chatty, ics: Path) -> None:
    booking = coming(filled)
    write(ics, *(event(f"UID:r{n}", "SUMMARY:Away", *hours_of(booking, days_on=100 + n)) for n in range(3)))
    assert filled("import", str(ics), "--json").json["waiting"] == 3
    said = filled("sync", "--json").json
    assert (said["pushed"], said["refused"], said["waiting"]) == (3, 0, 0)
    assert filled("import", str(ics), "--json").json["here"] == 3
    assert filled("undo", "--json").json["undone"] == 3
    assert filled("sync", "--json").json["pushed"] == 3


def test_the_words_for_people_say_what_happened(filled: Chatty, network: Proxy, ics: Path) -> None:
    booking = coming(filled)
    network.cut()
    write(ics, event("UID:a", "SUMMARY:School\\, \x1b[31mred", *hours_of(booking)))
    said = filled("import", str(ics))
    assert said.code == 0 and said.out.startswith("1 time will be blocked:") and "\x1b" not in said.out
    assert "1 change waits to be sent" in said.out and f"meets {booking['customer_name']}" in said.out


@pytest.mark.parametrize("content", [b"", b"shopping list", b"PK\x03\x04", b"\x00" * 100], ids=repr)
def test_a_file_that_is_no_calendar_is_refused(filled: Chatty, ics: Path, content: bytes) -> None:
    ics.write_bytes(content)
    said = filled("import", str(ics), "--json")
    assert (said.code, said.json["error"]) == (1, "file") and said.json["sentence"].endswith(".")


def test_a_file_that_ends_in_the_middle_of_its_only_entry_is_refused(filled: Chatty, ics: Path) -> None:
    ics.write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:School\r\n")
    said = filled("import", str(ics), "--json")
    assert (said.code, said.json["error"]) == (1, "file") and "School" in said.json["sentence"]


def test_what_is_called_off_and_what_is_not_read_is_counted(filled: Chatty, network: Proxy, ics: Path) -> None:
    booking = coming(filled)
    network.cut()
    off = event("UID:a", "SUMMARY:School", "STATUS:CANCELLED", *hours_of(booking))
    write(ics, off, event("UID:b", "SUMMARY:Nothing"))
    done = filled("import", str(ics), "--json").json
    assert (done["called_off"], done["unreadable"], done["left_out"], done["add"]) == (1, 1, 0, 0)
    assert "1 is called off there and was never here." in filled("import", str(ics)).out


def test_a_file_that_cannot_be_read_is_a_sentence(filled: Chatty, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.ics", tmp_path, tmp_path / ("x" * 5000)):
        said = filled("import", str(path), "--json")
        assert (said.code, said.json["error"]) == (1, "file")


def test_bad_usage(filled: Chatty, ics: Path) -> None:
    for words in (("import",), ("import", str(ics), "--as", "soup"), ("import", str(ics), "--on-purpose", "x")):
        assert filled(*words).code == 2
    write(ics, event("UID:a", "DTSTART:20300101T000000Z"))
    assert filled("import", str(ics), "--staff", "Nobody At All", "--json").json["error"] == "not_found"


# --- feeds ----------------------------------------------------------------------------------------------------------
def test_a_calendar_is_added_listed_and_removed_without_a_network(filled: Chatty, network: Proxy) -> None:
    network.cut()
    assert "No calendar is followed" in filled("calendars").out
    added = filled("calendars", "add", "webcal://calendar.test/secret-path.ics", "--name", "Ana", "--json")
    assert added.code == 0 and "secret-path" not in added.out
    assert added.json["change"]["op"] == "calendar.add" and added.json["waiting"] == 1
    (listed,) = filled("calendars", "list", "--json").json["calendars"]
    assert listed.keys() == keys("A calendar:")
    assert (listed["name"], listed["host"], listed["state"], listed["pending"]) == ("Ana", "calendar.test", "new", True)
    removed = filled("calendars", "remove", listed["calendar_id"][:12], "--json").json
    assert (removed["calendar"], removed["change"], removed["waiting"]) == (None, None, 0)
    assert filled("calendars", "remove", "ffffffff", "--json").json["error"] == "not_found"


def test_without_a_name_a_calendar_is_called_by_its_host(filled: Chatty, network: Proxy) -> None:
    network.cut()
    assert filled("calendars", "add", "https://cal.test/a.ics", "--json").json["calendar"]["name"] == "cal.test"


@pytest.fixture
def feed(ics: Path) -> Iterator[str]:
    """The file, as a server of calendars gives it."""

    class Giving(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(ics.read_bytes())

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Giving) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/secret.ics"
        server.shutdown()
        serving.join()


def test_a_followed_calendar_blocks_its_times_and_a_removed_one_gives_them_back(
    filled: Chatty, ics: Path, feed: str
) -> None:
    booking = coming(filled)
    starts, ends = hours_of(booking, days_on=60)
    write(ics, event("UID:x", "SUMMARY:Away", starts, ends))
    added = filled("calendars", "add", feed, "--name", "Portal", "--staff", booking["staff_name"], "--json").json
    for _ in range(100):
        assert filled("sync", "--json").json["waiting"] == 0
        (listed,) = filled("calendars", "--json").json["calendars"]
        if listed["state"] != "new":
            break
    assert (listed["state"], listed["events"], listed["pending"]) == ("ok", 1, False)
    when = f"{(datetime.fromisoformat(booking['starts_at']) + timedelta(days=60)):%Y-%m-%d %H:%M}"
    move = ("bookings", "move", booking["booking_id"], "--at", when, "--on-purpose", "closed", "--json")
    refused = filled(*move).json
    assert refused["error"] == "blocked" and "Away" in refused["sentence"]
    filled("calendars", "remove", added["calendar"]["calendar_id"])
    assert "Stop following the calendar Portal" in filled("outbox").out
    assert filled("sync", "--json").json["waiting"] == 0
    assert filled(*move).code == 0


@pytest.mark.parametrize(
    "url", ["ftp://x/y.ics", "https://", "calendar", "https://[::1", "https://a b/", "javascript:1"]
)
def test_an_address_that_cannot_be_read_is_refused(filled: Chatty, network: Proxy, url: str) -> None:
    network.cut()
    said = filled("calendars", "add", url, "--name", "x", "--json")
    assert (said.code, said.json["error"]) == (1, "invalid")
