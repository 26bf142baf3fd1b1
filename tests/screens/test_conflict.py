"""The conflict's sheet: before, yours and now; what differs stands out; each way out says what follows from it."""

from dataclasses import replace
from datetime import timedelta

import flet as ft
import pytest

from client.editing import Choosing, Why
from client.insight.clash import Clash
from client.models.business import Resource
from client.models.ids import ResourceId
from client.state.edits import EditState, Refusal
from screens.stores import Stores
from tests import example_data as eg
from tests.harness import text_of
from tests.screens import changes
from tests.screens.conftest import App, Open
from tests.screens.test_large_text import grow
from widgets import conflict_words
from widgets.conflict_sheet import Saying, Side, Version
from widgets.strings import Words
from widgets.ways_out import ways_out

ENGLISH, SPANISH = (Words(language=language, zone=eg.ZONE) for language in ("en", "es"))
AT = "/conflicts/3"


def versions(clash: Clash, words: Words = ENGLISH) -> dict[Side, Version]:
    sides = conflict_words.versions(words, clash, eg.STAFF, {}, made_at=eg.at("10:21"), now=eg.NOW)
    return {version.side: version for version in sides}


def bold(version: Version) -> list[str]:
    return [saying.text for saying in version.sayings if saying.differs]


def button(app: App, name: str) -> str:
    return app.window.named(f"conflict.{name}").label or ""


# --- the versions -----------------------------------------------------------------------------------------------------
def test_only_what_differs_stands_out() -> None:
    sides = versions(changes.CLASH)
    assert bold(sides[Side.BEFORE]) == ["Tue 14:00 – 15:30"]
    assert bold(sides[Side.YOURS]) == ["Tue 16:30 – 18:00"]
    assert Saying(text="Luis", differs=False) in sides[Side.YOURS].sayings


def test_where_nothing_was_booked_before_that_is_said() -> None:
    (saying,) = versions(replace(changes.CLASH, base={}))[Side.BEFORE].sayings
    assert saying.text == "No booking"


def test_now_names_who_came_first_and_in_which_call() -> None:
    now = versions(changes.CLASH)[Side.NOW]
    assert bold(now) == ["Tue 16:30 is taken"]
    assert now.note == "Luna booked Jun Ortiz there at 11:02"
    assert (now.call_id, now.aside) == ("call-booked", "from a call")


@pytest.mark.parametrize(
    ("why", "note"),
    [
        ("changed", "Luna changed the same at 11:02"),
        ("cancelled", "Luna cancelled it at 11:02"),
        ("completed", "Luna completed it at 11:02"),
        ("illegal", "It no longer fits how the booking stands"),
        ("deleted", "It is no longer on the server"),
        ("closed", "The business is closed then"),
        ("something new", "Luna changed the same at 11:02"),
    ],
)
def test_every_reason_has_its_words(why: str, note: str) -> None:
    assert changes.CLASH.other is not None
    clash = replace(changes.CLASH, why=why, by=changes.CLASH.other.by, other=None)
    assert versions(clash)[Side.NOW].note == note


def test_a_deleted_booking_and_one_that_was_cancelled() -> None:
    gone = replace(changes.CLASH, why="deleted", other=None, server={})
    assert bold(versions(gone)[Side.NOW]) == ["No longer there"]
    cancelled = replace(gone, why="cancelled", server={"status": "cancelled", "cancellation_reason": "ill"})
    assert bold(versions(cancelled)[Side.NOW]) == ["Cancelled · ill"]
    assert bold(versions(cancelled, SPANISH)[Side.NOW]) == ["Cancelada · ill"]


@pytest.mark.parametrize("odd", [None, 7, "soon", [], {"a": 1}, -1, 1 << 70])
def test_values_of_the_wrong_kind_are_drawn_as_far_as_they_can_be(odd: object) -> None:
    names = ("starts_at", "ends_at", "staff_id", "service_name", "status", "notes", "customer_name", "customer_phone")
    strange = dict.fromkeys(names, odd)
    clash = replace(changes.CLASH, base=strange, mine=strange, server=strange)
    for words in (ENGLISH, SPANISH):
        assert len(versions(clash, words)) == 3


# --- the sheet --------------------------------------------------------------------------------------------------------
async def test_each_button_says_what_follows(open_app: Open) -> None:
    async with open_app(changes.conflict, route=AT) as app:
        gets = f"Maria gets: “{changes.TELL.text}”"
        assert button(app, "free") == f"Move Maria to Tue 17:15. Free now. {gets}"
        assert button(app, "theirs") == "Keep 14:00. Maria stays at Tue 14:00."
        assert button(app, "other") == "Other times. Shows what else is free."
        assert button(app, "overbook") == f"Book both on purpose. Luis then has two bookings at Tue 16:30. {gets}"
        assert button(app, "cancel").startswith("Cancel Maria. The booking is cancelled.")
        assert app.window.says("Your move met another change")
        assert app.window.says("Maria Gómez · Cut · Luis")


async def test_on_a_desktop_the_three_stand_side_by_side_and_with_large_text_below_one_another(open_app: Open) -> None:
    def abreast(app: App) -> bool:
        titles = [n for n in app.window.nodes() if isinstance(n.control, ft.Text) and text_of(n.control) == "Before"]
        title = next(
            n for n in titles if (sheet := n.nearest(ft.AlertDialog) or n.nearest(ft.BottomSheet)) and sheet.open
        )
        rows = [row for row in title.above if isinstance(row, ft.Row) and len(row.controls[::2]) == 3]
        return bool(rows)

    async with open_app(changes.conflict, route=AT, width=1440, height=900) as app:
        assert abreast(app)
        await grow(app.window, 2)
        assert not abreast(app)
    async with open_app(changes.conflict, route=AT) as app:
        assert not abreast(app)


async def test_the_call_behind_it_is_one_tap_away(open_app: Open) -> None:
    async with open_app(changes.conflict, route=AT) as app:
        await app.window.tap("conflict.call")
        assert app.window.page.route == "/calls/call-booked"
        assert [sheet for sheet in app.window.page._dialogs.controls if sheet.open] == []


async def test_a_double_booking_names_its_usual_cause_and_leads_to_the_mend(open_app: Open) -> None:
    async with open_app(changes.conflict, route=AT) as app:
        assert app.window.says("Two places that book apart from each other are the usual cause.")
        await app.window.tap("conflict.connect")
        assert app.window.page.route == "/more/calendars"
    async with open_app(changes.notes_conflict, route=AT) as app:
        assert app.window.find("conflict.connect") is None


async def test_of_a_client_who_may_be_on_the_way_it_says_so_before_anything_is_unfolded(open_app: Open) -> None:
    async with open_app(changes.soon_conflict, route=AT) as app:
        assert app.window.says("Maria is expected at 13:21 and may be on the way already. A call is surer")
        assert app.window.says("+1 206 555 0142")


async def test_whether_the_client_is_told_can_be_changed_here(open_app: Open) -> None:
    async with open_app(changes.conflict, route=AT) as app:
        assert app.window.says("Maria gets a text message.")
        await app.window.tap("conflict.tell_change")
        await app.window.tap("conflict.tell.nobody")
        assert "No message goes out." in button(app, "free")
        await app.window.tap("conflict.tell.sms")
        await app.window.type("conflict.tell.text", "Quarter past five, dear.")
        assert "Maria gets: “Quarter past five, dear.”" in button(app, "free")
        assert app.stores.focus is not None


async def test_other_times_open_and_lead_back(open_app: Open) -> None:
    async with open_app(changes.picking, route=AT) as app:
        assert app.window.named("picker.slot.202511251700").label == "09:00, free"
        assert app.window.says("Free as of 08:41.")
        assert app.window.named("picker.day.2025-11-25").label == "Tuesday 25 November, 20 free times"
        assert app.window.named("picker.day.2025-11-25").selected is True
        assert app.window.named("picker.day.2025-11-30").label == "Sunday 30 November, closed"
        await app.window.tap("picker.back")
        assert app.stores.conflicts._day is None


async def test_a_full_day_leads_to_the_nearest_with_free_times(open_app: Open) -> None:
    async with open_app(lambda s: changes.picking(s, looked_at=changes.TOMORROW + timedelta(days=2)), route=AT) as app:
        assert app.window.says("Nothing is free on this day.")
        assert app.window.named("picker.nearest").label == "Nearest day with free times: Tue 25 Nov"
        await app.window.tap("picker.nearest")
        assert app.stores.conflicts._day == changes.TOMORROW


async def test_a_typed_time_can_be_taken_or_says_what_is_in_its_way(open_app: Open) -> None:
    async with open_app(lambda s: changes.picking(s, "17:15"), route=AT) as app:
        assert app.window.named("picker.take").label == "Take 17:15"
    async with open_app(lambda s: changes.picking(s, "15:00"), route=AT) as app:
        assert app.window.find("picker.take") is None
        assert app.window.says("Luis has Jun Ortiz then, 15:00 – 15:30.")


async def test_a_decision_that_could_not_be_carried_out_says_why_in_the_sheet(open_app: Open) -> None:
    async with open_app(changes.conflict, route=AT) as app:
        app.stores.edits.state = EditState(refusal=Refusal(why=Why.TAKEN, place="conflict"))
        await app.window.settle()
        assert app.window.says("That time is taken.")
        assert app.window.find("undo.said") is None, "and not a second time in the bar"


async def test_one_on_its_way_offers_nothing_more(open_app: Open) -> None:
    async with open_app(changes.answered_conflict, route=AT) as app:
        assert app.window.says("You have decided. It is on its way to the server.")
        assert app.window.find("conflict.theirs") is None


async def test_letters_do_nothing_under_it_and_escape_closes_it(open_app: Open) -> None:
    async with open_app(changes.conflict, route=AT, width=1440, height=900) as app:
        await app.window.press_key("O")
        assert app.window.page.route == AT
        await app.window.press_key("Escape")
        assert app.window.page.route == "/today"


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=lambda words: words.language)
@pytest.mark.parametrize("why", ["slot_taken", "changed", "closed", "cancelled", "deleted"])
def test_every_way_out_has_its_words(why: str, words: Words) -> None:
    clash = replace(changes.CLASH, why=why)
    every = tuple(changes.choice(kind, "17:15") for kind in Choosing)
    for booking in (changes.MARIA, None):
        ways = ways_out(words, clash, every, booking, "Maria", eg.STAFF, {}, {}, eg.NOW)
        assert [way.name for way in ways] == list(Choosing)
        assert all(way.label and way.follows and "{" not in way.label + way.follows for way in ways)


async def test_a_lead_that_was_won_and_lost_names_both_stages_and_what_follows(open_app: Open) -> None:
    async with open_app(changes.stage_conflict, route=AT) as app:
        for said in ("Your stage met another one", "Kim & Co", "Contacted", "Lost · Found somebody nearer", "Won"):
            assert app.window.says(said), said
        assert "Kim & Co is then lost." in button(app, "mine") and "Keep mine: Lost" in button(app, "mine")
        assert "Kim & Co stays won." in button(app, "theirs") and "Keep theirs: Won" in button(app, "theirs")


@pytest.mark.parametrize("name", ["--help", "<b>Bold</b>", eg.HUGE, eg.ARABIC, eg.EMOJI, "", "{name}"])
async def test_hostile_names_are_text_and_no_more(name: str, open_app: Open) -> None:
    def hostile(stores: Stores) -> None:
        strange = {**changes.CLASH.server, "customer_name": name, "notes": name, "service_name": name}
        assert changes.CLASH.other is not None
        other = replace(changes.CLASH.other, name=name, service=name, by=replace(changes.CLASH.other.by, name=name))
        clash = replace(changes.CLASH, base=strange, server=strange, mine=strange, other=other)
        ways = tuple(changes.choice(kind, "17:15", name=name) for kind in Choosing)
        booking = replace(changes.MARIA, customer_name=name)
        changes.conflict(stores, clash, ways, deed=replace(changes.MOVED, name=name), booking=booking)

    async with open_app(hostile, route=AT) as app:
        assert not app.window.says("This part could not be drawn")
        assert max(len(text) for text in app.window.texts()) < 1500


# --- a room that is taken ---------------------------------------------------------------------------------------------
async def test_the_room_that_is_taken_and_the_free_one_are_named(open_app: Open) -> None:
    async with open_app(changes.room_conflict, route=AT) as app:
        assert app.window.says("Colour chair 1 is taken, Tue 16:30")
        assert "Free now, in Colour chair 2." in button(app, "free")
        assert "Colour chair 1 then has two bookings at Tue 16:30." in button(app, "overbook")


@pytest.mark.parametrize("room", [None, "r-1"])
def test_where_it_is_is_said_only_if_it_is_anywhere_on_any_side(room: str | None) -> None:
    clash = replace(changes.CLASH, base={**changes.CLASH.base, "resource_id": None})
    clash = replace(clash, mine={**clash.mine, "resource_id": room}, server={**clash.server, "resource_id": None})
    chair = Resource(resource_id=ResourceId("r-1"), name="Chair 1", active=True)
    sides = conflict_words.versions(
        ENGLISH, clash, eg.STAFF, {chair.resource_id: chair}, made_at=eg.at("10:21"), now=eg.NOW
    )
    said = {saying.text for side in sides for saying in side.sayings}
    assert bool({"Chair 1", "No place in particular"} & said) is (room is not None)
