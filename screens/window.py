"""The window itself as state: its size and language, and what is open in it on this device only."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import flet as ft

from client.insight.metrics import Metric
from client.models.ids import BookingId, TurnId
from widgets.theme import Layout, layout_for

NO_PANEL: Final = ""
KEYS_PANEL: Final = "keys"
BUSINESSES: Final = "businesses"
ABOUT_CALL: Final = "about_call"
CALL_FILTER: Final = "call_filter"
SUGGESTIONS: Final = "suggestions"
BLOCK: Final = "block"
TASK: Final = "task"
TURN: Final = "turn."
"""Begins the name of the sheet about a turn of the open call; then come its id, and what is done about it."""

CORRECT: Final = "correct"
ASK: Final = "ask"

CHANGE: Final = "change."
"""Begins the name of the form in which a change that waits is made to say something else; then comes its number."""

FIGURE: Final = "figure."
CLIENT: Final = "client."
"""Begins the name of the sheet of one of the open client's figures."""

MARKET: Final = "market."
LEAD_SUM: Final = "leads.sum."
FORECAST: Final = "forecast."
PATTERN: Final = "pattern."
HOURS: Final = "hours"
LENGTHS: Final = "lengths"
"""The sheets of what the busy hours, and what is said about who works, are made of."""
_OF_A_WORD: Final = frozenset({"Backspace", "Delete"})
"""Keys that are pressed in the middle of one, besides letters."""
FOCUS_S: Final = 2.0
"""How long a client may take to move the keyboard."""
TYPES_ON_S: Final = 1.0
"""Letters that follow one another within this are of one word."""


DRAWN_S: Final = 2.0
"""How long a client may take to say that its first frame is laid out."""
PAINTED_S: Final = 0.3
"""How long it takes to paint it then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """`epoch` counts returns of the client, so that everything is drawn again then.  `review_at`: which thing of the
    review the keyboard is on.

    `moves`: what moves by itself may; not where the owner asked the device for less of that.  `dark`: so the device is.
    """

    layout: Layout
    language: str | None = None
    epoch: int = 0
    review_at: int = 0
    moves: bool = True
    dark: bool = False


class WindowStore(ft.Observable):
    def __init__(self) -> None:
        self.state = WindowState(layout=layout_for(390, 844))
        self._drawn = asyncio.Event()

    async def painted(self) -> None:
        """Until the first frame is there: work that it does not need waits for it, or both would take longer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._drawn.wait(), DRAWN_S)
        await asyncio.sleep(PAINTED_S)

    def resized(self, width: float, height: float) -> None:
        self.state = replace(self.state, layout=layout_for(width, height, self.state.layout.text_scale))

    def scaled(self, text_scale: float) -> None:
        """The owner has text drawn this large; in steps of a tenth, smaller than usual counts as usual."""
        self._drawn.set()
        now = self.state.layout
        self.state = replace(self.state, layout=layout_for(now.width, now.height, max(1.0, round(text_scale, 1))))

    def speaks(self, language: str | None) -> None:
        self.state = replace(self.state, language=language)

    def keep_still(self) -> None:
        """The owner asked the device for less motion."""
        self.state = replace(self.state, moves=False)

    def dims(self, dark: bool) -> None:
        """The device's own appearance is dark, or no longer."""
        self.state = replace(self.state, dark=dark)

    def review(self, at: int) -> None:
        """The keyboard goes to this one of the review's list."""
        self.state = replace(self.state, review_at=max(0, at))

    def bump(self) -> None:
        self.state = replace(self.state, epoch=self.state.epoch + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelState:
    """`panel`: the sheet that is open, as "figure.booked" or "keys"; empty for none."""

    panel: str = NO_PANEL
    copied: bool = False
    saved: bool = False
    saving: bool = False

    @property
    def shows_figure(self) -> bool:
        """Whether the sheet is where a figure comes from."""
        return self.panel.startswith(FIGURE)


class PanelStore(ft.Observable):
    def __init__(self) -> None:
        self.state = PanelState()

    def open(self, panel: str) -> None:
        self.state = PanelState(panel=panel)

    def open_figure(self, metric: Metric) -> None:
        self.open(f"{FIGURE}{metric}")

    def close(self) -> None:
        self.state = PanelState()

    def did_copy(self) -> None:
        self.state = replace(self.state, copied=True)

    def did_save(self) -> None:
        self.state = replace(self.state, saved=True, saving=False)

    def is_saving(self, saving: bool) -> None:
        self.state = replace(self.state, saving=saving)


class FoldStore(ft.Observable):
    """What is unfolded: tool rows, the bookings that are over."""

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()

    def toggle(self, name: str) -> None:
        self.names = self.names ^ {name}


class Focusable(Protocol):
    """A control that the keyboard can be brought to."""

    async def focus(self) -> None: ...


async def bring_keyboard(to: ft.Ref[Any]) -> None:
    """The keyboard to a control, if it is still there; a client that is gone has none.

    The client is asked before this waits for anything: it moves the keyboard, and then draws what is done beside this.
    """
    control: Focusable | None = to.current
    if control is not None:
        with contextlib.suppress(TimeoutError, RuntimeError):
            async with asyncio.timeout(FOCUS_S):
                await control.focus()


class FocusDesk:
    """Where the keyboard is: whether keys are text, on which booking's card or which line of a call it stands, how to
    reach the boxes that have a key, and what lies over the place that keys are for.

    Not drawn, so not observed.
    """

    def __init__(self) -> None:
        self._box: object = None
        self._over: set[object] = set()
        self._typed_at = float("-inf")
        self._early: str | None = None
        self.to_whisper: Callable[[], Awaitable[None]] | None = None
        self.to_search: Callable[[], Awaitable[None]] | None = None
        self.booking_id: BookingId | None = None
        self.turn_id: TurnId | None = None
        self._card: ft.Ref[Any] | None = None
        self._owed: tuple[BookingId, ft.Ref[Any]] | None = None
        self._returned: BookingId | None = None

    @property
    def typing(self) -> bool:
        """Whether a box has the keyboard."""
        return self._box is not None

    def types(self, e: ft.Event[ft.TextField]) -> None:
        """The box of this event has the keyboard."""
        self._box = e.control.key

    def rests(self, e: ft.Event[ft.TextField]) -> None:
        """It has it no more; another one may have it already."""
        if self._box == e.control.key:
            self._box = None

    def gone(self, *boxes: str) -> None:
        """These boxes are no more: a client says nothing of one that goes with the keyboard in it."""
        if self._box in boxes:
            self._box = None

    @property
    def covered(self) -> bool:
        """Whether something lies over the place."""
        return bool(self._over)

    def covers(self, by: object, is_open: bool) -> None:
        (self._over.add if is_open else self._over.discard)(by)

    def types_on(self, key: str, at: float) -> bool:
        """Whether this key, at this second, is a letter of a word begun in a box that has the keyboard no more.

        A browser takes it from a box that Flutter's web client moves about in what it reads aloud, in the middle of a
        word; the rest of the word is no command.
        """
        is_letter = len(key) == 1 or key in _OF_A_WORD
        goes_on = is_letter and not self.typing and at - self._typed_at <= TYPES_ON_S
        self._typed_at = at if is_letter and (self.typing or goes_on) else float("-inf")
        return goes_on

    def sets_out(self) -> None:
        """The keyboard is on its way to a box: a client takes a moment, in which somebody types on."""
        if self._early is None:
            self._early = ""

    def takes(self, key: str) -> bool:
        """Whether this key is a letter for the box that the keyboard is on its way to."""
        if self._early is None or self.typing or len(key) != 1:
            return False
        self._early += key.lower()
        return True

    def arrives(self) -> str:
        """The keyboard is there, or will not come; the letters that were typed on its way."""
        early, self._early = self._early or "", None
        return early

    async def bring(self, to: ft.Ref[Any], text: Callable[[], str], retype: Callable[[str], object]) -> None:
        """The keyboard to a box with this text.  A client selects all of it, so what is typed early replaces it too."""
        self.sets_out()
        before = text()
        await bring_keyboard(to)
        early, now = self.arrives(), text()
        if early:
            retype(early + (now if now != before else ""))

    def lands(self, booking_id: BookingId, card: ft.Ref[Any]) -> None:
        """The keyboard is on this card."""
        if booking_id != self._returned:
            self._returned = None
        self.booking_id, self._card = booking_id, card

    def leaves(self, booking_id: BookingId) -> None:
        """A browser also says so of a card that was given the keyboard back and has it still: that one stays meant."""
        if self.booking_id == booking_id != self._returned:
            self.booking_id = None

    def lands_on_line(self, turn_id: TurnId) -> None:
        self.turn_id = turn_id

    def leaves_line(self, turn_id: TurnId) -> None:
        if self.turn_id == turn_id:
            self.turn_id = None

    def lend(self) -> None:
        """Something else takes the keyboard for a while; a card that had it gets it back."""
        self._owed = (self.booking_id, self._card) if self.booking_id and self._card else None

    async def give_back(self) -> None:
        """To the card that lent it, wherever that stands now."""
        owed, self._owed = self._owed, None
        if owed is not None:
            self._returned = owed[0]
            await bring_keyboard(owed[1])
