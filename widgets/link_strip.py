"""How old the data is and why: one quiet line under the title, never a dialog."""

from dataclasses import dataclass
from datetime import datetime

import flet as ft

from client.models.link import LinkState, LinkStatus, Trouble
from widgets import format as fmt
from widgets import parts
from widgets.parts import Tone
from widgets.strings import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """`busy` shows a ring in place of the icon."""

    sentence: str
    tone: Tone
    icon: ft.IconData
    busy: bool = False


def strip_of(words: Words, link: LinkStatus, now: datetime) -> Strip | None:
    """What the strip says, None when all is well."""
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
            return _online(words, link, now)


def link_strip(strip: Strip) -> ft.Control:
    """The line itself, announced politely when its words change."""
    ink = parts.tone_ink(strip.tone)
    mark: ft.Control = (
        ft.ProgressRing(width=12, height=12, stroke_width=2, color=ink)
        if strip.busy
        else ft.Icon(strip.icon, size=16, color=ink)
    )
    return ft.Semantics(
        identifier="strip",
        live_region=True,
        label=strip.sentence,
        content=ft.Semantics(
            exclude_semantics=True,
            content=ft.Row([mark, parts.text(strip.sentence, size=13, color=ink, expand=True)], spacing=6),
        ),
    )


def rail_line(words: Words, link: LinkStatus, now: datetime, *, short: bool) -> ft.Control:
    """At the foot of the rail, always there: "Live · all saved", or what the strip says."""
    strip = strip_of(words, link, now)
    if strip is None:
        strip = Strip(sentence=words("strip.live"), tone=Tone.NEUTRAL, icon=ft.Icons.CLOUD_DONE)
    if short:
        return ft.Icon(
            strip.icon,
            size=18,
            color=parts.tone_ink(strip.tone),
            tooltip=strip.sentence,
            semantics_label=strip.sentence,
        )
    return link_strip(strip)


_BLOCKING = frozenset(
    {
        Trouble.DISK_FULL,
        Trouble.DAMAGED,
        Trouble.TOO_NEW,
        Trouble.UNAVAILABLE,
        Trouble.UPGRADE_REQUIRED,
        Trouble.WRONG_ACCOUNT,
        Trouble.SESSION_REVOKED,
    }
)


def _online(words: Words, link: LinkStatus, now: datetime) -> Strip | None:
    filling = _filling(words, link)
    if filling:
        return Strip(sentence=filling, tone=Tone.NEUTRAL, icon=ft.Icons.SYNC, busy=True)
    if link.trouble is not None:
        return Strip(sentence=_trouble(words, link, now), tone=Tone.WARNING, icon=ft.Icons.ERROR_OUTLINE)
    if link.skew_s is not None and abs(link.skew_s) > 120:
        return Strip(sentence=words("strip.skew"), tone=Tone.WARNING, icon=ft.Icons.SCHEDULE)
    if link.waiting:
        return Strip(sentence=words("strip.sending", n=link.waiting), tone=Tone.NEUTRAL, icon=ft.Icons.SYNC, busy=True)
    return None


def _offline(words: Words, link: LinkStatus, now: datetime) -> str:
    pieces = [words("strip.offline"), _data(words, link, now)]
    if link.trouble not in (None, Trouble.UNREACHABLE):
        pieces[0] = _trouble(words, link, now)
    if link.waiting:
        pieces.append(words("strip.waiting", n=link.waiting))
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
