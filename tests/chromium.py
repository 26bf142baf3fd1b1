"""A Chromium for the tests: an installed one, else the browser driver's own, else the distribution's package.

The one without a window is preferred: it is the same engine, and takes a third less of the processor, as it draws no
frame of its own around the page.

`python -m tests.chromium` makes sure there is one.  With CI=true a missing browser is a failure; elsewhere it is said,
and the tests that need one are skipped.
"""

import os
import shutil
import sys
from functools import cache, partial
from pathlib import Path

from tests import packages

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


@cache
def find_chromium() -> str | None:
    """The path of a browser to start, or None where there is none.  CHROMIUM names one of your own."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen
    on_path = (shutil.which(name) for name in NAMES)
    return next(filter(None, on_path), None) or next(filter(_exists, PLACES), None) or _of_the_driver()


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _exists(path: str) -> bool:
    return Path(path).exists()


def _of_the_driver() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if _exists(path) else None


def _download() -> bool:
    return packages.runs([sys.executable, "-m", "playwright", "install", "chromium"])


def main() -> int:
    for provide in (
        lambda: True,
        _download,
        partial(packages.install, "chromium-headless-shell"),
        partial(packages.install, "chromium"),
    ):
        find_chromium.cache_clear()
        if provide() and (found := find_chromium()):
            sys.stdout.write(f"Chromium for the tests: {found}\n")
            return 0
    sys.stderr.write(
        "No Chromium was found, and none could be downloaded or installed. Install Chromium or Chrome, "
        "or name one in CHROMIUM. Without it the end-to-end tests cannot run.\n"
    )
    return 1 if in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
