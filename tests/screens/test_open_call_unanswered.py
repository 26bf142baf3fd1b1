"""Commands to a running call whose answer does not come: they may have arrived, and are asked again as the same."""

from collections.abc import Callable

import pytest

from client.models.calls import CallStatus, Handler
from client.state.command import AGAIN_S
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from tests.screens.command_server import UNANSWERED, UNREACHED, Server
from tests.screens.conftest import CALL, App, Open, open_call
from widgets.strings import catalogue

END = ("call.end", "ask.yes")
TAKE = ("call.take_over", "ask.yes")
BACK = ("call.hand_back", "ask.yes")


async def press(app: App, *identifiers: str) -> None:
    """The client says when a question has left the screen."""
    for identifier in identifiers:
        await app.window.tap(identifier)
    for dialog in tuple(app.window.page._dialogs.controls):
        if not dialog.open:
            await app.window.fire(dialog, "dismiss")


async def wait(app: App, seconds: float) -> None:
    app.hand.go(seconds)
    await app.window.settle()


def ids(server: Server) -> set[object]:
    return {each["command_id"] for each in server.commands}


@pytest.mark.parametrize(
    ("fill", "pressed", "cut", "lost"),
    [
        (open_call, END, "The call was not ended.", "The call may be over already; it is asked again."),
        (open_call, TAKE, "The call was not taken over.", "The call may be yours already; it is asked again."),
        (scenes.human, BACK, "The call was not handed back", "The call may be handed back already; it is asked again."),
    ],
    ids=["end", "take_over", "hand_back"],
)
async def test_an_act_says_whether_it_may_have_happened(
    open_app: Open, fill: Callable[[Stores], None], pressed: tuple[str, ...], cut: str, lost: str
) -> None:
    server = Server(UNREACHED)
    async with open_app(fill, route=CALL, answer=server) as app:
        await press(app, *pressed)
        assert app.window.says(f"No connection. {cut}") and not app.window.says("your text")
        server.status = UNANSWERED
        await press(app, *pressed)
        assert app.window.says(f"No answer yet. {lost}") and not app.window.says("No connection")
        server.status = UNREACHED
        await press(app, *pressed)
        assert app.window.says(f"No answer yet. {lost}"), "the one before may still have arrived"
        assert len(ids(server)) == 1


async def test_a_whisper_without_an_answer_is_asked_again_as_the_same(open_app: Open) -> None:
    server = Server(UNANSWERED)
    async with open_app(open_call, route=CALL, answer=server) as app:
        await app.window.type("call.whisper", "Offer a discount")
        await app.window.submit("call.whisper")
        assert app.window.says("No answer yet. It may have arrived") and not app.window.says("It was not sent")
        assert app.stores.command.state.draft == "Offer a discount"
        server.status = 200
        await wait(app, AGAIN_S[0])
        assert app.window.says("Luna heard it.") and app.stores.command.state.draft == ""
        assert len(server.commands) == 2 and len(ids(server)) == 1
        await wait(app, 60)
        assert len(server.commands) == 2


async def test_what_was_not_answered_is_not_asked_for_ever(open_app: Open) -> None:
    server = Server(UNANSWERED)
    async with open_app(open_call, route=CALL, answer=server) as app:
        await press(app, *END)
        for seconds in AGAIN_S:
            await wait(app, seconds)
        assert app.window.says("No answer. The call may be over already; ending it again does no harm.")
        assert len(server.commands) == 1 + len(AGAIN_S) and len(ids(server)) == 1
        await wait(app, 600)
        assert len(server.commands) == 1 + len(AGAIN_S)


@pytest.mark.parametrize(
    ("fill", "pressed", "then"),
    [
        (open_call, TAKE, {"handler": Handler.HUMAN, "handler_user_id": eg.IDENTITY.user_id}),
        (scenes.human, BACK, {"handler": Handler.AI}),
        (open_call, END, {"status": CallStatus.ENDED, "ended_at": eg.NOW}),
    ],
    ids=["take_over", "hand_back", "end"],
)
@pytest.mark.parametrize("given_up", [False, True], ids=["asking", "given up"])
async def test_what_the_call_shows_needs_no_answer(
    open_app: Open, fill: Callable[[Stores], None], pressed: tuple[str, ...], then: dict[str, object], given_up: bool
) -> None:
    server = Server(UNANSWERED)
    async with open_app(fill, route=CALL, answer=server) as app:
        await press(app, *pressed)
        for seconds in AGAIN_S if given_up else ():
            await wait(app, seconds)
        asked = len(server.commands)
        scenes.call(app.stores, eg.call(**then))
        await app.window.settle()
        assert app.stores.command.state.failure is None and not app.stores.command.state.connecting
        assert not app.window.says("No answer")
        await wait(app, 600)
        assert len(server.commands) == asked


async def test_taken_handed_back_and_taken_again_is_asked_anew(open_app: Open) -> None:
    server = Server(UNANSWERED)
    async with open_app(open_call, route=CALL, answer=server) as app:
        await press(app, *TAKE)
        for handler in (Handler.HUMAN, Handler.AI):
            scenes.call(app.stores, eg.call(handler=handler))
            await app.window.settle()
        server.status = 200
        await press(app, *TAKE)
        assert len(ids(server)) == 2
        assert app.window.says("Connecting you.")


async def test_each_whisper_keeps_its_own_id(open_app: Open) -> None:
    server = Server(UNANSWERED)
    async with open_app(open_call, route=CALL, answer=server) as app:
        await app.window.type("call.whisper", "Offer a discount")
        await app.window.submit("call.whisper")
        await press(app, *TAKE)
        await app.window.type("call.whisper", "Ask for her number")
        await app.window.submit("call.whisper")
        server.status = 200
        await app.window.type("call.whisper", "Offer a discount")
        await app.window.submit("call.whisper")
        first, _taken, _other, again = server.commands
        assert first["command_id"] == again["command_id"]
        assert len(ids(server)) == 3


async def test_a_call_that_was_left_is_not_ended_from_afar(open_app: Open) -> None:
    server = Server(UNANSWERED)
    async with open_app(open_call, route=CALL, answer=server) as app:
        await press(app, *END)
        await app.window.tap("back")
        await wait(app, 600)
        assert len(server.commands) == 1 and app.stores.command.state.failure is None


async def test_a_gateway_without_an_answer_does_not_say_that_it_failed(open_app: Open) -> None:
    async with open_app(open_call, route=CALL, answer=Server(504)) as app:
        await press(app, *END)
        assert app.window.says("No answer yet. The call may be over already")


@pytest.mark.parametrize(
    ("status", "problem", "said"),
    [
        (409, {"code": "call_taken", "handler_name": "Noor"}, "Noor has this call."),
        (503, {"code": "unavailable"}, "The server could not do it; try again."),
        (429, {"code": "rate_limited", "retry_after_s": 2}, "Too many at once; try again in a moment."),
    ],
)
async def test_an_act_that_was_refused_keeps_no_text(
    open_app: Open, status: int, problem: dict[str, object], said: str
) -> None:
    async with open_app(open_call, route=CALL, answer=Server(status, **problem)) as app:
        await press(app, *END)
        assert app.window.says(said) and not app.window.says("text is kept")


async def test_no_text_is_said_to_be_kept_where_there_is_none() -> None:
    acts = {key: text for key, text in catalogue("en").items() if key.endswith((".end", ".take_over", ".act"))}
    assert {key for key, text in acts.items() if key.startswith("command.failed.") and "text" in text} == set()
