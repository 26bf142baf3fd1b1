"""A correction in words: for whom and until when it counts, how it stands, where it comes from."""

from datetime import datetime

import flet as ft

from client.insight.corrections import Standing
from client.models.corrections import Correction, CorrectionScope, Sourced
from widgets import format as fmt
from widgets import parts
from widgets.parts import Tone
from widgets.strings import Words

_NAME_MAX = 60


def reach(words: Words, correction: Correction, client: str | None) -> str:
    """For everybody, always; only for Maria Lopez, up to Wed 24 Dec; only in the record of its call."""
    if correction.scope is CorrectionScope.THIS_CALL:
        return words("correction.counts.record")
    who = words("correction.counts.all")
    if correction.customer_id is not None:
        who = words("correction.counts.client", name=fmt.clipped(client or words("correction.somebody"), _NAME_MAX))
    if correction.last_day is None:
        return words("correction.counts.always", who=who)
    return words("correction.counts.until", who=who, day=day(words, correction))


def day(words: Words, correction: Correction) -> str:
    """The last day, with its year."""
    last = correction.last_day
    return f"{fmt.day_short(words, last)} {last.year}" if last else ""


def standing_chip(words: Words, correction: Correction, standing: Standing, employee: str) -> ft.Control:
    match standing:
        case Standing.WAITING:
            return parts.chip(words("correction.waiting", name=employee), Tone.NEUTRAL, ft.Icons.SYNC)
        case Standing.LEARNED:
            return parts.chip(words("correction.learned"), Tone.POSITIVE, ft.Icons.SCHOOL_OUTLINED)
        case Standing.OVER:
            said = words("correction.over", day=day(words, correction))
            return parts.chip(said, Tone.NEUTRAL, ft.Icons.EVENT_BUSY)
        case Standing.REPLACED:
            return parts.chip(words("correction.replaced"), Tone.NEUTRAL, ft.Icons.EVENT_BUSY)


def source(words: Words, sourced: Sourced, now: datetime) -> str:
    """From the call with Maria Lopez, Sun 23 Nov 13:30."""
    if sourced.called_at is None:
        return words("correction.source_gone", when=fmt.moment(words, sourced.correction.created_at, now))
    return from_call(words, sourced.caller, sourced.called_at, now)


def from_call(words: Words, caller: str | None, called_at: datetime, now: datetime) -> str:
    name = fmt.clipped(caller or words("caller.unknown"), _NAME_MAX)
    return words("correction.source", name=name, when=fmt.moment(words, called_at, now))
