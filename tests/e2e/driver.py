"""An owner in a Chromium, for the end-to-end tests.

Nothing here knows a screen; what an owner sees and does on one is in the tests.
"""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, TimeoutError, expect

from tests.programs import ARTEFACTS

BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--js-flags=--liftoff-only"]
"""The last: a page is looked at for seconds, in which compiling Flutter for speed does not pay."""
SEE_TIMEOUT_MS = 20_000
ANSWER_TIMEOUT_MS = 15_000
"""So long a page may be busy before it counts as one that hangs."""
CLEAR_OF_HEAD = 110
CLEAR_OF_BARS = 150
"""Pixels at the top and the bottom that may lie under what does not scroll."""
DEEPEST = 3
"""So much may lie over a place: a phone's detail, a sheet over it, what was asked in that."""
STILL = 2
"""Readings of a place, one after the other, that have to be as the one before."""
SIGHT = """() => {
    const said = each => [
        each.getAttribute('flt-semantics-identifier') ?? '',
        (each.getAttribute('aria-label') ?? each.innerText ?? each.value ?? '').slice(0, 120).replaceAll('\\n', ' / '),
        ...['x', 'y', 'width', 'height'].map(side => Math.round(each.getBoundingClientRect()[side])),
    ].join(' ');
    const boxes = 'flt-semantics[flt-semantics-identifier], input, textarea';
    return [
        `the keyboard: ${said(document.activeElement)}`,
        ...[...document.querySelectorAll(boxes)].slice(0, 150).map(said),
    ];
}"""


@dataclass(frozen=True, slots=True)
class Size:
    name: str
    width: int
    height: int


PHONE = Size("phone", 390, 844)
DESKTOP = Size("desktop", 1440, 900)


class Owner:
    """Somebody at a screen of a given size.  Sees the semantics tree, as a screen reader does."""

    there: ClassVar[list["Owner"]] = []
    """Who is at a screen now."""

    def __init__(
        self, browser: Browser, size: Size, *, dark: bool = False, touch: bool = False, still: bool = False
    ) -> None:
        """`still`: has asked the device for less motion."""
        self.size = size
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size.width, "height": size.height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            reduced_motion="reduce" if still else "no-preference",
        )
        self.context.route(re.compile(r"^https?://(?!127\.0\.0\.1|localhost)"), lambda route: route.abort())
        self.context.set_default_timeout(SEE_TIMEOUT_MS)
        self.page: Page = self.context.new_page()
        Owner.there.append(self)

    def open(self, url: str) -> None:
        self.page.goto(url)
        self._read_aloud()

    def reload(self) -> None:
        self.page.reload()
        self._read_aloud()

    def close(self) -> None:
        Owner.there.remove(self)
        self.context.close()

    def answers(self) -> bool:
        """Whether the page does anything at all: one that hangs does not say so."""
        try:
            self.page.wait_for_function("true", timeout=ANSWER_TIMEOUT_MS)
        except Error:
            return False
        return True

    # --- seeing --------------------------------------------------------------------------------------------------
    def by_id(self, identifier: str) -> Locator:
        return self.page.locator(f'[flt-semantics-identifier="{identifier}"]')

    def starting_with(self, identifier: str) -> Locator:
        return self.page.locator(f'[flt-semantics-identifier^="{identifier}"]')

    def text(self, words: str | re.Pattern[str]) -> Locator:
        """Spoken text: Flutter puts it in an element or, for a merged node, in its label."""
        label = words if isinstance(words, re.Pattern) else re.compile(re.escape(words))
        return self.page.get_by_text(words).or_(self.page.get_by_label(label)).first

    def spoken(self, target: Locator) -> str:
        """What a screen reader says of a control."""
        return target.get_attribute("aria-label") or target.inner_text()

    def sees(self, words: str | re.Pattern[str], *, timeout_s: float = SEE_TIMEOUT_MS / 1000) -> None:
        expect(self.text(words)).to_be_attached(timeout=timeout_s * 1000)

    def sees_id(self, identifier: str, *, timeout_s: float = SEE_TIMEOUT_MS / 1000) -> Locator:
        found = self.by_id(identifier).first
        expect(found).to_be_attached(timeout=timeout_s * 1000)
        return found

    def sees_one_of(self, identifier: str, *, timeout_s: float = SEE_TIMEOUT_MS / 1000) -> Locator:
        """The first control whose identifier begins so."""
        found = self.starting_with(identifier).first
        expect(found).to_be_attached(timeout=timeout_s * 1000)
        return found

    def sees_need(self, words: str, *, timeout_s: float = SEE_TIMEOUT_MS / 1000) -> Locator:
        """The row among what needs the owner that speaks of this."""
        rows = self.starting_with("needs_you.")
        labelled = self.page.locator(f'[flt-semantics-identifier^="needs_you."][aria-label*="{words}"]')
        found = rows.filter(has_text=words).or_(labelled).first
        expect(found).to_be_attached(timeout=timeout_s * 1000)
        return found

    def sees_no_id(self, identifier: str, *, timeout_s: float = SEE_TIMEOUT_MS / 1000) -> None:
        expect(self.by_id(identifier)).to_have_count(0, timeout=timeout_s * 1000)

    def hears_no_more(self, words: str | re.Pattern[str], *, timeout_s: float = SEE_TIMEOUT_MS / 1000) -> None:
        expect(self.text(words)).to_have_count(0, timeout=timeout_s * 1000)

    def at_rest(self, identifier: str) -> list[str]:
        """The identifiers that begin so, once they have stayed the same for a while: a place may still be arriving."""
        before: list[str] | None = None
        same = 0
        for _ in range(60):
            found = self.starting_with(identifier)
            now = found.evaluate_all("all => all.map(each => each.getAttribute('flt-semantics-identifier'))")
            same = same + 1 if now == before else 0
            if same == 6:
                return now
            before = now
            self.page.wait_for_timeout(150)
        raise AssertionError(f"what begins with {identifier!r} does not come to rest")

    # --- doing ---------------------------------------------------------------------------------------------------
    def tap(self, target: Locator) -> None:
        """In the middle of where it is: Flutter takes pointers by place, not by element."""
        x, y = self.middle(target)
        self.page.mouse.click(x, y)

    def hold(self, target: Locator, until: str | re.Pattern[str]) -> None:
        """Press, and let go when these words say that it was long enough, as a person would."""
        x, y = self.middle(target)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.sees(until)
        self.page.mouse.up()

    def stroke(
        self, start: tuple[float, float], end: tuple[float, float], *, pressed_ms: int = 0, picture: str = ""
    ) -> None:
        """A finger over the screen, after it has pressed for so long; `picture` is kept before it is lifted."""
        touch = self.context.new_cdp_session(self.page)

        def at(kind: str, x: float, y: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        at("touchStart", *start)
        self.page.wait_for_timeout(pressed_ms)
        for step in range(1, 11):
            share = step / 10
            at("touchMove", start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            self.page.wait_for_timeout(40)
        if picture:
            self.keep(picture)
        at("touchEnd", *end)
        self.page.wait_for_timeout(600)

    def type_into(self, label: str, words: str) -> None:
        """Replaces what stands there, at a quick typist's pace; again, slower, if the machine could not follow."""
        box = self.page.locator(f':is(input,textarea)[aria-label="{label}"]').first
        for delay_ms in (25, 60, 120):
            box.click()
            expect(box).to_be_focused()
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.type(words, delay=delay_ms)
            with contextlib.suppress(TimeoutError):
                self.page.wait_for_function("words => document.activeElement.value === words", arg=words, timeout=3000)
                return
        raise AssertionError(f"{label!r} does not take what is typed")

    def scroll_to(self, target: Locator, *, beside: Locator | None = None, step: int = 300, tries: int = 40) -> Locator:
        """Rows outside the viewport are not in the tree: turn the wheel until `target` is, clear of head and bars.

        `beside`: something in the same pane, where there are several; the middle of the window without it.
        """
        x = self.middle(beside)[0] if beside else self.size.width * 0.5
        with contextlib.suppress(TimeoutError):
            target.first.wait_for(state="attached", timeout=1500)
        for _ in range(tries):
            if not target.count():
                self.turn_wheel(step, x)
                continue
            try:
                x, y = self.middle(target.first, gone_after_ms=1500)
            except TimeoutError:  # what came in above it has pushed it out of the viewport
                continue
            if CLEAR_OF_HEAD < y < self.size.height - CLEAR_OF_BARS:
                return target
            self.turn_wheel(60 if y > CLEAR_OF_HEAD else -60, x)
            with contextlib.suppress(TimeoutError):
                if self.middle(target.first, gone_after_ms=1500)[1] == y:
                    return target
        raise AssertionError("not found by scrolling")

    def turn_wheel(self, pixels: int, x: float | None = None) -> None:
        """Halfway down the window, at `x` or in its middle."""
        self.page.mouse.move(self.size.width * 0.5 if x is None else x, self.size.height * 0.5)
        self.page.mouse.wheel(0, pixels)
        self.page.wait_for_timeout(80)

    def keep(self, name: str) -> Path:
        """A screenshot among the artefacts, once what the tree says is painted too."""
        self._next_frames()
        self.page.wait_for_timeout(400)
        path = ARTEFACTS / f"{name}-{self.size.name}.png"
        self.page.screenshot(path=path)
        return path

    def _read_aloud(self) -> None:
        """Switch the semantics tree on; the placeholder is off-screen, so it is clicked in the document."""
        self.page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
        self.page.evaluate("document.querySelector('flt-semantics-placeholder')?.click()")
        self.page.wait_for_selector("flt-semantics[id]", state="attached", timeout=60_000)

    def middle(self, target: Locator, *, gone_after_ms: float | None = None) -> tuple[float, float]:
        """Once it has stayed in its place for a moment: what is above it may still be arriving.

        A slow machine paints seldom, so a moment is some frames, not only some time.
        """
        target.wait_for(state="attached", timeout=gone_after_ms)
        before = None
        same = 0
        for _ in range(40):
            box = target.bounding_box(timeout=gone_after_ms)
            same = same + 1 if box and box == before else 0
            if box and same == STILL:
                return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            before = box
            self._next_frames()
            self.page.wait_for_timeout(60)
        raise AssertionError("what is to be tapped does not come to rest")

    def _next_frames(self) -> None:
        """Two, so that what the tree says is painted too."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def sight(self) -> str:
        """What is on screen, in words: for the report of a test that failed where no picture can be had."""
        with contextlib.suppress(Error):
            return "\n".join([self.page.url, *self.page.evaluate(SIGHT)])
        return "a page that does not answer"


class Seat:
    """One owner for many tests that change nothing.

    One who left a sheet open closes it.  One whose page hangs is replaced, so that it costs one test; so is one whose
    sheet does not go, which a new page in the same browser would find open again.
    """

    def __init__(self, browser: Browser, size: Size, *, still: bool = False) -> None:
        self._browser, self._size, self._still = browser, size, still
        self._owner: Owner | None = None

    def owner(self, url: str) -> Owner:
        """In the app at this address, wherever in it."""
        if self._owner is not None and not (self._owner.answers() and self._is_free(self._owner)):
            self.leave()
        if self._owner is None:
            self._owner = Owner(self._browser, self._size, still=self._still)
            self._owner.open(url)
            self._owner.sees_id("nav.today")
        return self._owner

    def stays(self) -> Owner | None:
        """The owner with whatever they have open, if there is one whose page answers."""
        return self._owner if self._owner is not None and self._owner.answers() else None

    def _is_free(self, owner: Owner) -> bool:
        """Nothing lies over the place, or nothing does any more."""
        if owner.by_id("nav.today").count():
            return True
        for _ in range(DEEPEST):
            owner.page.keyboard.press("Escape")
            with contextlib.suppress(AssertionError):
                owner.sees_id("nav.today", timeout_s=1)
                return True
        return False

    def leave(self) -> None:
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.close()
