"""The words of the open call: its lines, each a cell of its own, in chunks of which a window is mounted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import flet as ft

from client.insight.corrections import Noted
from client.insight.transcript import Line, TurnLines, partial_lines
from client.models.call_history import Spans
from client.models.calls import PartialTurn, Turn
from client.models.ids import CallId, TurnId
from client.models.promises import Judged
from client.state.live_calls import PartialsStore
from client.storage.words import Phrase, phrases, places

CHUNK: Final = 20
CHUNKS_SHOWN: Final = 5
"""At most a hundred lines are mounted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNotes:
    """What is known of a line besides its words: what was promised in it, the owner's flag, and right answers to it.

    `flag`: what the flag is called, empty for no name; None without one.
    """

    promises: tuple[Judged, ...] = ()
    flag: str | None = None
    corrections: tuple[Noted, ...] = ()


NO_NOTES: Final = LineNotes()


class Cell(ft.Observable):
    """One line.  A changed word repaints its line and nothing else.  `marked`: how the call goes rests on it now.

    `found`: the call was opened at it, for the words at these places; None for every other line.  `leads`: the list is
    scrolled to where this line begins, so that one found has the line before it above.
    """

    def __init__(self, line: Line, *, marked: bool, notes: LineNotes = NO_NOTES) -> None:
        self.state = line
        self.marked = marked
        self.notes = notes
        self.found: Spans | None = None
        self.leads = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """Up to `CHUNK` neighbouring lines, so that a new line repaints a fifth of what is mounted."""

    chunk_id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sought:
    """A line to be brought on screen; each asking for it is another.  `line_id`: the line it leads with."""

    line_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptState:
    """`earlier`, `later`: lines above and below those mounted.  `unread`: lines since the owner scrolled away.

    `following`: the newest line is kept in sight.  `sought`: the line the call was opened at, once it is mounted.
    """

    chunks: tuple[Chunk, ...] = ()
    earlier: int = 0
    later: int = 0
    unread: int = 0
    following: bool = True
    heard: bool = False
    sought: Sought | None = None


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
        self._notes: Mapping[TurnId, LineNotes] = {}
        self._growth = Growth()
        self._pointed: TurnId | None = None
        self._said: tuple[Phrase, ...] = ()
        self._sought: Sought | None = None
        self._painted: tuple[Cell, ...] = ()

    @property
    def growth(self) -> Growth:
        return self._growth

    def clear(self) -> None:
        self._turns, self._partials, self._lines = (), (), []
        self._maker = TurnLines()
        self._cells, self._chunks, self._last_chunk = {}, {}, None
        self._seen, self._following, self._marked, self._notes = 0, True, frozenset(), {}
        self._pointed, self._said, self._sought, self._painted = None, (), None, ()
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

    def annotate(self, notes: Mapping[TurnId, LineNotes]) -> None:
        """These lines, and no others, have something beside their words."""
        for line_id in {*notes, *self._notes}:
            now = notes.get(line_id, NO_NOTES)
            cell = self._cells.get(line_id)
            if cell is not None and cell.notes != now:
                cell.notes = now
        self._notes = notes

    def point_at(self, turn_id: TurnId | None, said: str = "") -> None:
        """Mount what is around this line, and mark it and the words of `said` in it; None marks none.

        A line that is not there yet is waited for.
        """
        if turn_id is None and self._pointed is None:
            return
        for cell in self._painted:
            cell.found, cell.leads = None, False
        self._pointed, self._said, self._sought, self._painted = turn_id, phrases(said), None, ()
        self._seek()
        self._publish()

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
                notes = self._notes.get(TurnId(line.line_id), NO_NOTES)
                self._cells[line.line_id] = Cell(line, marked=line.line_id in self._marked, notes=notes)
            elif cell.state is not line:
                cell.state = line
        if len(self._cells) != len(self._lines):
            kept = {line.line_id for line in self._lines}
            self._cells = {line_id: cell for line_id, cell in self._cells.items() if line_id in kept}
        self._seek()
        self._publish()
        if self._following:
            self._growth.count += 1

    def _seek(self) -> None:
        """Moves the window to the line that is pointed at, once it is among the lines."""
        if self._pointed is None or self._sought is not None:
            return
        at = next((n for n, line in enumerate(self._lines) if line.line_id == self._pointed), None)
        if at is None:
            return
        found, leads = self._cells[self._lines[at].line_id], self._cells[self._lines[max(0, at - 1)].line_id]
        found.found, leads.leads = places(found.state.text, self._said), True
        self._painted = (found, leads)
        self._sought = Sought(line_id=leads.state.line_id)
        self._following, self._seen = False, len(self._lines)
        self._last_chunk = min(self._newest_chunk(), max(CHUNKS_SHOWN - 1, at // CHUNK + CHUNKS_SHOWN - 2))

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
            sought=self._sought,
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
