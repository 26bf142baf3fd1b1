"""The lines of a transcript as they are read: turns in order, words being spoken, runs of one speaker, and gaps."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from client.insight.growing import same_start
from client.models.calls import PartialTurn, Speaker, Turn, TurnKind


class LineKind(StrEnum):
    """speech, tool and note are turns; partial: words being spoken now; gap: turns that were not received."""

    SPEECH = "speech"
    PARTIAL = "partial"
    TOOL = "tool"
    NOTE = "note"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row on screen.  `line_id` stays the same from the first partial word to the final turn.

    `opens_run`: the speaker's name and the time stand above it.  `gap_s`: length of a gap in seconds.
    """

    line_id: str
    kind: LineKind
    speaker: Speaker
    name: str | None
    text: str
    opens_run: bool
    turn: Turn | None = None
    gap_s: float | None = None


class TurnLines:
    """The lines of a growing transcript.  Each reading makes anew what follows the first changed turn, and no more."""

    def __init__(self) -> None:
        self._turns: tuple[Turn, ...] = ()
        self._lines: list[Line] = []
        self._ends: list[int] = []
        self.same = 0
        """How many lines at the start are those of the reading before."""

    def of(self, turns: tuple[Turn, ...]) -> list[Line]:
        """The lines of these turns, which are in order of index.  A missing index makes a gap."""
        same = same_start(self._turns, turns)
        lines = self._lines[: self._ends[same - 1] if same else 0]
        self.same = len(lines)
        ends = self._ends[:same]
        for at in range(same, len(turns)):
            gap = _gap_before(turns[at - 1] if at else None, turns[at])
            if gap is not None:
                lines.append(gap)
            lines.append(_turn_line(turns[at], _opens_run(turns[at].speaker, lines[-1] if lines else None)))
            ends.append(len(lines))
        self._turns, self._lines, self._ends = turns, lines, ends
        return lines


def partial_lines(partials: Iterable[PartialTurn], before: Line | None) -> tuple[Line, ...]:
    """The lines of words being spoken, after the last turn's line."""
    lines: list[Line] = []
    for partial in sorted((p for p in partials if p.text), key=lambda p: p.index):
        lines.append(_partial_line(partial, lines[-1] if lines else before))
    return tuple(lines)


def _turn_line(turn: Turn, opens_run: bool) -> Line:
    kind = {TurnKind.TOOL: LineKind.TOOL, TurnKind.NOTE: LineKind.NOTE, TurnKind.GAP: LineKind.GAP}.get(
        turn.kind, LineKind.SPEECH
    )
    gap = None
    if kind is LineKind.GAP:
        gap = (turn.ended_at - turn.started_at).total_seconds() if turn.ended_at else 0.0
    return Line(
        line_id=turn.turn_id,
        kind=kind,
        speaker=turn.speaker,
        name=turn.name,
        text=turn.text,
        opens_run=opens_run,
        turn=turn,
        gap_s=gap,
    )


def _partial_line(partial: PartialTurn, before: Line | None) -> Line:
    return Line(
        line_id=partial.turn_id,
        kind=LineKind.PARTIAL,
        speaker=partial.speaker,
        name=partial.name,
        text=partial.text,
        opens_run=_opens_run(partial.speaker, before),
    )


def _gap_before(previous: Turn | None, turn: Turn) -> Line | None:
    expected = previous.index + 1 if previous else 0
    if turn.index <= expected:
        return None
    since = (previous.ended_at or previous.started_at) if previous else turn.started_at
    return Line(
        line_id=f"gap-{expected}",
        kind=LineKind.GAP,
        speaker=Speaker.SYSTEM,
        name=None,
        text="",
        opens_run=False,
        gap_s=max(0.0, (turn.started_at - since).total_seconds()),
    )


def _opens_run(speaker: Speaker, before: Line | None) -> bool:
    return before is None or before.kind not in (LineKind.SPEECH, LineKind.PARTIAL) or before.speaker is not speaker
