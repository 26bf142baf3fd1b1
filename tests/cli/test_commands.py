"""Every command against the real hosted API, over a network that is really cut where the test says offline."""

import re
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Chatty, Said
from tests.cli.documented import keys
from tests.e2e.proxy import Proxy
from tests.programs import Program

BESIDE = {"as_of", "offline", "waiting"}


def database(device: Path) -> Path:
    (found,) = device.glob("accounts/*/chatty.db")
    return found


# --- signing in and out ---------------------------------------------------------------------------------------------
def test_signed_in_once_every_later_command_is(chatty: Chatty) -> None:
    said = chatty("login", "--demo", "--json")
    assert said.code == 0
    assert said.json["kept_in"] == "vault" and said.json["lasts"] is True
    assert said.json["user"]["role"] == "owner" and said.json["account"]["business_name"]
    assert chatty("doctor", "--json").json["signed_in"] is True


def test_a_password_on_standard_input_signs_in_and_a_wrong_one_is_a_sentence(chatty: Chatty, hosted: Program) -> None:
    announced = re.search(r"owner: (\S+) password: (\S+)", hosted.said())
    assert announced
    email, password = announced[1], announced[2]
    wrong = chatty("login", "--email", email, "--password-stdin", "--json", typed="nonsense\n")
    assert (wrong.code, wrong.json["error"]) == (1, "wrong_credentials")
    mistyped = chatty("login", "--email", "not-an-email", "--password-stdin", "--json", typed="nonsense\n")
    assert (mistyped.code, mistyped.json["error"]) == (1, "invalid")
    assert mistyped.json["sentence"] == "“not-an-email” is no e-mail address."
    right = chatty("login", "--email", email, "--password-stdin", "--json", typed=password + "\n")
    assert right.code == 0 and right.json["user"]["email"] == email
    assert password not in right.out + right.err


def test_without_a_keychain_and_a_passphrase_the_session_ends_and_it_is_said(
    chatty: Chatty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHATTY_VAULT_PASSPHRASE")
    said = chatty("login", "--demo")
    assert said.code == 0
    assert "ends with this process" in said.out and "CHATTY_VAULT_PASSPHRASE" in said.out
    later = chatty("bookings", "--json")
    assert (later.code, later.json["error"]) == (1, "signed_out")
    assert "CHATTY_VAULT_PASSPHRASE" in later.json["sentence"]


def test_a_wrong_passphrase_is_a_sentence_and_nothing_is_lost(entered: Chatty, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setenv("CHATTY_VAULT_PASSPHRASE", "another")
        for command in (("bookings",), ("login", "--demo"), ("logout",)):
            said = entered(*command, "--json")
            assert (said.code, said.json["error"]) == (1, "vault")
    assert entered("bookings").code == 0


# --- reading --------------------------------------------------------------------------------------------------------
def test_bookings_fill_an_empty_device_first(chatty: Chatty) -> None:
    chatty("login", "--demo")
    said = chatty("bookings", "--from", "-1d", "--to", "+13d", "--json")
    assert said.code == 0
    assert said.json.keys() >= BESIDE | {"bookings", "from", "to", "time_zone"}
    assert said.json["offline"] is False and said.json["as_of"] and said.json["waiting"] == 0
    assert len(said.json["bookings"]) > 20


def test_an_empty_device_offline_is_a_sentence_and_exit_code_3(chatty: Chatty, network: Proxy) -> None:
    chatty("login", "--demo")
    network.cut()
    for command in ("bookings", "calls", "sync"):
        said = chatty(command, "--json")
        assert (said.code, said.json["error"]) == (3, "offline")
        assert said.json["sentence"].endswith(".")
    assert chatty("login", "--demo").code == 3


def test_offline_the_device_answers_and_says_how_old_that_is(filled: Chatty, network: Proxy) -> None:
    online = filled("bookings", "--day", "+1d", "--json").json
    network.cut()
    offline = filled("bookings", "--day", "+1d", "--json")
    assert offline.code == 0
    assert offline.json["offline"] is True and offline.json["as_of"] == online["as_of"]
    assert offline.json["bookings"] == online["bookings"]
    assert "Offline · data from" in filled("bookings").out


def test_a_booking_has_the_documented_keys_and_the_businesss_time(filled: Chatty) -> None:
    said = filled("bookings", "--from", "-30d", "--to", "+13d", "--all", "--json").json
    documented = keys("A booking:")
    for booking in said["bookings"]:
        assert booking.keys() == documented
    offsets = {datetime.fromisoformat(booking["starts_at"]).utcoffset() for booking in said["bookings"]}
    assert None not in offsets and datetime.fromisoformat(said["as_of"]).utcoffset() is not None
    starts = [datetime.fromisoformat(booking["starts_at"]) for booking in said["bookings"]]
    assert starts == sorted(starts)
    days = {start.date().isoformat() for start in starts}
    assert min(days) >= said["from"] and max(days) <= said["to"]


def test_cancelled_bookings_are_listed_only_with_all(filled: Chatty) -> None:
    span = ("bookings", "--from", "-60d", "--to", "+13d", "--json")
    some, every = filled(*span).json["bookings"], filled(*span, "--all").json["bookings"]
    statuses = {booking["status"] for booking in some}
    assert "cancelled" not in statuses and "cancelled" in {booking["status"] for booking in every}
    assert [booking for booking in every if booking["status"] != "cancelled"] == some


def test_a_call_has_the_keys(filled: Chatty) -> None:
    listed = filled("calls", "--json").json
    assert listed.keys() == BESIDE | {"calls"}
    for call in listed["calls"]:
        assert call.keys() == keys("A call:")
    assert filled("calls", "--live", "--json").json["calls"] == []


def test_an_unknown_call_is_a_sentence(filled: Chatty) -> None:
    said = filled("calls", "--id", "nope' OR 1=1 --", "--json")
    assert (said.code, said.json["error"]) == (1, "not_found")


def test_syncing_again_brings_nothing_twice(entered: Chatty) -> None:
    assert sum(entered("sync", "--json").json["rows"].values()) <= 2


# --- what goes wrong ------------------------------------------------------------------------------------------------
def test_a_damaged_database_is_kept_aside_and_fetched_again(filled: Chatty, tmp_path: Path) -> None:
    path = database(tmp_path / "device")
    before = filled("bookings", "--json").json["bookings"]
    path.write_bytes(b"this is no database" * 500)
    assert filled("doctor", "--json").json["database"]["health"] != "ok"
    said = filled("bookings", "--json")
    assert (said.code, said.json["bookings"]) == (0, before)
    assert "kept as" in said.err
    (aside,) = path.parent.glob("*.corrupt-*")
    assert aside.read_bytes().startswith(b"this is no database")


def test_a_database_damaged_in_the_middle_is_mended_by_sync(filled: Chatty, tmp_path: Path) -> None:
    path = database(tmp_path / "device")
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    said = filled("sync")
    assert said.code == 0 and "kept as" in said.err
    assert filled("bookings").code == 0


def test_a_database_of_a_newer_version_is_left_alone(filled: Chatty, tmp_path: Path) -> None:
    path = database(tmp_path / "device")
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA user_version = 999")
    conn.close()
    for command in ("bookings", "sync"):
        said = filled(command, "--json")
        assert said.code == 1 and "newer version" in said.json["sentence"]


def test_the_api_in_trouble_is_exit_code_3(filled: Chatty, hosted: Program) -> None:
    import httpx

    faults = f"{hosted.url}/v1/_faults"
    httpx.put(faults, content="refuse:503@/v1/sync").raise_for_status()
    try:
        said = filled("sync", "--json")
    finally:
        httpx.delete(faults).raise_for_status()
    assert said.code == 3 and said.json["sentence"]


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        ("refuse:429@/v1/sync", "rate_limited", r"That was too often\. Try again in 1 s\."),
        ("malformed@/v1/sync", "malformed", r"The API's answer makes no sense \(at \$\)\. .+\."),
    ],
)
def test_an_answer_that_cannot_be_used_is_one_sentence(
    filled: Chatty, hosted: Program, fault: str, code: str, sentence: str
) -> None:
    import httpx

    faults = f"{hosted.url}/v1/_faults"
    httpx.put(faults, content=fault).raise_for_status()
    try:
        said = filled("sync", "--json")
    finally:
        httpx.delete(faults).raise_for_status()
    assert (said.code, said.json["error"]) == (1, code)
    assert re.fullmatch(sentence, said.json["sentence"])


def test_doctor_says_offline_and_still_succeeds(filled: Chatty, network: Proxy) -> None:
    well = filled("doctor", "--json")
    assert well.json["database"]["encryption"] == "no_keychain"
    assert "off: no keychain is usable" in filled("doctor").out
    assert well.code == 0 and well.json["api"]["reachable"] and well.json["database"]["health"] == "ok"
    assert abs(well.json["api"]["skew_s"]) < 5
    assert well.json["as_of"] == filled("bookings", "--json").json["as_of"]
    network.cut()
    cut = filled("doctor", "--json")
    assert cut.code == 0 and cut.json["offline"] is True and cut.json["database"]["health"] == "ok"
    assert "offline" in filled("doctor").out


# --- usage ----------------------------------------------------------------------------------------------------------
LONG = "x" * 10_000


@pytest.mark.parametrize(
    "words",
    [
        ("bookings", "--day", "--help"),
        ("bookings", "--day", "yesterweek"),
        ("bookings", "--day", "2026-02-30"),
        ("bookings", "--day", "+99999d99"),
        ("bookings", "--day", LONG),
        ("bookings", "--day", "\x1b[31mred"),
        ("bookings", "--day", "today", "--from", "today", "--to", "today"),
        ("bookings", "--from", "today"),
        ("bookings", "--to", "today"),
        ("bookings", "--nonsense"),
        ("calls", "--live", "--id", "x"),
        ("login", "--demo", "--email", "a@b.test"),
        ("login", "--password-stdin"),
        ("login", "--email", "a@b.test", "--password-stdin"),
        ("doctor", "--api", "ftp://somewhere"),
        ("doctor", "--api", "http://"),
        ("doctor", "--api", "http://[::1"),
        ("doctor", "--data", __file__),
        ("run", "--port", "0"),
        ("run", "--port", "abc"),
        ("run", "--speed", "0"),
        ("run", "--speed", "nan"),
        ("run", "--api", "http://127.0.0.1:1", "--calls", __file__),
        ("nonsense",),
        (LONG,),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_bad_usage_is_one_sentence_and_exit_code_2(chatty: Chatty, words: tuple[str, ...]) -> None:
    said = chatty(*words)
    assert said.code == 2
    assert said.out == "" and 10 < len(said.err) < 500
    assert "Traceback" not in said.err and "\x1b" not in said.err


def test_the_last_day_before_the_first_is_bad_usage(filled: Chatty) -> None:
    assert filled("bookings", "--from", "+2d", "--to", "+1d").code == 2


def test_bad_usage_with_json_is_an_object(chatty: Chatty) -> None:
    for words in (("bookings", "--day", "never"), ("bookings", "--nonsense")):
        said = chatty(*words, "--json")
        assert (said.code, said.json["error"]) == (2, "usage")


def test_far_away_days_are_empty_not_errors(filled: Chatty) -> None:
    for day in ("9999-12-31", "0001-01-01", "+99999d"):
        said: Said = filled("bookings", "--day", day, "--json")
        assert (said.code, said.json["bookings"]) == (0, [])


def test_alone_it_shows_its_help(chatty: Chatty) -> None:
    said = chatty()
    assert said.code == 0 and "bookings" in said.out
