"""The test of the tests: each of the seeded bugs, planted in the real code, is found within bounded many histories.

The seed that found it last time comes first, so that it is one history mostly; if that does not notice, all are told.
"""

import pytest

from tests.simulation.mistakes import BUGS, FOUND_BY, MOST, biased, found_by
from tests.simulation.stage import tell


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", BUGS)
def test_a_seeded_bug_is_found(name: str) -> None:
    assert found_by(name, (FOUND_BY[name], *range(MOST))), f"{name} lived through {MOST} histories"


@pytest.mark.parametrize("name", BUGS)
def test_without_it_the_same_history_ends_well(name: str) -> None:
    tell(FOUND_BY[name], biased(BUGS[name], FOUND_BY[name]))
