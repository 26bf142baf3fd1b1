"""The outbox as an owner uses it: from the strip, from More, by a key, by its address; a sentence for each change."""

import re
from dataclasses import replace

import pytest

from client.insight.deeds import Act, Deed
from client.insight.outbox import Standing
from client.models.ids import ChangeId
from client.models.link import Filling, LinkState, LinkStatus, Thrift, Trouble
from client.state.outbox import OutboxState, WaitingState
from screens.routes import Route, parse
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import changes, scenes
from tests.screens.conftest import CALL, App, Open, open_call
from widgets.link_strip import Changes, strip_of
from widgets.scaffold import Place
from widgets.strings import ENGLISH, Words


def said(app: App, identifier: str) -> str:
    return app.window.named(identifier).label or ""


# --- the strip --------------------------------------------------------------------------------------------------------
COSTLY = eg.link(filling=Filling(done=1200, total=500_000, usable=True, waits=Thrift.METERED))
ONLINE, OFFLINE = eg.link(), eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE)


@pytest.mark.parametrize(
    ("link", "waiting", "stuck", "spoken"),
    [
        (ONLINE, 0, 0, None),
        (ONLINE, 3, 0, "Sending 3 changes"),
        (ONLINE, 3, 1, "Can't sync 1"),
        (COSTLY, 0, 0, "The history waits for Wi-Fi: 1,200 of 500,000"),
        (COSTLY, 3, 0, "Sending 3 changes"),
        (COSTLY, 0, 1, "Can't sync 1"),
        (OFFLINE, 0, 0, "Offline · data from 16:41"),
        (OFFLINE, 2, 0, "Offline · data from 16:41 · 2 changes waiting"),
        (OFFLINE, 1, 0, "Offline · data from 16:41 · 1 change waiting"),
        (OFFLINE, 2, 1, "Offline · data from 16:41 · Can't sync 1"),
        (eg.link(LinkState.SIGNED_OUT), 2, 0, "Signed out by the server. Sign in to go on. · 2 changes waiting"),
    ],
)
def test_the_strip_counts_what_waits(link: LinkStatus, waiting: int, stuck: int, spoken: str | None) -> None:
    strip = strip_of(ENGLISH, link, eg.NOW, Changes(waiting=waiting, stuck=stuck))
    assert (strip.spoken if strip else None) == spoken


async def test_the_strip_leads_to_the_outbox_and_back_to_where_one_was(open_app: Open) -> None:
    async with open_app(changes.offline, route="/calls") as app:
        await app.window.tap("strip.open")
        assert app.window.page.route == "/outbox"
        assert app.stores.router.route == Route(place=Place.CALLS, over="outbox")
        await app.window.tap("outbox.close")
        assert app.window.page.route == "/calls"
        assert [sheet for sheet in app.window.page._dialogs.controls if sheet.open] == []


async def test_a_dismissed_sheet_leaves_the_place_as_it_was(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        await app.window.arrive("/outbox")
        assert app.stores.router.route.call_id == "call-live", "the call stays open under it"
        sheet = app.window.page._dialogs.controls[-1]
        await app.window.fire(sheet, "dismiss")
        assert app.window.page.route == CALL


async def test_the_key_and_more_lead_there_too(open_app: Open) -> None:
    async with open_app(route="/more", width=1440, height=900) as app:
        await app.window.press_key("O")
        assert app.window.says("Waiting to be sent")
        await app.window.press_key("G")
        await app.window.press_key("C")
        assert app.stores.router.route.place is Place.MORE, "letters are not for what is under a sheet"
        await app.window.press_key("Escape")
        assert app.stores.router.route == Route(place=Place.MORE)
        await app.window.tap("more.outbox")
        assert app.window.page.route == "/outbox"


@pytest.mark.parametrize(
    ("address", "over"),
    [
        ("/outbox", "outbox"),
        ("/outbox/x", "outbox"),
        ("/conflicts/12", "conflicts/12"),
        ("/conflicts/012", "conflicts/12"),
        ("/conflicts/x", "outbox"),
        ("/conflicts", "outbox"),
        ("/conflicts/99999999999999999999", "outbox"),
    ],
)
def test_addresses_of_sheets(address: str, over: str) -> None:
    assert parse(address).over == over
    assert parse(str(parse(address))) == parse(address)


# --- the sentences ----------------------------------------------------------------------------------------------------
async def test_each_change_is_a_sentence_with_how_it_stands_needs_you_first(open_app: Open) -> None:
    async with open_app(changes.outbox, route="/outbox") as app:
        assert (
            said(app, "change.7")
            == "Move Maria Gómez to Tue 16:30. Needs you. 09:05 · Luna booked Jun Ortiz there at 11:02"
        )
        assert (
            said(app, "change.5") == "Move Jun Ortiz to 08:00. Needs you. 09:24 · Refused: the business is closed then"
        )
        assert (
            said(app, "change.1")
            == "Move Maria Gómez to Tue 16:30. Waiting. 09:05 · Maria will be told when it is sent"
        )
        assert said(app, "change.2") == "Cancel Tom Baker, 17:15. Waiting. 09:11 · reason: owner ill"
        assert (
            said(app, "change.3")
            == "Note on Priya Shah. Waiting. 09:12 · went out, no answer yet · “wants the window seat”"
        )
        assert said(app, "change.4") == "Book Ida Berg, Thu 4 Dec 10:00. Sent. 09:20 · being confirmed"
        order = [i for i in app.window.identifiers() if re.fullmatch(r"change\.\d+", i)]
        assert order == [f"change.{n}" for n in (7, 5, 6, 1, 2, 3, 4)]
        assert app.window.says("No connection since 08:41. Everything below is saved on this device.")
        assert app.window.says("Moved Rosa Lind to 09:00") and app.window.says("Undone")


async def test_nothing_is_being_sent_without_a_connection(open_app: Open) -> None:
    async with open_app(changes.outbox, route="/outbox") as app:
        app.stores.outbox.state = replace(app.stores.outbox.state, opened=ChangeId(3))
        await app.window.settle()
        assert app.window.says("It went out and no answer came.")
        assert app.window.find("change.3.cancel") is None, "the server may have it"
        app.stores.link.show(eg.link(LinkState.ONLINE))
        await app.window.settle()
        assert said(app, "change.3") == "Note on Priya Shah. Sending. 09:12 · “wants the window seat”"
        assert app.window.says("It is on its way and cannot be called back.")


async def test_the_same_in_spanish(open_app: Open) -> None:
    def spanish(stores: Stores) -> None:
        changes.outbox(stores)
        stores.window.speaks("es")

    async with open_app(spanish, route="/outbox") as app:
        assert said(app, "change.2") == "Cancelar a Tom Baker, 17:15. En espera. 09:11 · motivo: owner ill"
        assert said(app, "change.5").endswith("Rechazado: el negocio está cerrado a esa hora")


ALONE = {
    *(Act.BOOK, Act.BLOCK, Act.UNBLOCK, Act.FOLLOW, Act.UNFOLLOW, Act.LEAD_NEW, Act.LEAD_REMOVE, Act.TASK_NEW),
    *(Act.HOLD, Act.HOLD_UNTIL, Act.GO_ON, Act.CORRECT, Act.UNCORRECT, Act.FLAG, Act.UNFLAG, Act.BLOCK_NUMBER),
    *(
        Act.UNBLOCK_NUMBER,
        Act.MARK_DONE,
        Act.MARK_LATER,
        Act.MARK_NOT_USEFUL,
        Act.MARK_NEVER,
        Act.MARK_CLEAR,
        Act.ASSUME,
    ),
}
BESIDES = tuple(act for act in Act if act not in ALONE)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("act", Act)
def test_every_act_has_its_sentences(act: Act, language: str) -> None:
    from widgets import change_words

    words = Words(language=language, zone=eg.ZONE)
    deed = changes.deed(act, "Maria Gómez", eg.at("16:30"), also=BESIDES, said="x", channel="sms")
    for sentence in (
        change_words.to_do(words, deed, "Luis", eg.NOW),
        change_words.done(words, deed, None, eg.NOW),
        *change_words.besides(words, deed),
    ):
        assert sentence and "{" not in sentence


async def test_a_reason_the_catalogue_does_not_know_is_given_in_the_server_s_words(open_app: Open) -> None:
    def refused(stores: Stores) -> None:
        changes.outbox(stores)
        odd = replace(changes.REFUSED, code="something_new", detail="The chair is broken.")
        mute = replace(changes.REFUSED, change_id=ChangeId(8), code="", detail="")
        stores.outbox.state = replace(stores.outbox.state, needs_you=(odd, mute))

    async with open_app(refused, route="/outbox") as app:
        assert said(app, "change.5").endswith("Refused: The chair is broken.")
        assert said(app, "change.8").endswith("Refused: the server gave no reason")


async def test_nothing_waits_is_said_in_one_sentence(open_app: Open) -> None:
    async with open_app(changes.nothing_waits, route="/outbox") as app:
        assert app.window.says("Nothing is waiting. Everything is saved on the server.")
        assert app.window.find("outbox.try_now") is None


# --- what can be done -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("standing", "act", "offered"),
    [
        (Standing.WAITING, Act.MOVE, ["edit", "retry", "cancel"]),
        (Standing.SENDING, Act.MOVE, []),
        (Standing.SENT, Act.MOVE, []),
        (Standing.REFUSED, Act.MOVE, ["edit", "retry", "dismiss"]),
        (Standing.REFUSED, Act.BOOK, ["edit", "retry", "dismiss"]),
        (Standing.REFUSED, Act.LEAD_NEW, ["edit", "retry", "dismiss"]),
        (Standing.REFUSED, Act.MARK_NEVER, ["retry", "dismiss"]),
        (Standing.SET_ASIDE, Act.MOVE, ["edit", "retry", "cancel"]),
    ],
)
async def test_what_can_be_done_about_it_is_shown_on_request(
    standing: Standing, act: Act, offered: list[str], open_app: Open
) -> None:
    def one(stores: Stores) -> None:
        changes.outbox(stores)
        line = changes.line(1, changes.deed(act, "Maria", eg.at("16:30")), "09:05", standing)
        stores.outbox.state = OutboxState(lines=(line,), waiting=1, ready=True)

    async with open_app(one, route="/outbox") as app:
        assert app.window.named("change.1").expanded is False
        await app.window.tap("change.1")
        stores = app.stores
        assert stores.outbox._opened == 1  # what the store was told; it has no database to read it from here
        stores.outbox.state = replace(stores.outbox.state, opened=ChangeId(1))
        await app.window.settle()
        assert app.window.named("change.1").expanded is True
        acts = [i.removeprefix("change.1.") for i in app.window.identifiers() if i.startswith("change.1.")]
        assert acts == offered
        if not offered:
            assert app.window.says("can be undone once")


async def test_edit_leads_to_the_booking(open_app: Open) -> None:
    async with open_app(changes.only_waiting, route="/outbox") as app:
        await app.window.tap("change.1.edit")
        assert app.window.page.route == "/bookings/2025-11-25/b-1"


@pytest.mark.parametrize(
    ("kind", "act", "address"),
    [
        ("leads", Act.LEAD_STAGE, "/leads/r-1"),
        ("employees", Act.HOLD, "/team/r-1"),
        ("assumptions", Act.ASSUME, "/figures/market"),
        ("marks", Act.MARK_DONE, "/aside"),
        ("calls", Act.FLAG, None),
        ("tasks", Act.TASK_DONE, None),
        ("corrections", Act.UNCORRECT, None),
        ("marks", Act.MARK_CLEAR, None),
        ("blocked_numbers", Act.UNBLOCK_NUMBER, None),
        ("calendars", Act.UNFOLLOW, None),
        ("blocks", Act.BLOCK, None),
    ],
)
async def test_edit_leads_to_where_it_was_made(kind: str, act: Act, address: str | None, open_app: Open) -> None:
    def one(stores: Stores) -> None:
        changes.outbox(stores)
        line = changes.line(1, Deed(act=act, name="Ida"), "09:05", kind=kind, row_id="r-1")
        stores.outbox.state = OutboxState(lines=(line,), waiting=1, opened=ChangeId(1), ready=True)

    async with open_app(one, route="/outbox") as app:
        assert (app.window.find("change.1.edit") is None) is (address is None)
        if address:
            await app.window.tap("change.1.edit")
            assert app.window.page.route == address


async def test_try_now_asks_the_engine(open_app: Open) -> None:
    async with open_app(changes.outbox, route="/outbox") as app:
        await app.window.tap("outbox.try_now")
        assert app.runtime.kicks == 1


async def test_a_clash_opens_its_own_sheet(open_app: Open) -> None:
    async with open_app(changes.outbox, route="/outbox") as app:
        await app.window.tap("change.7")
        assert app.window.page.route == "/conflicts/3"


# --- a thousand, and hostile names ------------------------------------------------------------------------------------
async def test_of_a_thousand_changes_a_page_is_drawn_and_the_rest_is_counted(open_app: Open) -> None:
    def many(stores: Stores) -> None:
        changes.outbox(stores)
        lines = tuple(changes.line(n, changes.MOVED, "09:05") for n in range(1, 51))
        stores.outbox.state = OutboxState(lines=lines, waiting=1000, ready=True)

    async with open_app(many, route="/outbox") as app:
        drawn = [i for i in app.window.identifiers() if re.fullmatch(r"change\.\d+", i)]
        assert len(drawn) == 50
        assert app.window.says("Show more, 950 not shown")


@pytest.mark.parametrize("name", ["--help", "<b>Bold</b>", eg.HUGE, eg.ARABIC, eg.EMOJI, "", "   ", "{name}"])
async def test_hostile_names_are_text_and_no_more(name: str, open_app: Open) -> None:
    def hostile(stores: Stores) -> None:
        changes.outbox(stores)
        deed = replace(changes.MOVED, name=name, said=name, service=name)
        line = changes.line(1, deed, "09:05")
        stores.outbox.state = OutboxState(needs_you=(replace(changes.CLASHING, deed=deed),), lines=(line,), waiting=1)
        stores.outbox.state = replace(stores.outbox.state, ready=True)

    async with open_app(hostile, route="/outbox") as app:
        assert not app.window.says("This part could not be drawn")
        assert len(said(app, "change.1")) < 500
        if name.strip() and len(name) < 30:
            assert name in said(app, "change.1")


# --- Today ------------------------------------------------------------------------------------------------------------
async def test_today_says_what_needs_the_owner_and_opens_it(open_app: Open) -> None:
    def needs(stores: Stores) -> None:
        scenes.full(stores)
        changes.waiting(stores)

    async with open_app(needs) as app:
        assert (
            said(app, "needs_you.3") == "Move Maria Gómez to Tue 16:30. Luna booked Jun Ortiz there at 11:02. Open it."
        )
        assert "Clash" in said(app, "booking.b-24-1500-luis")
        await app.window.tap("needs_you.3")
        assert app.window.page.route == "/conflicts/3"
        await app.window.arrive("/today")
        await app.window.tap("needs_you.5")
        assert app.window.page.route == "/outbox"
        assert app.stores.outbox._opened == 5


async def test_at_most_three_lines_and_the_way_to_the_rest(open_app: Open) -> None:
    def many(stores: Stores) -> None:
        scenes.full(stores)
        changes.waiting(stores, (changes.CLASHING, changes.REFUSED, changes.SET_ASIDE, changes.WAITING[0]))

    async with open_app(many) as app:
        shown = app.window.identifiers()
        assert len([i for i in shown if i.startswith("needs_you.")]) == 3 and "outbox.all" in shown
        await app.window.tap("outbox.all")
        assert app.window.page.route == "/outbox"


async def test_when_nothing_needs_the_owner_that_is_one_calm_line(open_app: Open) -> None:
    def calm(stores: Stores) -> None:
        scenes.full(stores)
        scenes.live(stores, [])
        stores.waiting.state = WaitingState(ready=True)

    async with open_app(calm) as app:
        assert app.window.says("Nothing needs you.")
        scenes.live(app.stores)
        await app.window.settle()
        assert not app.window.says("Nothing needs you."), "a caller does"


async def test_what_was_sent_lately_can_be_undone_from_there(open_app: Open) -> None:
    async with open_app(changes.outbox, route="/outbox") as app:
        assert said(app, "past.90.undo") == "Undo: Moved Rosa Lind to 09:00"
        assert app.window.find("past.89.undo") is None, "it was undone already"
        await app.window.tap("past.90.undo")
        assert app.stores.edits.state.refusal is not None, "without a database the attempt says so"
