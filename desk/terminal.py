"""How the `chatty` command speaks: sentences and tables for people, one JSON object for programs, exit codes.

Answers go to standard output; progress, warnings and refusals to standard error, except that with --json a refusal is
the one object.  Text from elsewhere never reaches the terminal with control characters in it.
"""

import json
import sys
import unicodedata
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from client.models.link import Filling

SHOWN_CHARACTERS = 60


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    OFFLINE = 3


class Refusal(Exception):
    """The command ends here.  `code` is a word for programs, the text a sentence for people."""

    def __init__(self, sentence: str, *, code: str, exit_code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.exit_code = exit_code


class BadUsage(Refusal):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="usage", exit_code=Exit.USAGE)


class Offline(Refusal):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="offline", exit_code=Exit.OFFLINE)


def plain(text: str) -> str:
    """Without what could move the cursor or change colours: control and formatting characters are left out."""
    return "".join(" " if char in "\n\t" else char for char in text if char in "\n\t" or _printable(char))


def _printable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"}


def shown(value: str) -> str:
    """A value the owner typed, short enough for a sentence."""
    value = plain(value)
    return f"“{value}”" if len(value) <= SHOWN_CHARACTERS else f"“{value[:SHOWN_CHARACTERS]}…”"


class Terminal:
    """`as_json` is the command's --json."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def answer(self, document: dict[str, Any], lines: Iterable[str]) -> None:
        """The command's one answer: the object, or the lines made for people."""
        if self.as_json:
            self.line(document)
        else:
            sys.stdout.writelines(plain(line) + "\n" for line in lines)
        sys.stdout.flush()

    def line(self, document: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def note(self, sentence: str) -> None:
        """Beside the answer: what the owner should know."""
        sys.stderr.write(plain(sentence) + "\n")
        sys.stderr.flush()

    def refuse(self, refusal: Refusal) -> None:
        if self.as_json:
            self.line({"error": refusal.code, "sentence": refusal.sentence})
        else:
            self.note(refusal.sentence)

    @contextmanager
    def progress(self, what: str) -> Generator["Bar"]:
        """A bar on standard error while `what` takes long; nothing where that is no terminal."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as drawn:
            task = drawn.add_task(what, total=None)
            yield Bar(lambda done, total: drawn.update(task, completed=done, total=total or None))

    @contextmanager
    def waiting(self, what: str) -> Generator[None]:
        """A moving dot on standard error while something starts."""
        from rich.console import Console

        with Console(stderr=True).status(what):
            yield


class Bar:
    """The moving part of a progress bar."""

    def __init__(self, move: Any) -> None:
        self._move = move

    def show(self, filling: "Filling | None") -> None:
        if filling is not None:
            self._move(filling.done, filling.total)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell, two spaces apart; the last is not padded."""
    cells = [[plain(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
