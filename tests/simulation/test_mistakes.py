"""The test of the tests: each of the seeded bugs, planted in the real code, is found within bounded many histories."""

import pytest

from tests.simulation.mistakes import BUGS, MOST, histories_needed


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", BUGS)
def test_a_seeded_bug_is_found(name: str) -> None:
    assert histories_needed(name) is not None, f"{name} lived through {MOST} histories"
