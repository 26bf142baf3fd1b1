"""One Chromium for all end-to-end tests, and an owner at each size."""

from collections.abc import Callable, Generator, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect, sync_playwright

from tests.chromium import find_chromium, in_ci
from tests.e2e.driver import BROWSER_ARGUMENTS, DESKTOP, PHONE, Owner, Seat, Size
from tests.programs import Device, Stage, fill, stage

NewOwner = Callable[..., Owner]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails says what its owners saw: who reads the report may have no picture."""
    report = yield
    if report.failed and call.when == "call":
        report.sections += [(f"what the owner saw ({owner.size.name})", owner.sight()) for owner in Owner.there]
    return report


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


@pytest.fixture(scope="module")
def seat(browser: Browser, size: Size) -> Iterator[Seat]:
    """For all tests of a file at one size that leave the app as they found it."""
    kept = Seat(browser, size)
    yield kept
    kept.leave()


def open_a_day_with_bookings(owner: Owner) -> Locator:
    """The first booking of the days after today's that have any, as this window lays them out: a week on a desktop."""
    owner.tap(owner.by_id("nav.bookings"))
    owner.page.wait_for_url(lambda address: address.endswith("/bookings"))
    for _ in range(5):
        turn_to_the_next_days(owner)
        rows = owner.starting_with("booking.")
        if rows.count():
            return owner.by_id(rows.first.get_attribute("flt-semantics-identifier") or "")
    raise AssertionError("no day has a booking")


def turn_to_the_next_days(owner: Owner) -> None:
    """And wait until they are on screen: those of the new address, or the week around it."""
    before = owner.page.url
    owner.tap(owner.by_id("agenda.next"))
    owner.page.wait_for_url(lambda address: address != before)
    day = date.fromisoformat(owner.page.url.rpartition("/")[2])
    monday = day - timedelta(days=day.weekday())
    expect(owner.by_id(f"days.{day}").or_(owner.by_id(f"days.{monday}")).first).to_be_attached()


@pytest.fixture
def new_owner(browser: Browser) -> Iterator[NewOwner]:
    owners: list[Owner] = []

    def make(size: Size, *, dark: bool = False) -> Owner:
        owners.append(Owner(browser, size, dark=dark))
        return owners[-1]

    yield make
    for owner in owners:
        owner.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Stage]:
    """A stage of the test's own, for what changes the business; a module that changes nothing keeps one."""
    with stage(tmp_path, "--no-limits", "--no-calls", signed_in=True) as built:
        yield built


@pytest.fixture
def colleague(here: Stage, tmp_path: Path) -> Device:
    """A second device of the business, at its desk: its connection is never cut."""
    device = Device(api_url=here.hosted.url, folder=tmp_path / "colleague")
    fill(device.api_url, device.folder)
    return device
