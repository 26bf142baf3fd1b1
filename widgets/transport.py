"""Two habits of Flet's transport that an app cannot live with, and what is put in their place.

Flet 1.0 writes a whole message out for its debug log before it looks whether anybody reads that log.  That is every
control of every patch: a third of the work of the first frame, and customers' words in a log where one is kept.

And it ends a window's connection for good when the client answers for a control that is gone meanwhile: an owner who
goes on before a slow client has scrolled a grid is left with a window that does nothing any more.
"""

from typing import Any

import flet as ft
from flet.messaging.protocol import Message


def keep_messages_out_of_logs() -> None:
    """Of a message, only its kind.  For the whole process; doing it again changes nothing."""
    Message.__repr__ = _kind


def take_late_answers(page: ft.Page) -> None:
    """Of this window: an answer reaches whoever waits for it, whatever has become of the control that was asked."""
    session = page.session
    take = session.handle_invoke_method_results

    def take_late(control_id: int, call_id: str, result: Any, error: str | None) -> None:
        # Only the call says whose answer it is; of the control Flet asks nothing but that it is there, as the page is.
        take(control_id if control_id in session.index else page._i, call_id, result, error)

    session.handle_invoke_method_results = take_late


def _kind(self: Message) -> str:
    return f"Message({self.action.name})"
