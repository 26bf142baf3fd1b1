"""A client that is slow to answer: what was asked of a control that is gone meanwhile does no harm."""

from collections.abc import Callable, Iterator

import msgpack
import pytest
from playwright.sync_api import WebSocketRoute

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import PHONE
from tests.programs import Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ANSWER = 5
"""Flet's number for what a client answers when it is asked to do something."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("slow"), "--no-limits", "--no-calls", signed_in=True) as built:
        yield built


class Answers:
    """The client's answers, which can be held back on their way."""

    def __init__(self) -> None:
        self._held: list[Callable[[], None]] | None = None

    def route(self, client: WebSocketRoute) -> None:
        server = client.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            held = self._held
            if (
                held is not None
                and isinstance(message, bytes)
                and msgpack.unpackb(message[1:], strict_map_key=False)[0] == ANSWER
            ):
                held.append(lambda: server.send(message))
            else:
                server.send(message)

        client.on_message(pass_on)

    def hold(self) -> None:
        self._held = []

    def let_go(self) -> int:
        held, self._held = self._held or [], None
        for send in held:
            send()
        return len(held)


def test_an_answer_from_what_is_gone_leaves_the_window_alive(here: Stage, new_owner: NewOwner) -> None:
    answers = Answers()
    owner = new_owner(PHONE)
    owner.page.route_web_socket("**/ws", answers.route)
    owner.open(here.app.url)
    owner.sees_id("today.see_day")
    owner.tap(owner.by_id("nav.bookings"))
    owner.tap(owner.by_id("view.day"))
    owner.at_rest("view.")
    owner.tap(owner.by_id("nav.today"))
    owner.sees_id("today.see_day")
    answers.hold()
    owner.tap(owner.by_id("nav.bookings"))
    owner.at_rest("view.")
    owner.tap(owner.by_id("nav.today"))
    owner.sees_id("today.see_day")
    assert answers.let_go()
    owner.tap(owner.by_id("nav.more"))
    owner.sees_id("more.sign_out")
