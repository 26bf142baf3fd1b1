"""Plays call scripts against the desk of a business, several at once, and lets people supervise them."""

from backend_stub.calls_player.closing import closed_rows
from backend_stub.calls_player.desk import (
    CallOver,
    CallTaken,
    Desk,
    NotHandling,
    Person,
    PlayerClock,
    Row,
    Slot,
)
from backend_stub.calls_player.player import CallsPlayer
from backend_stub.scripts import CallScript, NotACallFile, load_calls, own_scripts

__all__ = [
    "CallOver",
    "CallScript",
    "CallTaken",
    "CallsPlayer",
    "Desk",
    "NotACallFile",
    "NotHandling",
    "Person",
    "PlayerClock",
    "Row",
    "Slot",
    "closed_rows",
    "load_calls",
    "own_scripts",
]
