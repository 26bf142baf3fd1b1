"""The open call as an owner uses it: whispering, taking it, handing it back, ending it."""

from dataclasses import replace

import pytest

from client.models.calls import CallStatus, Handler, Recording
from client.models.link import LinkState, Trouble
from screens.routes import Route
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from tests.screens.command_server import Server
from tests.screens.conftest import CALL, Open, open_call
from widgets.scaffold import Place

TAP = {"k": "touch", "l": {"x": 1, "y": 1}, "g": {"x": 1, "y": 1}}


async def test_a_suggestion_fills_the_whisper_box_and_sends_nothing(open_app: Open) -> None:
    server = Server()
    async with open_app(open_call, route=CALL, answer=server) as app:
        await app.window.tap("action.offer_slot")
        assert app.stores.command.state.draft == "Please offer 15:30."
        assert server.commands == []
        await app.window.tap("call.send")
        assert [(c["kind"], c["text"]) for c in server.commands] == [("whisper", "Please offer 15:30.")]
        assert app.stores.command.state.draft == ""
        assert app.window.says("Luna heard it.")


async def test_a_whisper_typed_before_the_keyboard_is_there_takes_nothing_over(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, width=1440, height=900) as app:
        await app.window.press_keys("WTAKE")
        assert app.stores.command.state.draft == "take"
        assert app.stores.command.state.asking is None


async def test_a_whisper_that_was_not_sent_keeps_its_words_and_its_id(open_app: Open) -> None:
    server = Server(status=0)
    async with open_app(open_call, route=CALL, answer=server) as app:
        await app.window.type("call.whisper", "Offer a discount")
        await app.window.submit("call.whisper")
        assert app.window.says("No connection. It was not sent; your text is kept here.")
        assert app.stores.command.state.draft == "Offer a discount"
        server.status = 200
        await app.window.tap("call.send")
        assert len({c["command_id"] for c in server.commands}) == 1, "one whisper, however often it was sent"
        assert app.stores.command.state.failure is None


@pytest.mark.parametrize(
    ("status", "problem", "said"),
    [
        (409, {"code": "call_over"}, "The call is over. Your text is kept here."),
        (409, {"code": "call_taken", "handler_name": "Noor"}, "Noor has this call. Your text is kept here."),
        (403, {"code": "forbidden"}, "Your role may not do this."),
        (503, {"code": "unavailable"}, "The server could not do it. Your text is kept; try again."),
        (
            429,
            {"code": "rate_limited", "retry_after_s": 2},
            "Too many at once. Your text is kept; try again in a moment.",
        ),
    ],
)
async def test_a_refused_whisper_says_why(status: int, problem: dict[str, object], said: str, open_app: Open) -> None:
    async with open_app(open_call, route=CALL, answer=Server(status, **problem)) as app:
        await app.window.type("call.whisper", "Hello")
        await app.window.tap("call.send")
        assert app.window.says(said)
        assert app.stores.command.state.draft == "Hello"


async def test_holding_takes_the_call(open_app: Open) -> None:
    server = Server()
    async with open_app(open_call, route=CALL, answer=server) as app:
        touch = app.window.keyed("call.take_over.touch")
        holding = app.window.start(touch, "tap_down", TAP)
        await app.window.settle()
        assert app.stores.command.state.holding
        assert server.commands == []
        app.hand.go(0.6)
        await holding
        await app.window.settle()
        assert [c["kind"] for c in server.commands] == ["take_over"]
        assert app.stores.command.state.connecting
        assert app.window.says("Connecting you. Luna is finishing the sentence.")


async def test_letting_go_early_asks_instead(open_app: Open) -> None:
    server = Server()
    async with open_app(open_call, route=CALL, answer=server) as app:
        touch = app.window.keyed("call.take_over.touch")
        holding = app.window.start(touch, "tap_down", TAP)
        await app.window.settle()
        app.hand.go(0.3)
        await app.window.fire(app.window.keyed("call.take_over.touch"), "tap_up", TAP)
        app.hand.go(1)
        await holding
        assert server.commands == []
        assert app.window.says("Take over from Luna?")
        await app.window.tap("ask.yes")
        assert [c["kind"] for c in server.commands] == ["take_over"]


async def test_sliding_off_does_nothing(open_app: Open) -> None:
    server = Server()
    async with open_app(open_call, route=CALL, answer=server) as app:
        holding = app.window.start(app.window.keyed("call.take_over.touch"), "tap_down", TAP)
        await app.window.settle()
        await app.window.fire(app.window.keyed("call.take_over.touch"), "tap_cancel")
        app.hand.go(1)
        await holding
        assert server.commands == []
        assert app.stores.command.state.asking is None


async def test_a_screen_reader_presses_and_is_asked(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, answer=Server()) as app:
        await app.window.tap("call.take_over")
        assert app.window.says("Take over from Luna?")
        await app.window.tap("ask.no")
        assert app.stores.command.state.asking is None


async def test_handing_back_with_a_note(open_app: Open) -> None:
    server = Server()
    async with open_app(scenes.human, route=CALL, answer=server) as app:
        await app.window.type("call.say", "One moment, Jun")
        await app.window.tap("call.send")
        await app.window.tap("call.hand_back")
        await app.window.type("ask.note", "15:30 agreed")
        await app.window.tap("ask.yes")
        assert [(c["kind"], c.get("text")) for c in server.commands] == [
            ("say", "One moment, Jun"),
            ("hand_back", "15:30 agreed"),
        ]


async def test_ending_asks_first(open_app: Open) -> None:
    server = Server()
    async with open_app(open_call, route=CALL, answer=server) as app:
        await app.window.tap("call.end")
        assert server.commands == []
        assert app.window.says("End this call?")
        await app.window.tap("ask.yes")
        assert [c["kind"] for c in server.commands] == ["end"]


async def test_connecting_ends_when_the_human_has_it(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, answer=Server()) as app:
        await app.stores.command.take_over(app.stores.call.call_id)  # type: ignore[arg-type]
        assert app.stores.command.state.connecting
        scenes.call(app.stores, eg.call(handler=Handler.HUMAN, handler_user_id=eg.IDENTITY.user_id))
        await app.window.settle()
        assert not app.stores.command.state.connecting
        assert app.window.says("You have this call.")


async def test_the_words_of_the_open_call_are_asked_for(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        assert list(app.runtime.watched.values()) == [("call-live",)]
        await app.window.fire(app.window.page, "close")
        assert list(app.runtime.watched.values()) == [()]
        assert app.runtime.listeners == []


async def test_leaving_a_call_stops_asking_for_its_words(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        await app.window.tap("back")
        assert list(app.runtime.watched.values()) == [()]
        assert app.stores.call.call_id is None


async def test_a_window_made_wider_keeps_the_call_open(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        await app.window.resize(1440, 900)
        assert app.stores.call.call_id == "call-live"
        assert app.window.find("call.whisper") is not None


async def test_a_call_that_is_not_here_says_so(open_app: Open) -> None:
    def fill(stores: Stores) -> None:
        scenes.full(stores)
        stores.open_call("unknown")  # type: ignore[arg-type]
        stores.call.state = replace(stores.call.state, missing=True)

    async with open_app(fill, route="/calls/unknown") as app:
        assert app.window.says("This call is not on this device yet")


async def test_the_stream_dropped(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        app.stores.link.show(eg.link(LinkState.OFFLINE, trouble=Trouble.UNREACHABLE))
        await app.window.settle()
        assert app.window.says("Reconnecting. Last word heard at 12:39:56.")


async def test_a_tool_row_unfolds(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        assert not app.window.says("Asked with")
        await app.window.tap("tool.t-5")
        assert app.window.says("Asked with")
        assert app.window.says("15:30, 16:40")
        assert app.window.named("tool.t-5").expanded is True


async def test_the_front_desk_sees_no_words_and_no_hand(open_app: Open) -> None:
    from client.models.account import Role

    def fill(stores: Stores) -> None:
        open_call(stores)
        stores.runtime.identity = replace(eg.IDENTITY, role=Role.FRONT_DESK)  # type: ignore[misc]
        stores.session.look()

    async with open_app(fill, route=CALL) as app:
        assert app.window.says("Transcripts are for owners and managers")
        assert not app.window.says("My booking got moved")
        assert app.window.find("call.take_over") is None


async def test_a_call_that_ends_shows_what_came_of_it(open_app: Open) -> None:
    async with open_app(scenes.ended, route="/calls/call-booked") as app:
        assert app.window.says("Priya booked a balayage with Mia today at 15:45.")
        assert app.window.says("$0.24 for 2:18 billed")
        await app.window.tap("call.booking")
        assert app.stores.router.route == Route(place=Place.BOOKINGS, day=eg.TODAY, booking_id="b-24-1545-mia")


@pytest.mark.parametrize(
    ("recording", "said"),
    [
        (Recording(state="none", reason="refused"), "No audio: the caller did not agree."),
        (Recording(state="none", reason="not_asked"), "No audio: consent was not asked for."),
        (Recording(state="none", reason="off"), "No audio: the caller agreed, but recordings are off."),
        (Recording(state="kept", reason=None), "The audio is kept: the caller agreed."),
        (Recording(state="removed", reason=None), "The audio was removed."),
        (Recording(state="beamed", reason="odd"), "There is no audio of this call."),
    ],
    ids=lambda value: value.state if isinstance(value, Recording) else "",
)
async def test_how_a_call_was_charged_and_whether_there_is_audio(
    open_app: Open, recording: Recording, said: str
) -> None:
    def fill(stores: Stores) -> None:
        scenes.promised(stores)
        call = stores.call.state.call
        assert call is not None
        stores.call.state = replace(stores.call.state, call=replace(call, recording=recording))

    async with open_app(fill, route="/calls/call-booked", width=1440, height=900) as app:
        assert app.window.says("$0.30 for 2:14 billed: 3 × $0.10, for each started 60 s")
        assert app.window.says(said)


async def test_a_ringing_call_waits_for_its_first_word(open_app: Open) -> None:
    def fill(stores: Stores) -> None:
        scenes.full(stores)
        scenes.call(stores, eg.call(status=CallStatus.RINGING, answered_at=None), (), partial=False)

    async with open_app(fill, route=CALL) as app:
        assert app.window.says("Ringing. Luna is about to answer.")


async def test_the_keyboard_goes_on_to_the_next_suggestion_when_one_is_set_aside(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, width=1440, height=900) as app:

        def focused() -> int:
            return sum(name == "focus" for name, _ in app.window.calls)

        kinds = [each.kind for each in app.stores.call.state.actions]
        assert len(kinds) > 1
        before = focused()
        await app.window.tap(f"action.{kinds[0]}.dismiss")
        assert focused() == before + 1
        assert app.stores.focus.to_whisper is not None and not app.window.says("could not be drawn")


async def test_after_the_last_suggestion_the_keyboard_is_in_the_whisper_box_of_a_desktop(open_app: Open) -> None:
    def one(stores: Stores) -> None:
        open_call(stores)
        stores.call.state = replace(stores.call.state, actions=stores.call.state.actions[:1])

    for width, height, moved in ((1440, 900, 1), (390, 844, 0)):
        async with open_app(one, route=CALL, width=width, height=height) as app:
            before = sum(name == "focus" for name, _ in app.window.calls)
            await app.window.tap(f"action.{app.stores.call.state.actions[0].kind}.dismiss")
            after = sum(name == "focus" for name, _ in app.window.calls)
            assert after - before == moved, "a phone would open its keyboard"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (800, 1100), (1440, 900)])
async def test_the_box_and_the_held_button_stay_when_a_suggestion_comes_or_goes(
    width: int, height: int, open_app: Open
) -> None:
    """What is typed and what is held would be lost with a control that is replaced."""
    async with open_app(open_call, route=CALL, width=width, height=height) as app:

        def ids() -> list[int]:
            return [app.window.keyed(key)._i for key in ("call.whisper", "call.take_over.touch")]  # pyright: ignore

        before, state = ids(), app.stores.call.state
        app.stores.call.state = replace(state, actions=())
        await app.window.settle()
        assert app.window.find("action.why") is None and ids() == before
        app.stores.call.state = state
        app.stores.command.state = replace(app.stores.command.state, connecting=True)
        await app.window.settle()
        assert app.window.find("action.why") and app.window.keyed("call.whisper")._i == before[0]  # pyright: ignore


async def test_the_keyboard_is_back_in_the_box_before_the_button_that_sent_is_disabled(open_app: Open) -> None:
    server = Server()
    async with open_app(open_call, route=CALL, answer=server) as app:
        await app.window.type("call.whisper", "Offer a discount")
        seen: list[tuple[object, str]] = []
        command = app.stores.command
        app.window.replies["focus"] = lambda _: seen.append((command.state.sending, command.state.draft))
        await app.window.tap("call.send")
        assert seen == [(None, "Offer a discount")] and len(server.commands) == 1


async def test_how_a_caller_feels_stands_with_the_rule_it_is_worked_out_by(open_app: Open) -> None:
    async with open_app(open_call, route=CALL) as app:
        await app.window.tap("call.about")
        assert app.window.says("Each of the caller's turns is scored from its words, −1 to 1, never from the voice;")
        assert app.window.says("the line is the mean of three turns. Spanish is not scored.")
