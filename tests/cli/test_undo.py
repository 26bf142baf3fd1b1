"""`chatty undo`: the last edit and no more, whoever was told is thought of, and what is no more can be had again."""

from typing import Any

import pytest

from tests.cli.bookings import coming, local
from tests.cli.conftest import Chatty, Said
from tests.cli.documented import keys
from tests.cli.test_outbox import note, outbox
from tests.e2e.proxy import Proxy


@pytest.fixture
def offline(filled: Chatty, network: Proxy) -> Chatty:
    network.cut()
    return filled


def add(chatty: Chatty, name: str, *more: str, at: str = "+9d 10:00") -> dict[str, Any]:
    said = chatty("bookings", "add", "--client", name, "--at", at, "--service", SERVICE, *ON_PURPOSE, *more, "--json")
    assert said.code == 0, said
    return said.json["booking"]


SERVICE, ON_PURPOSE = "Women's haircut", ("--on-purpose", "overlap,closed")


def names(chatty: Chatty) -> set[str]:
    listed = chatty("bookings", "--day", "+9d", "--json").json["bookings"]
    return {each["customer_name"] for each in listed if each["pending"]}


def state_of(said: Said, name: str) -> str:
    """What the row of this client, whom nobody in particular sees, says of the booking before its id."""
    assert said.code == 0, said
    head, row = (next(line for line in said.out.splitlines() if part in line) for part in ("When", f"  {name}  "))
    return row[head.index("With") : head.index("Id")].strip()


def error(said: Said) -> str:
    assert said.code == 1, said
    return said.json["error"]


# --- the last edit ---------------------------------------------------------------------------------------------------
def test_the_last_edit_is_undone_also_where_it_became_part_of_an_older_change(offline: Chatty) -> None:
    older, newer = add(offline, "Aaa One"), add(offline, "Bbb Two")
    edited = offline("bookings", "edit", older["booking_id"], "--notes", "hello", "--json").json
    assert edited["change"]["change_id"] < outbox(offline)[-1]["change_id"]
    undone = offline("undo", "--json").json
    assert (undone["booking"]["booking_id"], undone["booking"]["notes"]) == (older["booking_id"], None)
    assert "hello" in undone["taken_back"]["sentence"] and undone["waiting"] == 2
    assert names(offline) == {"Aaa One", "Bbb Two"}
    said = offline("undo")
    assert "Bbb Two" in said.out and newer["booking_id"] in said.out
    assert names(offline) == {"Aaa One"}


def test_of_a_booking_that_was_edited_before_it_was_sent_each_edit_is_undone_by_itself(offline: Chatty) -> None:
    made = add(offline, "Aaa One")
    offline("bookings", "move", made["booking_id"], "--at", "11:30", *ON_PURPOSE)
    offline("bookings", "edit", made["booking_id"], "--notes", "hello")
    without_note, where_it_was = (offline("undo", "--json").json["booking"] for _ in range(2))
    assert (without_note["notes"], local(without_note)[11:]) == (None, "11:30")
    assert where_it_was == made
    assert offline("undo", "--json").json["booking"] is None
    assert error(offline("undo", "--json")) == "not_found"


def test_an_edit_that_was_sent_as_part_of_a_change_is_not_undone_with_the_whole_of_it_unless_asked(
    filled: Chatty,
) -> None:
    made = add(filled, "Whole One")
    number = note(filled, made, "hello")
    filled("sync")
    refused = filled("undo", "--json")
    assert error(refused) == "whole" and f"chatty undo {number}" in refused.json["sentence"]
    assert filled("undo", "--list", "--json").json["next"] == number
    undone = filled("undo", "--whole", "--json").json
    assert undone["booking"]["status"] == "cancelled" and undone["change"]["op"] == "booking.patch"
    filled("sync")


# --- whoever was told -----------------------------------------------------------------------------------------------
def test_who_was_told_of_it_is_told_of_the_undoing_or_not_but_never_passed_over(filled: Chatty) -> None:
    add(filled, "Told One", "--phone", "+1 555 0142", "--tell-default")
    add(filled, "Told Two", "--phone", "+1 555 0143", "--tell-default", at="+9d 11:00")
    assert "tell" not in filled("undo").out
    add(filled, "Told Two", "--phone", "+1 555 0143", "--tell-default", at="+9d 11:00")
    filled("sync")
    asked = filled("undo", "--json")
    assert error(asked) == "told" and "Told Two" in asked.json["sentence"] and "cancelled" in asked.json["sentence"]
    silent = filled("undo", "--no-tell")
    assert "told nothing" in silent.out and "will be told" not in silent.out
    told = filled("undo", "--tell-default", "--json").json
    assert told["booking"]["customer_name"] == "Told One"
    assert told["change"]["tell"]["channel"] == "sms" and "is cancelled" in told["change"]["tell"]["text"]
    filled("sync")


# --- what is no more -------------------------------------------------------------------------------------------------
def test_cancelling_what_was_never_sent_says_what_is_gone_and_undo_makes_it_again(offline: Chatty) -> None:
    made = add(offline, "Aaa One", "--notes", "hello")
    said = offline("bookings", "cancel", made["booking_id"])
    assert f"chatty bookings restore {made['booking_id']}" in said.out
    assert state_of(said, "Aaa One") == "taken back"
    assert names(offline) == set()
    undone = offline("undo", "--json").json
    assert undone["booking"] == made and undone["change"]["op"] == "booking.create" and undone["waiting"] == 1
    cancelled = offline("bookings", "cancel", made["booking_id"], "--json").json
    assert (cancelled["booking"], cancelled["change"]) == (None, None)
    assert cancelled["taken_back"]["booking"] == made | {"pending": False}
    assert offline("bookings", "restore", made["booking_id"][:12], "--json").json["booking"] == made


@pytest.mark.parametrize("words", [("undo",), ("undo", "{no}"), ("outbox", "cancel", "{no}")])
def test_a_booking_taken_back_before_it_was_sent_is_restored(offline: Chatty, words: tuple[str, ...]) -> None:
    made = add(offline, "Aaa One")
    (change,) = outbox(offline)
    taken = offline(*(word.format(no=change["change_id"]) for word in words), "--json").json
    assert taken["booking"] is None and taken["taken_back"]["booking"] == made | {"pending": False}
    assert offline("bookings", "restore", made["booking_id"], "--json").json["booking"] == made
    assert outbox(offline) == [change]
    assert state_of(offline(*(word.format(no=change["change_id"]) for word in words)), "Aaa One") == "taken back"


# --- the list --------------------------------------------------------------------------------------------------------
def test_the_list_names_all_of_them_the_last_edited_first(filled: Chatty) -> None:
    filled("sync")
    booking = coming(filled)
    settled = note(filled, booking, "listed")
    filled("sync")
    made = add(filled, "Aaa One")
    filled("bookings", "cancel", made["booking_id"])
    gone, past = filled("undo", "--list", "--json").json["changes"][:2]
    assert gone.keys() == keys("An edit:") and gone["state"] == "gone"
    assert (past["change_id"], past["state"], past["undone_by"]) == (settled, "settled", None)
    assert "listed" in filled("undo", "--list").out
    assert filled("undo", str(gone["change_id"]), "--json").json["booking"] == made
    assert filled("undo", "--list", "7", "--json").code == 2
    filled("undo")
    assert filled("undo", "--json").json["booking"]["notes"] == booking["notes"]
    filled("sync")
