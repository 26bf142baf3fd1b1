"""What was found in the rows, a line each with what can be done: who stays away, what is asked for, unusual days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

import flet as ft

from client.insight.anomalies import Anomaly
from client.insight.churn import Churn
from client.insight.opportunities import Opportunity
from client.models.marks import About
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.forecast_card import decimal
from widgets.strings import Words

T = TypeVar("T")

SHOWN: Final = 5
MOST: Final = 60
"""Of the whole list; the order says that the rest matters less."""
_MOST_GAPS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternActions:
    """`open`: where it comes from, by what it is about and its subject.  `silence`: no more of it.

    `book`: the form of a new booking for the client.  `note`: a task about the service.  `show_day`: what was on it.
    `more`: the whole list of a sort.
    """

    open: Callable[[About, str], object]
    silence: Callable[[About, str], object]
    book: Callable[[Churn], object]
    note: Callable[[Opportunity], object]
    show_day: Callable[[Anomaly], object]
    more: Callable[[About], object]


def churn_list(
    words: Words, found: Sequence[Churn], actions: PatternActions, *, whole: bool, today: date
) -> ft.Control:
    if not found:
        return _nothing(words("churn.none"), words("churn.none_body"))
    rows = [_churn(words, each, actions, today) for each in _first(found, whole)]
    return _listed(words, About.CHURN, rows, len(found), actions, whole=whole)


def opportunity_list(
    words: Words, found: Sequence[Opportunity], actions: PatternActions, *, whole: bool, today: date
) -> ft.Control:
    if not found:
        return _nothing(words("opportunity.none"), words("opportunity.none_body"))
    rows = [_opportunity(words, each, actions, today) for each in _first(found, whole)]
    return _listed(words, About.OPPORTUNITY, rows, len(found), actions, whole=whole)


def anomaly_list(
    words: Words, found: Sequence[Anomaly], actions: PatternActions, *, whole: bool, today: date
) -> ft.Control:
    if not found:
        return _nothing(words("anomaly.none"), words("anomaly.none_body"))
    rows = [_anomaly(words, each, actions, today) for each in _first(found, whole)]
    return _listed(words, About.ANOMALY, rows, len(found), actions, whole=whole)


def churn_title(each: Churn) -> str:
    return fmt.clipped(each.name, 80)


def churn_line(words: Words, each: Churn) -> str:
    """Here every 28 days, and not for 70."""
    return words("churn.line", usual=decimal(words, each.usual), away=each.away)


def opportunity_title(words: Words, each: Opportunity) -> str:
    """3 callers asked about balayage."""
    return words("opportunity.line", n=each.callers, service=fmt.clipped(each.service, 80))


def anomaly_title(words: Words, each: Anomaly, today: date) -> str:
    """Friday 21 November: 2 bookings."""
    return words(f"anomaly.{each.measure}.line", day=fmt.day_named(words, each.day, today), n=each.count)


def anomaly_line(words: Words, each: Anomaly) -> str:
    """More than usual: 20 on a Friday; 7 to 33 would not be unusual."""
    weekday = words(f"weekday.plural.{each.day.weekday()}")
    key = "anomaly.more" if each.more else "anomaly.fewer"
    return words(key, usual=decimal(words, each.usual), weekday=weekday, low=each.low, high=each.high)


def _churn(words: Words, each: Churn, actions: PatternActions, today: date) -> ft.Control:
    last = each.last.starts_at.astimezone(words.zone).date()
    gaps = " · ".join(map(str, each.gaps[-_MOST_GAPS:]))
    service = fmt.clipped(each.last.service_name, 60)
    details = [words("churn.last", day=fmt.day_named(words, last, today), service=service)]
    details.append(words("churn.gaps", gaps=gaps))
    if each.yearly_cents:
        amount = fmt.money(words, round(each.yearly_cents / 100) * 100)
        details.append(words("churn.value", amount=amount))
    act = buttons.button(
        f"churn.book.{each.customer_id}",
        words("churn.book"),
        lambda: actions.book(each),
        kind=Kind.LINK,
        icon_name=ft.Icons.EVENT_AVAILABLE,
        name=words("churn.book_name", name=fmt.clipped(each.name, 80)),
    )
    details.insert(0, churn_line(words, each))
    return _row(words, About.CHURN, each.customer_id, churn_title(each), details, act, actions)


def _opportunity(words: Words, each: Opportunity, actions: PatternActions, today: date) -> ft.Control:
    last = fmt.day_named(words, each.last_at.astimezone(words.zone).date(), today)
    line = next((asked.line for asked in each.asked if asked.line), None)
    details = [words("opportunity.last", day=last)]
    if line:
        details.append(words("opportunity.quote", line=fmt.clipped(line, 140)))
    act = buttons.button(
        f"opportunity.note.{each.subject}",
        words("opportunity.note"),
        lambda: actions.note(each),
        kind=Kind.LINK,
        icon_name=ft.Icons.ADD_TASK,
        name=words("opportunity.note_name", service=fmt.clipped(each.service, 80)),
    )
    return _row(words, About.OPPORTUNITY, each.subject, opportunity_title(words, each), details, act, actions)


def _anomaly(words: Words, each: Anomaly, actions: PatternActions, today: date) -> ft.Control:
    act = buttons.button(
        f"anomaly.day.{each.subject}",
        words("anomaly.show_day"),
        lambda: actions.show_day(each),
        kind=Kind.LINK,
        icon_name=ft.Icons.EVENT,
        name=words("anomaly.show_day_name", day=fmt.day_named(words, each.day, today)),
    )
    title = anomaly_title(words, each, today)
    return _row(words, About.ANOMALY, each.subject, title, [anomaly_line(words, each)], act, actions)


def _row(
    words: Words,
    about: About,
    subject: str,
    title: str,
    details: Sequence[str],
    act: ft.Control,
    actions: PatternActions,
) -> ft.Control:
    told = ft.Row(
        [
            ft.Column(
                [parts.strong(title, size=14), *(parts.muted(line, height=1.35) for line in details)],
                spacing=1,
                tight=True,
                expand=True,
            ),
            parts.icon(ft.Icons.CHEVRON_RIGHT),
        ],
        spacing=8,
    )
    open_it = buttons.pressable(
        f"{about}.open.{subject}",
        words("pattern.spoken", title=title, details=". ".join(details)),
        told,
        lambda: actions.open(about, subject),
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
    )
    hush = buttons.button(
        f"{about}.never.{subject}",
        words("pattern.never"),
        lambda: actions.silence(about, subject),
        kind=Kind.LINK,
        name=words("pattern.never_name", what=title),
    )
    verbs = ft.Container(
        ft.Row([act, hush], spacing=4, run_spacing=0, wrap=True), padding=ft.Padding.only(left=4, right=4, bottom=4)
    )
    return ft.Column([open_it, verbs], spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _listed(
    words: Words, about: About, rows: list[ft.Control], count: int, actions: PatternActions, *, whole: bool
) -> ft.Control:
    shown = parts.divided(rows)
    if count > SHOWN:
        label = words("pattern.fewer") if whole else words("pattern.more", n=count - SHOWN)
        more = buttons.button(f"{about}.more", label, lambda: actions.more(about), kind=Kind.LINK)
        shown += [parts.hairline(), ft.Row([more], wrap=True)]
    return _card(shown)


def _card(rows: list[ft.Control]) -> ft.Control:
    column = ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return parts.card(column, padding=4)


def _nothing(title: str, body: str) -> ft.Control:
    return _card([notices.empty(title, body)])


def _first(found: Sequence[T], whole: bool) -> Sequence[T]:
    return found[:MOST] if whole else found[:SHOWN]
