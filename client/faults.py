"""How a fault nobody expected is logged: which kind it is and where it arose, never its words.

An exception's message may quote what it choked on (a name, a number, words of a call), and so may the source line's
values; a log carries ids only.
"""

import logging
import traceback
from types import TracebackType


def log_fault(log: logging.Logger, what: str, error: BaseException) -> None:
    """One line of level ERROR: `what`, the error's type, and its places from the innermost outwards."""
    log.error("%s: %s at %s", what, type(error).__name__, _places(error.__traceback__))


def _places(tb: TracebackType | None) -> str:
    frames = traceback.extract_tb(tb)
    return " < ".join(
        f"{frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})" for frame in reversed(frames)
    )
