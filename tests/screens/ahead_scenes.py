"""Scenes of what is coming: forecasts with their records, busy hours, what is found in the rows."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from client.insight.anomalies import Anomaly
from client.insight.anomalies import Measure as Unusual
from client.insight.churn import churning
from client.insight.opportunities import opportunities
from client.insight.outlook import DayValue, Outlook, days_before, outlook
from client.insight.staffing import Advice, Kind, Lengths
from client.models.forecasts import (
    Forecast,
    ForecastDay,
    ForecastFold,
    ForecastRecord,
    ForecastState,
    ForecastTotal,
    Measure,
)
from client.models.ids import BookingId, CallId, CustomerId, ForecastId, MarkId
from client.models.link import LinkState, Trouble
from client.models.marks import About, Mark, MarkWord
from client.models.patterns import Asked, Client, Visit
from client.state.aside import AsideState, SetAside
from client.state.outlook import BusyHours, OutlookState
from client.state.patterns import PatternsState
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from widgets.forecast_card import value as written

_WEEKDAYS = (5, 6, 6, 7, 9, 10, 2)


def _day(after: int) -> date:
    return eg.TODAY + timedelta(days=after)


def record(scale: float = 1.0, *, better: str = "model", of: int = 8, held: int = 6) -> ForecastRecord:
    folds: list[ForecastFold] = []
    for back in range(of, 0, -1):
        actual = (45 + (back * 7) % 11 - 5) * scale
        middle = actual if back > of - held else actual + 12 * scale
        first = _day(-7 * back)
        folds.append(
            ForecastFold(
                from_=first,
                to=first + timedelta(days=6),
                actual=actual,
                mean=middle,
                low=middle - 7 * scale,
                high=middle + 7 * scale,
                naive=actual + 5 * scale,
            )
        )
    return ForecastRecord(
        folds=tuple(folds), held=held, of=of, mae=3.6 * scale, naive_mae=5.2 * scale, coverage=0.79, better=better
    )


def hour_record(*, better: str = "model") -> ForecastRecord:
    """Of the busy hours."""
    week = record(better=better)
    folds = tuple(replace(fold, mae=0.7, naive_mae=1.1) for fold in week.folds)
    return replace(week, folds=folds, mae=0.74, naive_mae=1.08 if better == "model" else 0.5)


def without_sundays(found: Forecast) -> Forecast:
    """Nothing is expected on the day on which the salon is closed."""
    days = tuple(replace(day, mean=0.0, low=0.0, high=0.0) if day.date.weekday() == 6 else day for day in found.days)
    return replace(found, days=days)


def forecast(
    measure: Measure = Measure.BOOKINGS_WEEK, *, days: int = 7, scale: float = 1.0, so_far: float = 0.0, **changes: Any
) -> Forecast:
    ahead = tuple(
        ForecastDay(date=_day(after), mean=mean * scale, low=max(0.0, mean - 2.4) * scale, high=(mean + 2.6) * scale)
        for after in range(1, days + 1)
        for mean in [_WEEKDAYS[_day(after).weekday()]]
    )
    mean = sum(day.mean for day in ahead) + so_far
    total = ForecastTotal(
        mean=mean,
        low=mean - 7.2 * scale * math.sqrt(days / 7),
        high=mean + 6.6 * scale * math.sqrt(days / 7),
        so_far=so_far,
        from_=_day(1) if not so_far else eg.TODAY.replace(day=1),
        to=_day(days),
    )
    base = Forecast(
        forecast_id=ForecastId(f"f-{measure}"),
        measure=measure,
        unit="cents" if measure in (Measure.REVENUE_MONTH, Measure.REVENUE_QUARTER) else "count",
        made_at=eg.at("04:00"),
        history_from=_day(-512),
        history_days=512,
        state=ForecastState.OK,
        needs_days=56,
        days=ahead,
        total=total,
        grid=None,
        record=record(scale),
    )
    return replace(base, **changes)


def too_little(measure: Measure, has: int = 19) -> Forecast:
    none = forecast(measure, state=ForecastState.TOO_LITTLE, history_days=has, total=None, record=None)
    return replace(none, days=())


def grid() -> tuple[tuple[float, ...], ...]:
    def expected(day: int, hour: int) -> float:
        if day == 6 or not 9 <= hour < (13 if day == 5 else 18):
            return 0.0
        return round(_WEEKDAYS[day] / 9 * (1 + 0.8 * math.sin((hour - 8) / 2.2)), 2)

    return tuple(tuple(expected(day, hour) for hour in range(24)) for day in range(7))


ADVICE = (
    Advice(
        kind=Kind.SHORT,
        day=_day(5),
        hour=10,
        expected=5.1,
        room=4,
        working=240,
        mean_minutes=58.0,
        away=("Mia",),
    ),
    Advice(kind=Kind.SPARE, day=_day(1), hour=9, expected=1.2, room=6, working=360, mean_minutes=58.0, away=()),
)


def shown(stores: Stores, *found: Forecast, busy: bool = True) -> None:
    """These forecasts, as they stand today."""
    write = partial(written, stores.words())
    counts = tuple(
        DayValue(date=day, value=max(0, _WEEKDAYS[day.weekday()] + (n * 5) % 4 - 1))
        for n, day in enumerate(days_before(eg.TODAY))
    )
    past = {"count": counts, "cents": tuple(replace(each, value=each.value * 6_400) for each in counts)}
    stores.outlook.state = OutlookState(
        outlooks=tuple(_outlook(stores, each, past.get(each.unit, ()), write) for each in found),
        busy=BusyHours(
            rows=grid(),
            days=tuple(_day(n) for n in range(1, 8)),
            advice=ADVICE,
            lengths=Lengths(mean_minutes=58.0, count=412),
            made_at=eg.at("04:00"),
            record=hour_record(),
        )
        if busy
        else None,
        too_little=None if busy else too_little(Measure.BUSY_HOURS),
        as_of=eg.NOW,
        ready=True,
    )


def _outlook(stores: Stores, found: Forecast, past: tuple[DayValue, ...], write: partial[str]) -> Outlook:
    quiet = tuple(replace(day, value=0) if day.date.weekday() == 6 else day for day in past)
    return outlook(without_sundays(found), quiet, eg.TODAY, eg.NOW, eg.ZONE, stores.words(), write, eg.BUSINESS)


def all_three() -> tuple[Forecast, ...]:
    return (
        forecast(),
        forecast(Measure.REVENUE_MONTH, days=6, scale=6_400, so_far=812_000),
        forecast(Measure.REVENUE_QUARTER, days=37, scale=6_400, so_far=2_412_000),
    )


def patterns(stores: Stores) -> None:
    """Two regulars who stay away, a service asked for, an odd Friday, and what is not told again."""
    words = stores.words()
    people = [
        _client("Rosa Lind", (155, 127, 99, 70), 8_500),
        _client("Kim Lee", (120, 99, 78, 50), 4_800),
        *(_client(f"Client {n}", (140, 112, 84, 50), 3_000 + n) for n in range(5)),
    ]
    asked = [
        Asked(
            call_id=CallId(f"call-{who}"),
            at=eg.NOW - timedelta(days=n + 1),
            caller=who,
            caller_name=who,
            service="microblading",
            line="Hello, do you do microblading, and what would that cost me?",
        )
        for n, who in enumerate(("Hana Sato", "Ben Cole", "Mia Brandt"))
    ]
    friday = eg.TODAY - timedelta(days=3)
    odd = Anomaly(day=friday, measure=Unusual.BOOKINGS, count=2, usual=20.0, low=7, high=33, past=(20,) * 12)
    full = Anomaly(
        day=friday - timedelta(days=6), measure=Unusual.CALLS, count=33, usual=16.0, low=4, high=28, past=(16,) * 8
    )
    stores.patterns.state = PatternsState(
        churn=churning(people, eg.NOW, eg.NOW, eg.ZONE, words),
        opportunities=opportunities(asked, eg.SERVICES, eg.NOW, eg.NOW, eg.ZONE, words),
        anomalies=(odd, full),
        looked=True,
    )


def aside(stores: Stores) -> None:
    """A suggestion, a regular, a service, a day and a promise, set aside."""
    scenes.full(stores)
    call = eg.PAST[0]
    things = (
        SetAside(mark=mark(About.SUGGESTION, "price.t-1"), what="suggestion", kind="price", call=call),
        SetAside(mark=mark(About.CHURN, "c-rosa"), what="churn", name="Rosa Lind"),
        SetAside(mark=mark(About.OPPORTUNITY, "perms"), what="opportunity", text="perms"),
        SetAside(mark=mark(About.ANOMALY, "calls:x"), what="anomaly", kind="calls", day=eg.TODAY - timedelta(days=3)),
        SetAside(
            mark=mark(About.PROMISE, "t-2"), what="promise", kind="call_back", text="I will call you back.", call=call
        ),
    )
    stores.aside.state = AsideState(shown=things, count=70, ready=True)


def nothing_aside(stores: Stores) -> None:
    scenes.full(stores)
    stores.aside.state = AsideState(ready=True)


def mark(about: About, subject: str) -> Mark:
    return Mark(
        mark_id=MarkId(f"m-{about}-{subject}"),
        about=about,
        subject=subject,
        word=MarkWord.NEVER,
        until=None,
        by="Ana Reyes",
        created_at=eg.at("09:00"),
    )


def _client(name: str, ago: tuple[int, ...], cents: int) -> Client:
    visits = tuple(
        Visit(
            booking_id=BookingId(f"b-{name}-{days}"),
            starts_at=eg.at("10:00", eg.TODAY - timedelta(days=days)),
            service_name="Colour and cut",
            price_cents=cents,
        )
        for days in ago
    )
    return Client(customer_id=CustomerId(f"c-{name.replace(' ', '-')}"), name=name, visits=visits)


def ahead(stores: Stores) -> None:
    """All of it on a good day."""
    scenes.full(stores)
    shown(stores, *all_three())
    patterns(stores)


def unchecked(stores: Stores) -> None:
    """A young business: nothing can be foretold yet."""
    scenes.full(stores)
    shown(stores, *(too_little(each.measure) for each in all_three()), busy=False)
    stores.patterns.state = PatternsState(looked=True)


def enough(stores: Stores) -> None:
    """Who works is enough, and more than that in one hour."""
    ahead(stores)
    busy = stores.outlook.state.busy
    assert busy is not None
    stores.outlook.state = replace(stores.outlook.state, busy=replace(busy, advice=ADVICE[1:]))


def naive(stores: Stores) -> None:
    """A record in which the guess is the better one."""
    scenes.full(stores)
    worse = replace(record(better="naive"), mae=5.4, naive_mae=4.1, held=5)
    shown(stores, forecast(record=worse), forecast(Measure.REVENUE_MONTH, days=6, scale=6_400, record=None))
    patterns(stores)


def old(stores: Stores) -> None:
    """Offline since days: what was foretold is still of days to come."""
    ahead(stores)
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.NOW - timedelta(days=3), trouble=Trouble.UNREACHABLE))
    shown(stores, *(replace(each, made_at=eg.NOW - timedelta(days=3)) for each in all_three()))


def over(stores: Stores) -> None:
    """Offline for so long that the week is past."""
    ahead(stores)
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.NOW - timedelta(days=12), trouble=Trouble.UNREACHABLE))
    found = forecast()
    assert found.total is not None
    past = replace(found, total=replace(found.total, from_=_day(-11), to=_day(-5)))
    shown(stores, past, busy=False)


def front_desk(stores: Stores) -> None:
    """Without what money is about."""
    ahead(stores)
    shown(stores, forecast())


def tables(stores: Stores) -> None:
    ahead(stores)
    for name in (*Measure, "hours"):
        stores.folds.toggle(f"ahead.table.{name}")


def opened(panel: str) -> Callable[[Stores], None]:
    def fill(stores: Stores) -> None:
        ahead(stores)
        stores.panel.open(panel)

    return fill


def broken(stores: Stores) -> None:
    scenes.full(stores)
    stores.outlook.state = OutlookState(broken=True)
    stores.patterns.state = PatternsState(broken=True)


def whole(stores: Stores) -> None:
    ahead(stores)
    stores.folds.toggle("ahead.whole.churn")


def named(text: str) -> Callable[[Stores], None]:
    """Clients, services and people who are called like that."""

    def fill(stores: Stores) -> None:
        ahead(stores)
        found, busy = stores.patterns.state, stores.outlook.state.busy
        assert busy is not None
        stores.patterns.state = replace(
            found,
            churn=tuple(replace(each, name=text, last=replace(each.last, service_name=text)) for each in found.churn),
            opportunities=tuple(
                replace(each, service=text, asked=tuple(replace(asked, line=text) for asked in each.asked))
                for each in found.opportunities
            ),
        )
        said = tuple(replace(each, away=(text, text)) for each in busy.advice)
        stores.outlook.state = replace(stores.outlook.state, busy=replace(busy, advice=said))

    return fill


def today(stores: Stores) -> None:
    """Today with a forecast, and with what was found lately among what needs the owner."""
    ahead(stores)
    stores.waiting.state = replace(stores.waiting.state, ready=True)
    found = stores.patterns.state
    fresh = tuple(replace(each, away=max(each.gaps) + 15) for each in found.churn)
    stores.patterns.state = replace(found, churn=fresh)
