"""Reading a transcript that grows: which of its turns are as they were, so that only the others are looked at."""

from collections.abc import Iterable, Sequence

from client.models.calls import Speaker, Turn, TurnKind


def caller_turns(turns: Iterable[Turn]) -> list[Turn]:
    return [t for t in turns if t.kind is TurnKind.SPEECH and t.speaker is Speaker.CALLER]


def same_start(known: tuple[Turn, ...], turns: tuple[Turn, ...]) -> int:
    """How many turns at the start are the ones already known.

    What is new nearly always comes at the end; comparing all before it at once is some hundred times cheaper than
    turn by turn.
    """
    usual = min(len(known), len(turns))
    for same in (usual, usual - 1):
        if same >= 0 and known[:same] == turns[:same]:
            return same
    return next(at for at, (a, b) in enumerate(zip(known, turns, strict=False)) if a != b)


def forget_from(turns: list[Turn], index: int) -> None:
    """Drop the turns with this index and later ones from the end of a list that is in order of index."""
    while turns and turns[-1].index >= index:
        turns.pop()


def first_changed(known: Sequence[Turn], turns: Sequence[Turn], same: int) -> int | None:
    """The lowest index that is not as it was, after `same` turns that are; None when nothing is new."""
    changed = [reading[same].index for reading in (known, turns) if len(reading) > same]
    return min(changed, default=None)
