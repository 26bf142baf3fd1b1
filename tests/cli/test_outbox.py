"""The outbox, undo and conflicts from the command line, between two devices and a server that really hold them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bookings import coming, free_time, local, other_of, suggested
from tests.cli.conftest import Chatty
from tests.cli.documented import keys
from tests.e2e.proxy import Proxy


def outbox(chatty: Chatty) -> list[dict[str, Any]]:
    return chatty("outbox", "--json").json["outbox"]


def note(chatty: Chatty, booking: dict[str, Any], text: str) -> int:
    return chatty("bookings", "edit", booking["booking_id"], "--notes", text, "--json").json["change"]["change_id"]


# --- the outbox -----------------------------------------------------------------------------------------------------
def test_it_lists_what_waits_in_sentences(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    assert outbox(filled) == [] and "Nothing is waiting" in filled("outbox").out
    number = note(filled, booking, "window seat")
    (change,) = outbox(filled)
    assert change.keys() == keys("A change:")
    assert (change["change_id"], change["op"], change["state"]) == (number, "booking.patch", "queued")
    assert booking["customer_name"].split()[0] in change["sentence"] and "window seat" in change["sentence"]
    listed = filled("outbox", "list")
    assert change["sentence"] in listed.out and listed.code == 0


def test_cancel_takes_a_change_back_as_if_it_had_not_been(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    number = note(filled, booking, "x")
    said = filled("outbox", "cancel", str(number), "--json").json
    assert said["booking"] == booking and said["change"] is None and said["waiting"] == 0
    assert filled("outbox", "cancel", str(number), "--json").json["error"] == "not_found"


def test_what_is_settled_cannot_be_cancelled_but_undone(filled: Chatty) -> None:
    booking = coming(filled)
    number = note(filled, booking, "for a moment")
    said = filled("sync", "--json").json
    assert (said["pushed"], said["waiting"], said["conflicts"], said["refused"]) == (1, 0, 0, 0)
    assert said["pulled"] == sum(said["rows"].values()) > 0
    assert filled("outbox", "cancel", str(number), "--json").json["error"] == "sent"
    undone = filled("undo", str(number), "--json").json
    assert undone["booking"]["notes"] == booking["notes"] and undone["waiting"] == 1
    assert filled("undo", str(number), "--json").json["error"] == "undone_already"
    assert filled("sync", "--json").json["waiting"] == 0


def test_retry_of_what_waits_and_of_nothing(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    number = note(filled, booking, "x")
    assert filled("outbox", "retry", str(number), "--json").json["change"]["state"] == "queued"
    assert filled("outbox", "retry", "999999", "--json").json["error"] == "not_found"


def test_export_writes_every_change_as_it_would_be_sent(filled: Chatty, network: Proxy, tmp_path: Path) -> None:
    booking = coming(filled)
    network.cut()
    note(filled, booking, "first")
    filled("calendars", "add", "https://calendar.test/secret.ics", "--name", "Ana")
    out = tmp_path / "waiting.json"
    said = filled("outbox", "export", str(out), "--json").json
    assert (said["changes"], said["bytes"]) == (2, out.stat().st_size)
    written = json.loads(out.read_text(encoding="utf-8"))
    assert [change["mutation"]["op"] for change in written["changes"]] == ["booking.patch", "calendar.add"]
    assert written["changes"][0]["mutation"]["set"]["notes"][1] == "first"
    assert written["conflicts"] == []


def test_sync_offline_leaves_everything_waiting(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    note(filled, booking, "x")
    assert filled("sync", "--json").code == 3
    assert len(outbox(filled)) == 1


# --- undo -----------------------------------------------------------------------------------------------------------
def test_undo_takes_back_the_newest_first(filled: Chatty, network: Proxy) -> None:
    first, second = coming(filled), other_of(filled, coming(filled))
    network.cut()
    note(filled, first, "first")
    note(filled, second, "second")
    assert filled("undo", "--json").json["booking"] == second
    undone = filled("undo")
    assert undone.code == 0 and undone.out.startswith("Undone: ")
    assert filled("undo", "--json").json["error"] == "not_found"
    assert outbox(filled) == []


def test_undo_twice_does_not_do_it_again(filled: Chatty) -> None:
    booking = coming(filled)
    earlier = note(filled, booking, "earlier")
    filled("sync")
    later = note(filled, booking, "later")
    filled("sync")
    assert filled("undo", "--json").json["booking"]["notes"] == "earlier"
    assert filled("undo", "--json").json["booking"]["notes"] == booking["notes"]
    assert earlier < later
    filled("sync")


def test_an_unknown_number_is_a_sentence(filled: Chatty) -> None:
    for words in (("undo", "424242"), ("outbox", "cancel", "424242"), ("conflicts", "resolve", "42", "--keep", "mine")):
        said = filled(*words, "--json")
        assert (said.code, said.json["error"]) == (1, "not_found") and said.json["sentence"].endswith(".")


# --- conflicts ------------------------------------------------------------------------------------------------------
@pytest.fixture
def elsewhere(filled: Chatty, tmp_path: Path) -> Callable[[dict[str, Any], str], None]:
    """Another device changes the note of a booking, and the server has it."""

    def change(booking: dict[str, Any], text: str) -> None:
        other = ("--data", str(tmp_path / "other"))
        assert filled("login", "--demo", *other).code == 0
        assert filled("bookings", "edit", booking["booking_id"], "--notes", text, *other).code == 0
        assert filled("sync", "--json", *other).json["pushed"] == 1

    return change


@pytest.fixture
def double(filled: Chatty, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The conflict over a time that another device gave to somebody else meanwhile, and whom it met there."""
    other = ("--data", str(tmp_path / "other"))
    assert filled("login", "--demo", *other).code == filled("sync").code == 0
    booking = coming(filled)
    when, its_id = free_time(filled, booking), booking["booking_id"]
    assert filled("bookings", "move", its_id, "--at", when, "--json").code == 0
    whose = ("--client", "Eva Lind", "--service", booking["service_name"], "--staff", booking["staff_name"])
    there = filled("bookings", "add", *whose, "--at", when, "--for", "10m", "--json", *other)
    assert there.code == 0, there
    assert filled("sync", "--json", *other).json["pushed"] == 1
    assert filled("sync", "--json").json["conflicts"] == 1
    (conflict,) = filled("conflicts", "--json").json["conflicts"]
    return conflict, there.json["booking"]


def test_the_other_goes_to_the_time_that_is_offered_and_mine_takes_its_own(
    filled: Chatty, double: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    conflict, there = double
    (offered,) = [each for each in conflict["choices"] if each["keep"] == "move-other"]
    said = filled("conflicts", "resolve", str(conflict["conflict_id"]), "--keep", "move-other", "--json")
    assert said.code == 0 and said.json["booking"]["starts_at"] == there["starts_at"]
    assert (filled("sync", "--json").json["conflicts"], filled("conflicts", "--json").json["conflicts"]) == (0, [])
    listed = filled("bookings", "--day", offered["slot"]["starts_at"][:10], "--json").json["bookings"]
    (moved,) = [each for each in listed if each["booking_id"] == there["booking_id"]]
    assert moved["starts_at"] == offered["slot"]["starts_at"]


def test_a_time_that_cannot_be_had_names_only_what_the_conflict_offers(
    filled: Chatty, double: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    conflict, there = double
    resolve = ("conflicts", "resolve", str(conflict["conflict_id"]), "--keep", "at", "--json", "--at")
    taken = filled(*resolve, local(there)).json
    assert taken["error"] == "taken" and taken["sentence"].endswith("--keep overbook.")
    closed = filled(*resolve, f"{local(there)[:10]} 03:00").json
    assert closed["error"] == "closed"
    assert "--on-purpose" not in taken["sentence"] + closed["sentence"] and "overbook" not in closed["sentence"]


def test_two_notes_meet_and_the_owner_keeps_both(
    filled: Chatty, elsewhere: Callable[[dict[str, Any], str], None]
) -> None:
    booking = coming(filled)
    elsewhere(booking, "theirs")
    note(filled, booking, "mine")
    said = filled("sync", "--json").json
    assert (said["conflicts"], said["waiting"]) == (1, 0)
    listed = filled("conflicts", "--json").json["conflicts"]
    (conflict,) = [each for each in listed if each["booking_id"] == booking["booking_id"]]
    assert conflict.keys() == keys("A conflict:")
    assert (conflict["field"], conflict["answered"]) == ("notes", False)
    texts = [conflict[part]["notes"] for part in ("before", "yours", "now")]
    assert texts == [booking["notes"], "mine", "theirs"] and conflict["by"]["name"]
    assert [choice["keep"] for choice in conflict["choices"]] == ["both", "mine", "theirs"]
    assert "--keep both" in filled("conflicts", "list").out
    number = str(conflict["conflict_id"])
    refused = filled("conflicts", "resolve", number, "--keep", "overbook", "--json")
    assert (refused.code, refused.json["error"]) == (1, "no_such_choice")
    decided = filled("conflicts", "resolve", number, "--keep", "both", "--json").json
    assert decided["booking"]["notes"] == "theirs\nmine" and decided["waiting"] == 1
    assert filled("conflicts", "--json").json["conflicts"][0]["answered"] is True
    assert filled("conflicts", "resolve", number, "--keep", "mine", "--json").json["error"] == "decided_already"
    said = filled("sync", "--json").json
    assert (said["pushed"], said["conflicts"], said["waiting"]) == (1, 0, 0)
    assert filled("conflicts", "--json").json["conflicts"] == []


def test_a_lead_won_elsewhere_is_lost_here_only_if_the_owner_keeps_that(filled: Chatty, tmp_path: Path) -> None:
    lead_id = filled("leads", "--stage", "contacted", "--json").json["leads"][0]["lead_id"]
    other = ("--data", str(tmp_path / "other"))
    assert filled("login", "--demo", *other).code == 0
    assert filled("leads", "move", lead_id, "converted", *other).code == 0
    assert filled("sync", "--json", *other).json["pushed"] == 1
    assert filled("leads", "move", lead_id, "lost", "--because", "too far").code == 0
    assert filled("sync", "--json").json["conflicts"] == 1
    (conflict,) = filled("conflicts", "--json").json["conflicts"]
    assert (conflict["booking_id"], conflict["lead_id"], conflict["field"]) == (None, lead_id, "stage")
    assert [conflict[part]["stage"] for part in ("before", "yours", "now")] == ["contacted", "lost", "converted"]
    assert [choice["keep"] for choice in conflict["choices"]] == ["mine", "theirs"]
    said = filled("conflicts", "resolve", str(conflict["conflict_id"]), "--keep", "mine", "--json").json
    assert (said["booking"], said["lead"]["stage"], said["waiting"]) == (None, "lost", 1)
    assert filled("sync", "--json").json["conflicts"] == 0


def test_theirs_sends_nothing(filled: Chatty, elsewhere: Callable[[dict[str, Any], str], None]) -> None:
    filled("sync")
    first = coming(filled)
    booking = other_of(filled, first)
    before = note(filled, first, "before")
    elsewhere(booking, "one")
    without_effect = note(filled, booking, "two")
    filled("sync")
    (conflict,) = filled("conflicts", "--json").json["conflicts"]
    decided = filled("conflicts", "resolve", str(conflict["conflict_id"]), "--keep", "theirs", "--json").json
    assert decided["booking"]["notes"] == "one" and decided["change"] is None and decided["waiting"] == 0
    listed = filled("undo", "--list", "--json").json
    assert listed["next"] == before
    assert [each["change_id"] for each in listed["changes"] if each["applied_nothing"]] == [without_effect]
    assert filled("undo", "--json").json["booking"]["notes"] == first["notes"]
    filled("sync")


def test_a_time_that_was_taken_meanwhile_offers_free_ones(filled: Chatty, tmp_path: Path) -> None:
    booking = coming(filled)
    words = ("--service", booking["service_name"], "--staff", booking["staff_name"], "--json")
    taken = filled("bookings", "add", "--client", "x", "--at", local(booking), *words)
    when = ("--at", suggested(taken))
    other = ("--data", str(tmp_path / "other"))
    assert filled("login", "--demo", *other).code == 0
    assert filled("bookings", "add", "--client", "First", *when, *words, *other).code == 0
    assert filled("bookings", "add", "--client", "Second", *when, *words).code == 0
    assert filled("sync", "--json", *other).json["pushed"] == 1
    assert filled("sync", "--json").json["conflicts"] == 1
    (conflict,) = filled("conflicts", "--json").json["conflicts"]
    assert conflict["why"] == "slot_taken" and "First" in conflict["met"]
    keeps = [choice["keep"] for choice in conflict["choices"]]
    assert "slot:1" in keeps and "at" in keeps
    assert conflict["yours"]["starts_at"][:16].replace("T", " ") == when[1] and conflict["with"]["call_id"] is None
    slots = {choice["keep"]: choice["slot"] for choice in conflict["choices"]}
    assert slots["at"] is None and slots["slot:1"]["starts_at"] >= booking["starts_at"][:10]
    number = str(conflict["conflict_id"])
    assert filled("conflicts", "resolve", number, "--keep", "at", "--json").code == 2
    decided = filled("conflicts", "resolve", number, "--keep", "slot:1", "--json").json
    assert decided["booking"]["customer_name"] == "Second"
    assert (local(decided["booking"]), decided["booking"]["staff_id"]) != (when[1], booking["staff_id"])
    assert decided["booking"]["staff_name"] in conflict["choices"][0]["does"]
    assert filled("sync", "--json").json["conflicts"] == 0
