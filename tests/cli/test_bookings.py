"""Bookings changed from the command line: with the server down, with the app beside it, and with what cannot be."""

import contextlib
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.bookings import coming, free_time, local, other_of, suggested
from tests.cli.conftest import Chatty, Said
from tests.cli.documented import keys
from tests.e2e.proxy import Proxy

ANSWER = {"booking", "change", "as_of", "waiting", "tell_dropped", "nobody_is_free"}


def somebody_of_one_name(device: Path) -> tuple[str, str, str]:
    """A customer with a phone number whose name nobody else has: id, name, number."""
    (file,) = device.glob("accounts/*/chatty.db")
    with contextlib.closing(sqlite3.connect(file)) as conn:
        return conn.execute(
            "SELECT id, name, phone FROM customers WHERE phone IS NOT NULL AND name GLOB '[A-Za-z ]*' "
            "AND name NOT GLOB '*[^A-Za-z ]*' GROUP BY lower(name) HAVING count(*) = 1 LIMIT 1"
        ).fetchone()


# --- with the server down -------------------------------------------------------------------------------------------
def test_a_move_offline_is_shown_at_once_waits_and_is_there_for_the_next_command(
    filled: Chatty, network: Proxy
) -> None:
    booking = coming(filled)
    when = free_time(filled, booking)
    network.cut()
    said = filled("bookings", "move", booking["booking_id"], "--at", when, "--json")
    assert said.code == 0 and said.json.keys() == ANSWER
    moved = said.json["booking"]
    assert local(moved) == when and moved["duration_minutes"] == booking["duration_minutes"] and moved["pending"]
    assert said.json["change"]["state"] == "queued" and said.json["waiting"] == 1
    day = when[:10]
    listed = filled("bookings", "--day", day, "--json").json
    assert listed["waiting"] == 1 and listed["offline"] is True
    assert any(each["booking_id"] == moved["booking_id"] and each["pending"] for each in listed["bookings"])


def test_the_words_for_people_say_that_it_waits(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    said = filled("bookings", "edit", booking["booking_id"], "--notes", "window seat")
    assert said.code == 0 and said.out.startswith("Changed. It waits to be sent: `chatty sync` sends it")
    assert booking["customer_name"] in said.out and "waiting" in said.out


def test_every_verb_offline(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    its_id = booking["booking_id"]
    network.cut()

    def do(*words: str) -> dict[str, Any]:
        said = filled("bookings", *words, "--json")
        assert said.code == 0, said
        return said.json["booking"]

    assert do("edit", its_id, "--notes", "first\nsecond")["notes"] == "first\nsecond"
    assert do("edit", its_id, "--notes", "")["notes"] is None
    cancelled = do("cancel", its_id, "--reason", "ill")
    assert (cancelled["status"], cancelled["cancellation_reason"]) == ("cancelled", "ill")
    assert do("restore", its_id)["status"] == "confirmed"
    assert do("move", its_id[:-2], "--for", "35m", "--on-purpose", "overlap,closed")["duration_minutes"] == 35


def test_only_what_has_begun_is_completed_or_a_no_show(filled: Chatty, network: Proxy) -> None:
    its_id = coming(filled)["booking_id"]
    listed = filled("bookings", "--from", "-13d", "--to", "-1d", "--json").json["bookings"]
    over = next(each["booking_id"] for each in listed if each["status"] == "completed")
    network.cut()
    for verb, status in (("no-show", "no_show"), ("complete", "completed")):
        refused = filled("bookings", verb, its_id, "--json")
        assert (refused.code, refused.json["error"]) == (1, "not_begun")
        assert filled("bookings", verb, over, "--json").json["booking"]["status"] == status
    assert "has not begun" in filled("bookings", "complete", its_id).err


def test_a_change_taken_back_by_the_next_one_leaves_nothing_waiting(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled, notes=None)
    network.cut()
    filled("bookings", "edit", booking["booking_id"], "--notes", "x")
    said = filled("bookings", "edit", booking["booking_id"], "--notes", "", "--json").json
    assert said["change"] is None and said["waiting"] == 0 and said["booking"]["pending"] is False


def test_add_books_a_new_client_and_a_known_one(filled: Chatty, network: Proxy, tmp_path: Path) -> None:
    booking = coming(filled)
    network.cut()
    words = ("--service", booking["service_name"], "--staff", booking["staff_name"])
    taken = ("bookings", "add", "--client", "x", "--at", local(booking), *words, "--json")
    words = ("--at", when := suggested(filled(*taken)), *words)
    said = filled("bookings", "add", "--client", "Nadia Neu", *words, "--phone", "+1 555 0100", "--json")
    assert said.code == 0, said
    new = said.json["booking"]
    assert (new["customer_name"], new["customer_id"], new["customer_phone"]) == ("Nadia Neu", None, "+1 555 0100")
    assert (new["service_id"], new["staff_id"], local(new)) == (booking["service_id"], booking["staff_id"], when)
    filled("bookings", "cancel", new["booking_id"])
    customer_id, name, phone = somebody_of_one_name(tmp_path / "device")
    known = filled("bookings", "add", "--client", name.upper(), *words, "--json").json["booking"]
    assert (known["customer_id"], known["customer_phone"]) == (customer_id, phone)


def test_names_that_look_like_options_or_markup_are_names(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    for name in ("--help", "<b>Bo</b>", "\u202egnol", "💇🏽‍♀️"):
        said = filled("bookings", "edit", booking["booking_id"], f"--name={name}", "--json")
        assert said.code == 0 and said.json["booking"]["customer_name"] == name


def test_where_nobody_is_free_for_a_booking_without_a_person_it_is_said(filled: Chatty, network: Proxy) -> None:
    network.cut()
    what = ("--at", "+11d 11:00", "--service", "Women's haircut", "--on-purpose", "overlap,closed")
    said = [filled("bookings", "add", "--client", f"Client {n}", *what, "--json").json for n in range(7)]
    free = [not each["nobody_is_free"] for each in said]
    assert free == sorted(free, reverse=True) and not free[-1]
    assert "Nobody who does this is free then" in filled("bookings", "add", "--client", "Client 8", *what).out


# --- telling the client ---------------------------------------------------------------------------------------------
def test_nobody_is_told_unless_asked_for(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    assert filled("bookings", "cancel", booking["booking_id"], "--json").json["change"]["tell"] is None


def test_the_usual_text_speaks_of_the_booking_as_it_will_be(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    when = free_time(filled, booking)
    network.cut()
    said = filled("bookings", "move", booking["booking_id"], "--at", when, "--tell-default", "--json").json
    tell = said["change"]["tell"]
    assert tell["channel"] == "sms" and "has moved" in tell["text"]
    assert said["waiting"] == 1
    named = filled("bookings", "edit", booking["booking_id"], "--notes", "y", "--tell", "Bring a hat", "--json").json
    assert named["change"]["tell"]["text"] == "Bring a hat" and named["tell_dropped"] is None
    back = filled("bookings", "move", booking["booking_id"], "--for", "35m", "--on-purpose", "overlap", "--json").json
    assert back["change"]["tell"] is None and back["tell_dropped"]["text"] == "Bring a hat"


def test_a_client_without_number_and_address_cannot_be_told(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    for phone, email in (("", ""), ("abc", "not an address")):
        filled("bookings", "edit", booking["booking_id"], "--phone", phone, "--email", email)
        said = filled("bookings", "cancel", booking["booking_id"], "--tell-default", "--json")
        assert (said.code, said.json["error"]) == (1, "no_recipient")
    assert filled("bookings", "--from", "+1d", "--to", "+13d", "--json").json["waiting"] == 1


# --- what cannot be -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--at", "yesterday 10:00"), "past"),
        (("--at", "+3d 03:00"), "closed"),
        (("--for", "4m"), "too_short"),
        (("--for", "0m"), "too_short"),
        (("--for", "24h", "--on-purpose", "overlap,closed"), "too_long"),
        (("--at", "9999-12-31 10:00"), "invalid"),
        (("--staff", "Nobody At All"), "not_found"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_cannot_be_is_one_sentence_with_its_code_and_nothing_is_changed(
    filled: Chatty, network: Proxy, words: tuple[str, ...], code: str
) -> None:
    booking = coming(filled)
    network.cut()
    said = filled("bookings", "move", booking["booking_id"], *words, "--json")
    assert (said.code, said.json["error"]) == (1, code), said.json
    assert re.fullmatch(r"[A-Z“].{5,400}[.]", said.json["sentence"])
    after = filled("bookings", "--day", booking["starts_at"][:10], "--json").json
    assert after["waiting"] == 0 and booking in after["bookings"]


def test_a_taken_time_names_who_is_there_and_can_be_taken_on_purpose(filled: Chatty, network: Proxy) -> None:
    mine = coming(filled)
    other = other_of(filled, mine)
    network.cut()
    said = filled("bookings", "move", mine["booking_id"], "--at", local(other), "--json")
    assert said.json["error"] == "taken" and other["customer_name"] in said.json["sentence"]
    assert "--on-purpose overlap" in said.json["sentence"]
    assert filled("bookings", "move", mine["booking_id"], "--at", local(other), "--on-purpose", "overlap").code == 0


def test_ten_thousand_characters_are_refused_before_anything_is_kept(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    for option in ("--name", "--notes", "--phone"):
        said = filled("bookings", "edit", booking["booking_id"], option, "x" * 10_000, "--json")
        assert (said.code, said.json["error"]) == (1, "invalid") and len(said.out) < 500
    assert filled("bookings", "--json").json["waiting"] == 0


def test_a_cancelled_booking_is_left_alone_but_for_its_note(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    filled("bookings", "cancel", booking["booking_id"])
    said = filled("bookings", "move", booking["booking_id"], "--for", "37m", "--json")
    assert (said.code, said.json["error"]) == (1, "is_cancelled")
    assert filled("bookings", "edit", booking["booking_id"], "--notes", "why").code == 0


# --- which booking --------------------------------------------------------------------------------------------------
def test_a_client_s_name_is_enough_when_one_booking_is_meant(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    filled("bookings", "edit", booking["booking_id"], "--name", "Zoë Única")
    said = filled("bookings", "cancel", "--client", "zoë ÚNICA", "--json")
    assert said.json["booking"]["booking_id"] == booking["booking_id"]
    assert filled("bookings", "cancel", "--client", "Zoë Única", "--json").json["error"] == "not_found"
    assert filled("bookings", "restore", "--client", "Zoë", "--json").json["booking"]["status"] == "confirmed"


def test_a_name_that_several_have_is_ambiguous_and_lists_them(filled: Chatty, network: Proxy) -> None:
    listed = filled("bookings", "--from", "+1d", "--to", "+13d", "--json").json["bookings"]
    network.cut()
    for booking in listed[:2]:
        filled("bookings", "edit", booking["booking_id"], "--name", "Twin Twin")
    said = filled("bookings", "cancel", "--client", "Twin Twin", "--json")
    assert (said.code, said.json["error"]) == (1, "ambiguous")
    assert all(booking["booking_id"] in said.json["sentence"] for booking in listed[:2])
    assert said.json["sentence"].count("Twin Twin") > 2


@pytest.mark.parametrize(
    "words",
    [
        ("move", "0123456789"),
        ("move", "0123456789", "--at", "half past"),
        ("move", "0123456789", "--for", "long"),
        ("move", "--at", "16:30"),
        ("move", "0123456789", "--client", "x", "--at", "16:30"),
        ("move", "0123456789", "--at", "16:30", "--on-purpose", "everything"),
        ("move", "0123456789", "--at", "16:30", "--tell", "x", "--no-tell"),
        ("edit", "0123456789"),
        ("edit", "0123456789", "--price", "-1"),
        ("add", "--client", "x"),
        ("cancel", "01"),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_bad_usage_is_one_sentence_and_exit_code_2(filled: Chatty, words: tuple[str, ...]) -> None:
    said: Said = filled("bookings", *words)
    if said.code == 1 and "No booking on this device" in said.err:
        pytest.fail("it looked for the booking before it understood the options")
    assert said.code == 2 and said.out == "" and "Traceback" not in said.err


def test_a_change_has_the_documented_keys(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    said = filled("bookings", "cancel", booking["booking_id"], "--json").json
    assert said["change"].keys() == keys("A change:")


# --- rooms ----------------------------------------------------------------------------------------------------------
def test_a_room_is_taken_by_itself_chosen_and_taken_away(filled: Chatty, network: Proxy) -> None:
    """The demo salon colours hair in four chairs."""
    network.cut()
    when = ("--client", "Ida Berg", "--at", "+20d 11:00", "--service", "Full colour", "--on-purpose", "closed")
    made = filled("bookings", "add", *when, "--json").json["booking"]
    assert made["resource_name"].startswith("Colour chair") and made["resource_id"]
    other = next(f"Colour chair {n}" for n in (3, 4) if f"Colour chair {n}" != made["resource_name"])
    # Somebody of the demo business may be in it then.
    overlap = ("--on-purpose", "overlap")
    moved = filled("bookings", "move", made["booking_id"], "--resource", other.lower(), *overlap, "--json")
    assert (moved.code, moved.json["booking"]["resource_name"]) == (0, other)
    told = filled("bookings", "edit", made["booking_id"], "--notes", "tea")
    assert other in told.out and " In " in told.out
    cut = filled("bookings", "edit", made["booking_id"], "--service", "Men's haircut", "--json").json["booking"]
    assert (cut["resource_id"], cut["resource_name"]) == (None, None)
    again = filled("bookings", "edit", made["booking_id"], "--resource", other, *overlap, "--json").json["booking"]
    none = filled("bookings", "edit", made["booking_id"], "--resource", "none", "--json").json["booking"]
    assert (again["resource_name"], none["resource_name"]) == (other, None)


def test_a_room_that_is_taken_is_a_sentence_with_who_is_in_it(filled: Chatty, network: Proxy) -> None:
    network.cut()
    at = ("--at", "+20d 11:00", "--service", "Full colour", "--resource", "Colour chair 1", "--on-purpose")
    first = filled("bookings", "add", "--client", "Ida Berg", *at, "closed,overlap", "--json")
    assert first.code == 0
    said = filled("bookings", "add", "--client", "Ben Cole", *at, "closed", "--json")
    assert said.json["error"] == "occupied"
    assert said.json["sentence"].startswith("Colour chair 1 is taken then: ")
    unknown = filled("bookings", "move", first.json["booking"]["booking_id"], "--resource", "Sauna", "--json")
    assert unknown.json["error"] == "not_found" and "There is: Colour chair 1" in unknown.json["sentence"]
