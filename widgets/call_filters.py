"""What the list of calls is narrowed by: the box to look for words, the line that says what is shown, and the sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import flet as ft

from client.models.business import Employee
from client.models.call_history import CallFilter, PromiseFilter
from client.models.calls import Outcome
from client.models.ids import EmployeeId
from widgets import buttons, fields, marks, parts, theme
from widgets import format as fmt
from widgets.booking_fields import tick
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import Handler
from widgets.sheet import Fit, body, titled
from widgets.strings import Words

ANY: Final = "any"

_SPANS: Final[dict[str, tuple[int, int]]] = {"today": (0, 0), "yesterday": (1, 1), "week": (6, 0), "month": (29, 0)}
"""Days before today from which, and to which, the calls of a choice are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedDays:
    """The two ends of a range as they are typed; `wrong`: one of them is no day, or they are the wrong way round."""

    first: str = ""
    last: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterActions:
    narrow: Callable[[CallFilter], object]
    type_days: Callable[[TypedDays], object]
    clear: Handler
    close: Handler


def filter_button(words: Words, which: CallFilter, on_open: Handler) -> ft.Control:
    """Opens the sheet; says how many conditions there are."""
    label = words("filter.open_n", n=which.count) if which.count else words("filter.open")
    kind = Kind.LINK if which.count else Kind.PLAIN
    return buttons.button("calls.filter", label, on_open, icon_name=ft.Icons.TUNE, kind=kind)


def told(words: Words, which: CallFilter, employees: Sequence[Employee], today: date | None) -> str:
    """The filter in words: Luna · Booked · flagged · 1 – 7 November."""
    pieces: list[str] = []
    if which.employee_id is not None:
        pieces.append(next((e.name for e in employees if e.employee_id == which.employee_id), words("filter.unknown")))
    if which.outcome is not None:
        pieces.append(words(marks.OUTCOMES[which.outcome].key))
    if which.promise is not None:
        pieces.append(words(f"filter.promise.{which.promise}"))
    if which.flagged:
        pieces.append(words("filter.flagged_short"))
    if which.first or which.last:
        pieces.append(_days(words, which, today))
    return " · ".join(pieces)


def filter_sheet(
    words: Words,
    which: CallFilter,
    typed: TypedDays,
    employees: Sequence[Employee],
    today: date,
    shown: str,
    actions: FilterActions,
    *,
    focus: tuple[Handler, Handler],
    how_high: Fit,
) -> ft.Control:
    """Every condition with its choices; each takes effect at once.  `shown`: how many calls there are."""
    head = ft.Row(
        [
            ft.Container(parts.heading(words("filter.title"), size=18), expand=True),
            buttons.icon_button("filter.close", words("action.close"), ft.Icons.CLOSE, actions.close),
        ]
    )
    foot = ft.Row(
        [
            buttons.button("filter.clear", words("filter.clear"), actions.clear, kind=Kind.LINK),
            buttons.button("filter.show", shown, actions.close, kind=Kind.PRIMARY),
        ],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        wrap=True,
        run_spacing=8,
    )
    rows: list[ft.Control] = [
        _employees(words, which, employees, actions),
        _outcomes(words, which, actions),
        _promises(words, which, actions),
        tick("filter.flagged", words("filter.flagged"), which.flagged, lambda on: _narrow(actions, which, flagged=on)),
        _when(words, which, typed, today, actions, focus),
    ]
    return titled(head, body(rows, how_high, key="filter.list", spacing=16), foot)


def _narrow(actions: FilterActions, which: CallFilter, **changes: object) -> None:
    actions.narrow(replace(which, **changes))  # type: ignore[arg-type]


def _employees(words: Words, which: CallFilter, employees: Sequence[Employee], actions: FilterActions) -> ft.Control:
    options = [
        Option(name=ANY, label=words("filter.all"), chosen=which.employee_id is None),
        *(
            Option(name=each.employee_id, label=each.name, chosen=each.employee_id == which.employee_id)
            for each in employees
        ),
    ]

    def choose(name: str) -> None:
        _narrow(actions, which, employee_id=None if name == ANY else EmployeeId(name))

    return choice(words("filter.employee"), "filter.employee", options, choose)


def _outcomes(words: Words, which: CallFilter, actions: FilterActions) -> ft.Control:
    known = [outcome for outcome in Outcome if outcome is not Outcome.UNKNOWN]
    options = [
        Option(name=ANY, label=words("filter.all"), chosen=which.outcome is None),
        *(
            Option(name=outcome.value, label=words(marks.OUTCOMES[outcome].key), chosen=outcome is which.outcome)
            for outcome in known
        ),
    ]

    def choose(name: str) -> None:
        _narrow(actions, which, outcome=None if name == ANY else Outcome(name))

    return choice(words("filter.outcome"), "filter.outcome", options, choose)


def _promises(words: Words, which: CallFilter, actions: FilterActions) -> ft.Control:
    options = [
        Option(name=ANY, label=words("filter.all"), chosen=which.promise is None),
        *(
            Option(name=f"promise_{each}", label=words(f"filter.promise.{each}"), chosen=each is which.promise)
            for each in PromiseFilter
        ),
    ]

    def choose(name: str) -> None:
        chosen = next((each for each in PromiseFilter if name == f"promise_{each}"), None)
        _narrow(actions, which, promise=chosen)

    return choice(words("filter.promise"), "filter.promise", options, choose)


def _when(
    words: Words,
    which: CallFilter,
    typed: TypedDays,
    today: date,
    actions: FilterActions,
    focus: tuple[Handler, Handler],
) -> ft.Control:
    spans = {name: (today - timedelta(days=a), today - timedelta(days=b)) for name, (a, b) in _SPANS.items()}
    options = [
        Option(name=ANY, label=words("filter.all"), chosen=which.first is None and which.last is None),
        *(
            Option(name=name, label=words(f"filter.when.{name}"), chosen=(which.first, which.last) == span)
            for name, span in spans.items()
        ),
    ]

    def choose(name: str) -> None:
        first, last = spans.get(name, (None, None))
        actions.type_days(TypedDays())
        _narrow(actions, which, first=first, last=last)

    ends = ft.Row(
        [
            fields.field(
                f"filter.{end}",
                words(f"filter.{end}"),
                getattr(typed, end),
                lambda text, end=end: actions.type_days(replace(typed, **{end: text})),
                hint=words("filter.day_hint"),
                expand=True,
                on_focus=focus[0],
                on_blur=focus[1],
            )
            for end in ("first", "last")
        ],
        spacing=10,
    )
    rows = [choice(words("filter.when"), "filter.when", options, choose), ends]
    if typed.wrong:
        said = parts.text(words("filter.days_wrong"), size=13, color=theme.DANGER, height=1.4)
        rows.append(ft.Semantics(live_region=True, content=said))
    return ft.Column(rows, spacing=10, tight=True)


def _days(words: Words, which: CallFilter, today: date | None) -> str:
    first, last = which.first, which.last
    if first is not None and last is not None:
        if first == last:
            return fmt.day_named(words, first, today) if today else fmt.day_plain(words, first)
        return fmt.days_long(words, first, last)
    if first is not None:
        return words("filter.since", day=fmt.day_plain(words, first))
    assert last is not None
    return words("filter.until", day=fmt.day_plain(words, last))
