"""Simulated histories; in two files, so that two workers share them."""

import pytest

from tests.simulation.many import seeds

MANY = seeds(0, 1000)


@pytest.mark.parametrize("start", MANY.starts)
def test_every_promise_is_kept(start: int) -> None:
    MANY.tell_from(start)


def test_every_fault_was_hit() -> None:
    assert MANY.never_hit() == []
