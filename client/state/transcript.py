"""The words of the open call: its lines, each a cell of its own, in chunks of which a window is mounted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import flet as ft

from client.insight.transcript import Line, TurnLines, partial_lines
from client.models.calls import PartialTurn, Turn
from client.models.ids import CallId, TurnId
from client.state.live_calls import PartialsStore

CHUNK: Final = 20
CHUNKS_SHOWN: Final = 5
"""At most a hundred lines are mounted."""


class Cell(ft.Observable):
    """One line.  A changed word repaints its line and nothing else.  `marked`: how the call goes rests on it now."""

    def __init__(self, line: Line, *, marked: bool) -> None:
        self.state = line
        self.marked = marked


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """Up to `CHUNK` neighbouring lines, so that a new line repaints a fifth of what is mounted."""

    chunk_id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptState:
    """`earlier`, `later`: lines above and below those mounted.  `unread`: lines since the owner scrolled away.

    `following`: the newest line is kept in sight.
    """

    chunks: tuple[Chunk, ...] = ()
    earlier: int = 0
    later: int = 0
    unread: int = 0
    following: bool = True
    heard: bool = False


class Growth(ft.Observable):
    """Counts what makes the end of the transcript longer, so that the list can keep it in sight."""

    def __init__(self) -> None:
        self.count = 0


class TranscriptStore(ft.Observable):
    """The open call's lines, of which a window of chunks is mounted."""

    def __init__(self) -> None:
        self.state = TranscriptState()
        self._turns: tuple[Turn, ...] = ()
        self._partials: tuple[PartialTurn, ...] = ()
        self._maker = TurnLines()
        self._lines: list[Line] = []
        self._cells: dict[str, Cell] = {}
        self._chunks: dict[int, Chunk] = {}
        self._last_chunk: int | None = None
        self._seen = 0
        self._following = True
        self._marked: frozenset[TurnId] = frozenset()
        self._growth = Growth()

    @property
    def growth(self) -> Growth:
        return self._growth

    def clear(self) -> None:
        self._turns, self._partials, self._lines = (), (), []
        self._maker = TurnLines()
        self._cells, self._chunks, self._last_chunk = {}, {}, None
        self._seen, self._following, self._marked = 0, True, frozenset()
        self.state = TranscriptState()

    def show_turns(self, turns: tuple[Turn, ...], *, live: bool) -> None:
        """`live`: begin at the newest line; a call that is over is read from its first."""
        if not self._turns and turns and not live:
            self._following, self._last_chunk = False, CHUNKS_SHOWN - 1
            self._seen = 1 << 30
        if turns == self._turns:
            return
        self._turns = turns
        self._show()

    def mark(self, turn_ids: Collection[TurnId]) -> None:
        """These turns, and no others, are what the call's level rests on."""
        marked = frozenset(turn_ids)
        for line_id in marked ^ self._marked:
            if cell := self._cells.get(line_id):
                cell.marked = line_id in marked
        self._marked = marked

    def show_partials(self, partials: tuple[PartialTurn, ...]) -> None:
        self._partials = partials
        self._show()

    def scrolled(self, *, at_bottom: bool) -> None:
        """The owner moved the list: following starts at the newest line and stops above it."""
        at_newest = at_bottom and self.state.later == 0
        if at_newest == self._following:
            return
        self._following = at_newest
        self._last_chunk = None if at_newest else self._newest_chunk()
        self._seen = len(self._lines)
        self._publish()

    def show_earlier(self) -> None:
        last = self._newest_chunk() if self._last_chunk is None else self._last_chunk
        self._following = False
        self._last_chunk = max(CHUNKS_SHOWN - 1, last - 2)
        self._publish()

    def show_later(self) -> None:
        if self._last_chunk is not None:
            self._last_chunk = min(self._newest_chunk(), self._last_chunk + 2)
            self._publish()

    def show_newest(self) -> None:
        self._following, self._last_chunk = True, None
        self._seen = len(self._lines)
        self._publish()
        self._growth.count += 1

    def _show(self) -> None:
        lines = self._maker.of(self._turns)
        known = {t.turn_id for t in self._turns[-8:]}
        index = self._turns[-1].index if self._turns else -1
        fresh = [p for p in self._partials if p.turn_id not in known and p.index > index]
        self._lines = [*lines, *partial_lines(fresh, lines[-1] if lines else None)]
        for line in self._lines[self._maker.same :]:
            cell = self._cells.get(line.line_id)
            if cell is None:
                self._cells[line.line_id] = Cell(line, marked=line.line_id in self._marked)
            elif cell.state is not line:
                cell.state = line
        if len(self._cells) != len(self._lines):
            kept = {line.line_id for line in self._lines}
            self._cells = {line_id: cell for line_id, cell in self._cells.items() if line_id in kept}
        self._publish()
        if self._following:
            self._growth.count += 1

    def _publish(self) -> None:
        newest = self._newest_chunk()
        last = newest if self._last_chunk is None else min(newest, self._last_chunk)
        first = max(0, last - CHUNKS_SHOWN + 1)
        if self._following:
            self._seen = len(self._lines)
        self.state = TranscriptState(
            chunks=tuple(self._chunk(i) for i in range(first, last + 1)) if self._lines else (),
            earlier=first * CHUNK,
            later=max(0, len(self._lines) - (last + 1) * CHUNK),
            unread=max(0, len(self._lines) - self._seen),
            following=self._following,
            heard=bool(self._lines),
        )

    def _newest_chunk(self) -> int:
        return max(0, (len(self._lines) - 1) // CHUNK)

    def _chunk(self, index: int) -> Chunk:
        """The chunk, the same object while its lines are the same ones."""
        cells = tuple(self._cells[line.line_id] for line in self._lines[index * CHUNK : (index + 1) * CHUNK])
        known = self._chunks.get(index)
        if known is None or known.cells != cells:
            known = Chunk(chunk_id=f"chunk-{index}", cells=cells)
            self._chunks[index] = known
        return known


def follow_partials(store: TranscriptStore, partials: PartialsStore, call_id: CallId | None) -> None:
    """Give the open call's words being spoken to its transcript."""
    if call_id is not None:
        store.show_partials(partials.of(call_id))
