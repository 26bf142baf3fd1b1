"""The pictures of the documentation, taken from the running app: `python -m tests.e2e.portraits`."""

import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import find_chromium
from tests.e2e.conftest import open_a_day_with_bookings
from tests.e2e.driver import BROWSER_ARGUMENTS, DESKTOP, PHONE, Owner, Size
from tests.programs import ROOT, Stage, stage

FOLDER = ROOT / "docs" / "screenshots"
GAP = 48
GROUND = {"light": "#E4E6F0", "dark": "#070A12"}
PLACES = ("figures", "ahead", "leads", "team", "review")
"""Of the command center."""
COLOURS = 300
"""A picture with so few is of a page that is still coming."""
PATIENCE = 10
PATIENCE_MS = 600_000
"""The employee's calls come round again within it."""

WORTH_SEEING = re.compile("upset|asked for a person|asked twice|an emergency")


def portrait(browser: Browser, here: Stage, size: Size, look: str) -> None:
    owner = Owner(browser, size, dark=look == "dark")
    try:
        owner.open(here.app.url)
        owner.sees_id("nav.today")
        call = owner.starting_with("live.").filter(has_text=WORTH_SEEING).first
        call.wait_for(state="attached", timeout=PATIENCE_MS)
        keep(owner, f"today-{size.name}-{look}")
        # The one that was seen may be over by now.
        call.wait_for(state="attached", timeout=PATIENCE_MS)
        owner.tap(call)
        owner.sees_id("call.take_over")
        owner.page.wait_for_timeout(8_000)
        keep(owner, f"call-{size.name}-{look}")
        owner.open(f"{here.app.url}/bookings")
        booking = open_a_day_with_bookings(owner)
        keep(owner, f"bookings-{size.name}-{look}")
        owner.tap(booking)
        owner.tap(owner.by_id("booking.move"))
        owner.sees_one_of("picker.slot.")
        keep(owner, f"moving-{size.name}-{look}")
        for place in PLACES:
            owner.open(f"{here.app.url}/{place}")
            owner.sees_id("nav.today")
            keep(owner, f"{place}-{size.name}-{look}")
    finally:
        owner.close()


def keep(owner: Owner, name: str) -> None:
    """Once it is painted, which on a busy machine is seconds after the tree speaks of it."""
    owner.page.mouse.move(2, 2)
    path = FOLDER / f"{name}.png"
    for _ in range(PATIENCE):
        owner.page.wait_for_timeout(4_000)
        owner.page.screenshot(path=path)
        if Image.open(path).convert("RGB").getcolors(COLOURS) is None:
            return
    raise AssertionError(f"{name} is not painted")


def side_by_side(name: str, look: str) -> None:
    """The desktop with the phone beside it, for the README."""
    desktop, phone = (Image.open(FOLDER / f"{name}-{size}-{look}.png") for size in ("desktop", "phone"))
    width = desktop.width + phone.width + 3 * GAP
    both = Image.new("RGB", (width, desktop.height + 2 * GAP), GROUND[look])
    both.paste(desktop, (GAP, GAP))
    both.paste(phone, (desktop.width + 2 * GAP, GAP + (desktop.height - phone.height) // 2))
    both.save(FOLDER / f"{name}.png", optimize=True)


def main() -> None:
    executable = find_chromium()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        stage(Path(folder), "--no-limits", "--speed", "0.6", signed_in=True, forecasts=True) as here,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
        for look in GROUND:
            for size in (PHONE, DESKTOP):
                portrait(browser, here, size, look)
        browser.close()
    for name in ("today", "call", "moving", "figures"):
        side_by_side(name, "light")


if __name__ == "__main__":
    main()
