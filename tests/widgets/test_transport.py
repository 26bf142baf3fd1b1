"""What Flet's transport does to a window and to a log, put right."""

import asyncio

import flet as ft
from flet.messaging.protocol import Message, MessageAction, PatchControlBody

from tests.harness import Harness
from widgets.transport import keep_messages_out_of_logs, take_late_answers

GONE = 123_456


def test_a_message_in_a_log_is_its_kind_and_nothing_of_what_an_owner_sees() -> None:
    keep_messages_out_of_logs()
    message = Message(MessageAction.PATCH_CONTROL, PatchControlBody(1, ft.Text("Jordan Blake")))
    assert f"{message}" == "Message(PATCH_CONTROL)"


async def test_an_answer_for_a_control_that_is_gone_is_taken_and_nothing_breaks() -> None:
    async with Harness(replies={"scroll_to": "done"}) as window:
        take_late_answers(window.page)
        session = window.page.session
        assert await asyncio.wait_for(session.invoke_method(GONE, "scroll_to", {}), 1) == "done"
        session.handle_invoke_method_results(GONE, "nobody waits for this one", None, None)
