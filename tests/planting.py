"""Planting mistakes in the real code, to see whether the tests that should notice do.

A mistake is a few words of a function's source exchanged for others.  The function stays the same object, whoever has
imported it; only what it does is another thing while the mistake is planted.
"""

import contextlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True, slots=True)
class Edit:
    """In the source of `where`, `right` (which must stand there once) becomes `wrong`."""

    where: Callable[..., Any]
    right: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Instead:
    """The value of a name, or of an item of a dictionary, is another one."""

    owner: Any
    name: str
    value: Any


Mistake = Edit | Instead


@contextlib.contextmanager
def planted(*mistakes: Mistake) -> Iterator[None]:
    """While this lasts, the code makes these mistakes."""
    edits: dict[FunctionType, list[Edit]] = {}
    with contextlib.ExitStack() as stack:
        for mistake in mistakes:
            if isinstance(mistake, Edit):
                assert isinstance(mistake.where, FunctionType)
                edits.setdefault(mistake.where, []).append(mistake)
            else:
                stack.enter_context(_replaced(mistake))
        for function, those in edits.items():
            stack.enter_context(_edited(function, those))
        yield


def _replaced(mistake: Instead) -> contextlib.AbstractContextManager[Any]:
    if isinstance(mistake.owner, dict):
        return patch.dict(mistake.owner, {mistake.name: mistake.value})
    return patch.object(mistake.owner, mistake.name, mistake.value)


@contextlib.contextmanager
def _edited(function: FunctionType, edits: list[Edit]) -> Iterator[None]:
    source = textwrap.dedent(inspect.getsource(function))
    for edit in edits:
        assert source.count(edit.right) == 1, f"{edit.right!r} is not once in {function.__qualname__}"
        source = source.replace(edit.right, edit.wrong)
    made: dict[str, Any] = dict(function.__globals__)
    exec(compile(source, f"<mistake in {function.__qualname__}>", "exec"), made)
    right = function.__code__
    function.__code__ = made[function.__name__].__code__
    try:
        yield
    finally:
        function.__code__ = right
