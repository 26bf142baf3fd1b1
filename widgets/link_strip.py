"""How old the data is and why: a quiet line under the title, never a dialog, and never in another's place."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import flet as ft

from client.models.link import LinkState, LinkStatus, Trouble
from widgets import buttons, parts, theme
from widgets import format as fmt
from widgets.component import Handler
from widgets.parts import Tone
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The owner's own changes: on their way, and those that need the owner before they can be."""

    waiting: int = 0
    stuck: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What of the line opens the outbox: as it is read, and as it is heard."""

    short: str
    spoken: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """`sentence` may be empty where the tail says it all.

    Nothing in it moves, also while data comes: what turned would have every frame of the window drawn meanwhile.
    """

    sentence: str
    tone: Tone
    icon: ft.IconData
    tail: Tail | None = None

    @property
    def spoken(self) -> str:
        return " · ".join(piece for piece in (self.sentence, self.tail.spoken if self.tail else "") if piece)


def strip_of(words: Words, link: LinkStatus, now: datetime, changes: Changes) -> Strip | None:
    """What the strip says, None when all is well."""
    strip = _strip_of(words, link, now, changes)
    if strip is not None and strip.tail is None:
        return replace(strip, tail=_tail(words, changes))
    return strip


def _strip_of(words: Words, link: LinkStatus, now: datetime, changes: Changes) -> Strip | None:
    if link.trouble in _BLOCKING:
        return Strip(sentence=_trouble(words, link, now), tone=Tone.DANGER, icon=ft.Icons.ERROR_OUTLINE)
    match link.state:
        case LinkState.OFFLINE:
            return Strip(sentence=_offline(words, link, now), tone=Tone.NEUTRAL, icon=ft.Icons.CLOUD_OFF)
        case LinkState.SIGNED_OUT:
            return Strip(sentence=words("strip.signed_out"), tone=Tone.DANGER, icon=ft.Icons.LOGOUT)
        case LinkState.STANDBY:
            return Strip(sentence=words("strip.standby"), tone=Tone.NEUTRAL, icon=ft.Icons.DEVICES)
        case LinkState.CONNECTING:
            sentence = _filling(words, link) or words("strip.connecting", data=_data(words, link, now))
            return Strip(sentence=sentence, tone=Tone.NEUTRAL, icon=ft.Icons.SYNC)
        case LinkState.ONLINE:
            return _online(words, link, now, changes)


LINES: Final = 2
_LINE: Final = 18
"""How high one line of it is."""
_ABOVE: Final = 4


def strip_height(scale: float) -> int:
    """What a place keeps for it, whatever it says: two lines, and enough for a thumb.  `scale`: how large text is.

    It comes, goes and counts while somebody taps what is below it, and that must not move.
    """
    return max(theme.TARGET_TOUCH, round(_ABOVE + LINES * _LINE * scale + 8))


def kept_strip(words: Words, strip: Strip | None, well: str, on_open: Handler, *, scale: float) -> ft.Control:
    """The strip in the place that is kept for it; `well` is said there while all is.

    What does not fit into its lines is cut, and whole for the ear and under a resting pointer or a finger.
    """
    content = ft.Container(parts.muted(well, lines=1), padding=ft.Padding.only(top=_ABOVE))
    line: ft.Control = content
    if strip is not None:
        # Laid at the top of the place that is kept, all of which can be pressed.
        laid = ft.Container(_kept(strip), alignment=ft.Alignment.TOP_LEFT)
        line = _heard(words, strip, laid, on_open, top=_ABOVE)
    return ft.Container(line, height=strip_height(scale), key="kept_strip")


def _kept(strip: Strip) -> ft.Control:
    """Sentence and count as one text, which breaks where it must."""
    tail, ink = strip.tail, parts.tone_ink(strip.tone)
    whole = " · ".join(piece for piece in (strip.sentence, tail.short if tail else "") if piece)
    said = parts.text(whole, size=13, color=ink, lines=LINES, expand=True, loose=True)
    if tail is None:
        return _after_mark(strip, [said])
    said.value, tail_ink = "", _tail_ink(tail)
    said.spans = [
        ft.TextSpan(f"{strip.sentence} · " if strip.sentence else ""),
        # The number stays with its word where the line breaks.
        ft.TextSpan(tail.short.replace(" ", "\N{NO-BREAK SPACE}"), ft.TextStyle(color=tail_ink, weight=parts.W600)),
    ]
    return _after_mark(strip, [said, _onward(tail_ink)])


def rail_strip(words: Words, strip: Strip, on_open: Handler) -> ft.Control:
    """The same at the foot of the rail, where there is room above it: changes are counted on a line of their own."""
    return _heard(words, strip, _stacked(strip), on_open)


def _heard(words: Words, strip: Strip, content: ft.Control, on_open: Handler, *, top: int = 0) -> ft.Control:
    """Announced politely when its words change.  `on_open` leads to the changes it counts."""
    padding = ft.Padding.only(top=top)
    line: ft.Control = ft.Semantics(exclude_semantics=True, content=ft.Container(content, padding=padding))
    if strip.tail:
        name = words("strip.open", what=strip.tail.spoken)
        line = buttons.pressable("strip.open", name, content, on_open, padding=padding, top=True)
    return ft.Semantics(identifier="strip", live_region=True, label=strip.spoken, content=line)


def _stacked(strip: Strip) -> ft.Control:
    tail = strip.tail
    said = parts.text(strip.sentence, size=13, color=parts.tone_ink(strip.tone), expand=True)
    if tail is None:
        return _after_mark(strip, [said])
    ink = _tail_ink(tail)
    counted = [parts.text(tail.short, size=13, color=ink, weight=parts.W600), _onward(ink)]
    if not strip.sentence:
        return _after_mark(strip, counted)
    below = ft.Container(ft.Row(counted, spacing=2, tight=True), padding=ft.Padding.only(left=22))
    return ft.Column([_after_mark(strip, [said]), below], spacing=2, tight=True)


def _after_mark(strip: Strip, said: list[ft.Control]) -> ft.Control:
    return ft.Row([ft.Icon(strip.icon, size=16, color=parts.tone_ink(strip.tone)), *said], spacing=6)


def _tail_ink(tail: Tail) -> ft.Colors:
    return theme.PRIMARY if tail.tone is Tone.NEUTRAL else parts.tone_ink(tail.tone)


def _onward(ink: ft.Colors) -> ft.Control:
    return ft.Icon(ft.Icons.CHEVRON_RIGHT, size=16, color=ink)


def rail_line(
    words: Words, link: LinkStatus, now: datetime, changes: Changes, on_open: Handler, *, short: bool
) -> ft.Control:
    """At the foot of the rail, always there: "Live · all saved", or what the strip says."""
    strip = strip_of(words, link, now, changes)
    if strip is None:
        strip = Strip(sentence=words("strip.live"), tone=Tone.NEUTRAL, icon=ft.Icons.CLOUD_DONE)
    if not short:
        return rail_strip(words, strip, on_open)
    ink = parts.tone_ink(strip.tail.tone if strip.tail and strip.tail.tone is Tone.DANGER else strip.tone)
    if strip.tail:
        return buttons.icon_button("strip.open", strip.spoken, strip.icon, on_open, color=ink, size=18)
    return ft.Icon(strip.icon, size=18, color=ink, tooltip=parts.tip(strip.sentence), semantics_label=strip.sentence)


def _tail(words: Words, changes: Changes) -> Tail | None:
    if changes.stuck:
        said = words("strip.stuck", n=changes.stuck)
        return Tail(short=said, spoken=said, tone=Tone.DANGER)
    if changes.waiting:
        short, spoken = words("strip.waiting_short", n=changes.waiting), words("strip.waiting", n=changes.waiting)
        return Tail(short=short, spoken=spoken, tone=Tone.NEUTRAL)
    return None


_BLOCKING = frozenset(
    {
        Trouble.DISK_FULL,
        Trouble.DAMAGED,
        Trouble.TOO_NEW,
        Trouble.KEY_MISSING,
        Trouble.UNAVAILABLE,
        Trouble.UPGRADE_REQUIRED,
        Trouble.WRONG_ACCOUNT,
        Trouble.SESSION_REVOKED,
        Trouble.DEVICE_REVOKED,
    }
)


def _online(words: Words, link: LinkStatus, now: datetime, changes: Changes) -> Strip | None:
    filling, waits = _filling(words, link), link.filling is not None and link.filling.waits
    if filling and not waits:
        return Strip(sentence=filling, tone=Tone.NEUTRAL, icon=ft.Icons.SYNC)
    if changes.stuck:
        return Strip(sentence="", tone=Tone.DANGER, icon=ft.Icons.SYNC_PROBLEM)
    if link.trouble is not None:
        return Strip(sentence=_trouble(words, link, now), tone=Tone.WARNING, icon=ft.Icons.ERROR_OUTLINE)
    if link.skew_s is not None and abs(link.skew_s) > 120:
        return Strip(sentence=words("strip.skew"), tone=Tone.WARNING, icon=ft.Icons.SCHEDULE)
    if changes.waiting:
        short, spoken = words("strip.syncing", n=changes.waiting), words("strip.sending", n=changes.waiting)
        tail = Tail(short=short, spoken=spoken, tone=Tone.NEUTRAL)
        return Strip(sentence="", tone=Tone.NEUTRAL, icon=ft.Icons.SYNC, tail=tail)
    return Strip(sentence=filling, tone=Tone.NEUTRAL, icon=ft.Icons.WIFI) if filling else None


def _offline(words: Words, link: LinkStatus, now: datetime) -> str:
    pieces = [words("strip.offline"), _data(words, link, now)]
    if link.trouble not in (None, Trouble.UNREACHABLE):
        pieces[0] = _trouble(words, link, now)
    return " · ".join(piece for piece in pieces if piece)


def _data(words: Words, link: LinkStatus, now: datetime) -> str:
    if link.as_of is None:
        return words("strip.no_data")
    return words("strip.data_from", time=fmt.moment(words, link.as_of, now))


def _filling(words: Words, link: LinkStatus) -> str | None:
    filling = link.filling
    if filling is None:
        return None
    if not filling.total and not filling.done:
        return words("strip.filling_begins")
    going = "strip.filling_rest" if filling.usable else "strip.filling"
    key = f"strip.filling_waits.{filling.waits}" if filling.waits else going
    return words(key, done=fmt.number(words, filling.done), total=fmt.number(words, max(filling.total, filling.done)))


def _trouble(words: Words, link: LinkStatus, now: datetime) -> str:
    key = f"trouble.{link.trouble}"
    if link.trouble is Trouble.RATE_LIMITED and link.retry_at:
        return words("trouble.rate_limited_until", time=fmt.moment(words, link.retry_at, now))
    return words(key)
