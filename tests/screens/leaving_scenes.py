"""Signing out with changes that are not sent."""

from dataclasses import replace

from client.editing.leaving import LeavingState, Trouble
from screens.stores import Stores
from tests.screens import changes, scenes


def unsent(stores: Stores, **more: object) -> None:
    """The sheet over More, without a connection: six changes, of which three are listed."""
    changes.offline(stores)
    lines = (changes.CLASHING, *changes.WAITING[1:3])
    stores.leaving.state = replace(LeavingState(is_open=True, unsent=6, lines=lines), **more)  # type: ignore[arg-type]


def tried(stores: Stores) -> None:
    """Sending did not work, a file was written, and the word is typed."""
    unsent(stores, trouble=Trouble.UNREACHABLE, saved="unsent changes 2025-11-24.json", typed="discard")


def nothing_unsent(stores: Stores) -> None:
    scenes.full(stores)
    stores.leaving.state = LeavingState(is_open=True)
