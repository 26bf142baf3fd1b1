"""How a screen looks at a store that reads only while it is looked at."""

from typing import Any, TypeVar

import flet as ft

from client.state.live_query import WatchedQuery
from widgets.component import effect, see

Q = TypeVar("Q", bound=WatchedQuery[Any])


def look(store: Q) -> Q:
    """Subscribe the component being rendered, and have the store read while it is mounted.  A hook.

    The first drawing has what is true now: the store reads before it, not after it.
    """
    ft.use_memo(store.catch_up, [])
    effect(store.begin, [], cleanup=store.rest)
    return see(store)
