"""How old the data is and why: one quiet line under the title, never a dialog."""

from dataclasses import dataclass, replace
from datetime import datetime

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
    """`busy` shows a ring in place of the icon.  `sentence` may be empty where the tail says it all."""

    sentence: str
    tone: Tone
    icon: ft.IconData
    busy: bool = False
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
            return Strip(sentence=sentence, tone=Tone.NEUTRAL, icon=ft.Icons.SYNC, busy=True)
        case LinkState.ONLINE:
            return _online(words, link, now, changes)


def link_strip(words: Words, strip: Strip, on_open: Handler, *, stacked: bool = False) -> ft.Control:
    """The line itself, announced politely when its words change.  `on_open` leads to the changes it counts.

    `stacked`: these are counted on a line of their own.
    """
    line: ft.Control = ft.Semantics(exclude_semantics=True, content=_line(strip, stacked=stacked))
    if strip.tail:
        content = _line(strip, stacked=stacked)
        line = buttons.pressable("strip.open", words("strip.open", what=strip.tail.spoken), content, on_open)
    return ft.Semantics(identifier="strip", live_region=True, label=strip.spoken, content=line)


def _line(strip: Strip, *, stacked: bool) -> ft.Control:
    ink = parts.tone_ink(strip.tone)
    mark: ft.Control = (
        ft.ProgressRing(width=12, height=12, stroke_width=2, color=ink)
        if strip.busy
        else ft.Icon(strip.icon, size=16, color=ink)
    )
    tail = strip.tail
    if tail is None:
        return ft.Row([mark, parts.text(strip.sentence, size=13, color=ink, expand=True)], spacing=6)
    tail_ink = theme.PRIMARY if tail.tone is Tone.NEUTRAL else parts.tone_ink(tail.tone)
    pressed = parts.text(tail.short, size=13, color=tail_ink, weight=parts.W600)
    onward = ft.Icon(ft.Icons.CHEVRON_RIGHT, size=16, color=tail_ink)
    counted = ft.Row([pressed, onward], spacing=2, tight=True)
    if stacked and strip.sentence:
        said = ft.Row([mark, parts.text(strip.sentence, size=13, color=ink, expand=True)], spacing=6)
        return ft.Column([said, ft.Container(counted, padding=ft.Padding.only(left=22))], spacing=2, tight=True)
    told = [parts.text(f"{strip.sentence} ·", size=13, color=ink)] if strip.sentence else []
    # Wrapped by the platform: large text puts the count on a line of its own.
    return ft.Row(
        [mark, *told, counted],
        spacing=6,
        run_spacing=2,
        wrap=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def rail_line(
    words: Words, link: LinkStatus, now: datetime, changes: Changes, on_open: Handler, *, short: bool
) -> ft.Control:
    """At the foot of the rail, always there: "Live · all saved", or what the strip says."""
    strip = strip_of(words, link, now, changes)
    if strip is None:
        strip = Strip(sentence=words("strip.live"), tone=Tone.NEUTRAL, icon=ft.Icons.CLOUD_DONE)
    if not short:
        return link_strip(words, strip, on_open, stacked=True)
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
    filling = _filling(words, link)
    if filling:
        return Strip(sentence=filling, tone=Tone.NEUTRAL, icon=ft.Icons.SYNC, busy=True)
    if changes.stuck:
        return Strip(sentence="", tone=Tone.DANGER, icon=ft.Icons.SYNC_PROBLEM)
    if link.trouble is not None:
        return Strip(sentence=_trouble(words, link, now), tone=Tone.WARNING, icon=ft.Icons.ERROR_OUTLINE)
    if link.skew_s is not None and abs(link.skew_s) > 120:
        return Strip(sentence=words("strip.skew"), tone=Tone.WARNING, icon=ft.Icons.SCHEDULE)
    if changes.waiting:
        short, spoken = words("strip.syncing", n=changes.waiting), words("strip.sending", n=changes.waiting)
        tail = Tail(short=short, spoken=spoken, tone=Tone.NEUTRAL)
        return Strip(sentence="", tone=Tone.NEUTRAL, icon=ft.Icons.SYNC, busy=True, tail=tail)
    return None


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
    key = "strip.filling_rest" if filling.usable else "strip.filling"
    return words(key, done=fmt.number(words, filling.done), total=fmt.number(words, max(filling.total, filling.done)))


def _trouble(words: Words, link: LinkStatus, now: datetime) -> str:
    key = f"trouble.{link.trouble}"
    if link.trouble is Trouble.RATE_LIMITED and link.retry_at:
        return words("trouble.rate_limited_until", time=fmt.moment(words, link.retry_at, now))
    return words(key)
