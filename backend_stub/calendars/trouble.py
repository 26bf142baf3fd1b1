"""What can be wrong with a feed, in the words of the contract (docs/api.md, "Calendars")."""

from typing import Literal

Code = Literal[
    "unreachable",
    "timeout",
    "refused",
    "not_found",
    "server_fault",
    "too_large",
    "unreadable",
    "too_many",
    "too_slow",
    "incomplete",
]


class Trouble(Exception):
    """The feed could not be read this time.  Routine: what it said last stays."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code
