"""One Chromium for all end-to-end tests, and an owner at each size."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, TimeoutError, sync_playwright

from tests.chromium import find_chromium, in_ci
from tests.e2e.driver import BROWSER_ARGUMENTS, DESKTOP, PHONE, Owner, Size

NewOwner = Callable[..., Owner]

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First: they are the longest, so that no worker begins one when the others are done."""
    items.sort(key=lambda item: HERE not in item.path.parents)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with this folder: while the driver runs, its loop counts as the thread's own and no other may start."""
    path = find_chromium()
    if path is None:
        (pytest.fail if in_ci() else pytest.skip)("no Chromium here: python -m tests.chromium")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", params=[PHONE, DESKTOP], ids=lambda size: size.name)
def size(request: pytest.FixtureRequest) -> Size:
    return request.param


def open_a_day_with_bookings(owner: Owner) -> Locator:
    """The first booking of the agenda of a day after today that has any: tomorrow may be a holiday."""
    rows = owner.starting_with("booking.")
    owner.tap(owner.by_id("nav.bookings"))
    owner.tap(owner.by_id("view.agenda"))
    for _ in range(5):
        owner.tap(owner.by_id("agenda.next"))
        owner.sees_id("agenda.today")
        with contextlib.suppress(TimeoutError):
            rows.first.wait_for(state="attached", timeout=6_000)
            return rows.first
    raise AssertionError("no day has a booking")


@pytest.fixture
def new_owner(browser: Browser) -> Iterator[NewOwner]:
    owners: list[Owner] = []

    def make(size: Size, *, dark: bool = False) -> Owner:
        owners.append(Owner(browser, size, dark=dark))
        return owners[-1]

    yield make
    for owner in owners:
        owner.close()
