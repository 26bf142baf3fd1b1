"""Bringing a line of a list on screen, where the client may lose the word while it still lays the list out.

The client says nothing of whether it has found the line.  It says when the list moves; so it is told again until it
has moved and does not move any more.  The owner's own hand ends it at once.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import flet as ft

AGAIN_S: Final = 0.15
"""So long the client has to move before it is told again."""

MOST: Final = 16
"""So often it is told: a line that is on screen already moves nothing."""

ANSWER_S: Final = 2.0

SIGHT: Final = "sight"
"""What the line's control is found by."""


class Seeking:
    """One line that is brought on screen.  Runs once; `scrolled` is told of every move of the list meanwhile."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep = sleep
        self._moves = 0
        self.over = False

    def scrolled(self, e: ft.OnScrollEvent) -> None:
        """A direction is the owner's: what the app moves has none."""
        if e.event_type is ft.ScrollType.USER and e.direction is not ft.ScrollDirection.IDLE:
            self.over = True
        elif e.event_type is ft.ScrollType.UPDATE:
            self._moves += 1

    async def run(self, listing: ft.Ref[ft.ListView]) -> None:
        for _ in range(MOST):
            before = self._moves
            await self._tell(listing)
            await self._sleep(AGAIN_S)
            if self.over or (before and self._moves == before):
                break
        self.over = True

    async def _tell(self, listing: ft.Ref[ft.ListView]) -> None:
        """A list that is gone, or a client, has nothing to bring."""
        if listing.current is not None:
            with contextlib.suppress(TimeoutError, RuntimeError):
                await asyncio.wait_for(listing.current.scroll_to(scroll_key=SIGHT, duration=0), ANSWER_S)
