"""The network goes away and the screen stays true; a start without the API shows what was there."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.driver import Owner, Seat
from tests.programs import Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("offline"), "--no-limits", "--no-calls", signed_in=True) as built:
        yield built


@pytest.fixture
def owner(here: Stage, seat: Seat) -> Iterator[Owner]:
    somebody = seat.owner(here.app.url)
    # Not where the test before has left it, but at the top of Today.
    somebody.open(here.app.url)
    somebody.sees_id("nav.today")
    yield somebody
    here.network.mend()


def figures(owner: Owner) -> list[str]:
    """The day's counts in sight.  What they are compared with moves with the clock, so that is left out."""
    owner.scroll_to(owner.by_id("figure.missed"))
    spoken = [owner.spoken(found) for found in owner.starting_with("figure.").all()]
    counts = [found[1] for text in spoken if (found := re.search(r": (\d+)\.", text))]
    assert counts, spoken
    return counts


def test_the_screen_stays_and_the_strip_says_so_and_it_goes_by_itself(owner: Owner, here: Stage) -> None:
    before = figures(owner)
    here.network.cut()
    owner.sees(re.compile("Offline"))
    assert figures(owner) == before
    owner.keep("offline")
    owner.tap(owner.by_id("nav.bookings"))
    owner.sees(re.compile("Offline"))
    here.network.mend()
    owner.hears_no_more(re.compile("Offline"), timeout_s=40)
    owner.tap(owner.by_id("nav.today"))
    assert figures(owner) == before


def test_nothing_moves_under_a_thumb_when_the_connection_goes_or_a_change_waits(owner: Owner, here: Stage) -> None:
    """A row of the review that moved would have "tomorrow" where "done" of another was."""
    owner.open(f"{here.app.url}/review")
    owner.sees_one_of("review.task:")
    first, last = (owner.by_id(way) for way in _ways(owner, "done")[:2])
    stood = owner.middle(first)
    here.network.cut()
    owner.sees(re.compile("Offline"))
    assert owner.middle(first) == stood
    owner.keep("review-offline")
    owner.tap(last)
    owner.sees_id("undo")
    owner.sees(re.compile("1 waiting|1 change"))
    assert owner.middle(first) == stood
    owner.keep("review-waiting")
    owner.tap(owner.by_id("undo"))
    here.network.mend()
    owner.hears_no_more(re.compile("Offline"), timeout_s=40)
    assert owner.middle(first) == stood


def _ways(owner: Owner, way: str) -> list[str]:
    return [each for each in owner.at_rest("review.") if each.endswith(f".{way}")]


def test_a_restart_without_the_api_shows_what_was_there(owner: Owner, here: Stage) -> None:
    before = figures(owner)
    here.app.stop()
    here.network.cut()
    here.app.start()
    owner.open(here.app.url)
    owner.sees_id("nav.today")
    assert figures(owner) == before
    owner.sees(re.compile("Offline"))
    owner.keep("restart-offline")
    here.network.mend()
    owner.hears_no_more(re.compile("Offline"), timeout_s=40)


def test_the_hosted_api_may_die_and_come_back(owner: Owner, here: Stage) -> None:
    here.hosted.kill()
    owner.sees(re.compile("Offline"))
    here.hosted.start()
    owner.hears_no_more(re.compile("Offline"), timeout_s=40)
