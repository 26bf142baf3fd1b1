"""Half a million bookings of two years and fifty thousand calls: figures of any period, their rows, and what they cost.

Data is what the stores read from the database for a screen, with what it is compared with and its line.  An opening is
from the press until the patch has been sent, in a window without a display; an update is all processor time of the app
from a commit until the figures it changed have been sent.
"""

import asyncio
import gc
import importlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import screens.sheets  # noqa: F401 - as in an app that has been open for a moment
from bench.big_business import TODAY, fill
from bench.result import Measure, Result
from client.insight.metrics import Metric
from client.insight.periods import Chosen, Period
from client.storage import tallying
from client.storage.columns import milliseconds
from client.storage.database import Database
from screens.app import mount
from screens.places import SCREENS
from screens.stores import Stores
from tests import example_data as eg
from tests.fakes.runtime import FakeRuntime, HandClock, answering
from tests.harness import Harness
from tests.screens.scenes import no_server
from tests.storage.rows import CALL, EVENT, LEAD, put

BOOKINGS = 500_000
CALLS = 50_000
LEADS = 2_000
A_DAY = BOOKINGS // 730
ROUNDS = 9
UPDATES = 30
NOW = eg.NOW
_WIN = "UPDATE leads SET stage = 'converted', updated_at = ?, version = ? WHERE id = ?"
_CHOSEN = {
    period: Chosen(period=period)
    if period is not Period.CUSTOM
    else Chosen(period=period, first=(NOW - timedelta(days=300)).date(), last=NOW.date())
    for period in Period
}


def run() -> Result:
    for name in SCREENS:  # as the app does when it has nothing else to do
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.db"
        db = fill(path, BOOKINGS)
        db.write_blocking(_lived)
        db.close()
        gc.collect()
        gc.freeze()  # as the app does with what it imported
        measures = asyncio.run(_measure(path))
    what = f"Figures of a business with {BOOKINGS:,} bookings and {CALLS:,} calls in two years"
    return Result(bench="figures", what=what, measures=measures)


async def _measure(path: Path) -> tuple[Measure, ...]:
    hand = HandClock()
    database = Database.open(path, hand.clock())
    api = answering(no_server, hand.clock())
    async with Harness(width=1440, height=900, route="/today") as window:
        stores = Stores.build(FakeRuntime(clock=hand.clock(), api=api, database=database))
        await window.run(lambda page: mount(page, stores))
        opened = await _openings(window)
        data = _data(database, stores)
        await window.tap("period.week")
        moved = await _moves(window, database)
        updated = await _updates(window, stores, database)
        stores.close()
    await api.aclose()
    database.close()
    return (*data, *opened, updated, moved)


# --- data -------------------------------------------------------------------------------------------------------------
def _data(database: Database, stores: Stores) -> tuple[Measure, ...]:
    """What each screen reads, the pasts it compares with read anew each time."""
    figures, evidence = stores.figures, stores.evidence
    today = _median_ms(lambda: (setattr(stores.today, "_past", None), database.read(stores.today.read)))
    periods: dict[Period, float] = {}
    pages: dict[Period, float] = {}
    for period, chosen in _CHOSEN.items():
        figures.choose(chosen)
        periods[period] = _median_ms(lambda: (setattr(figures, "_past", None), database.read(figures.read)))
        evidence.open(Metric.NO_SHOW_RATE, chosen)
        pages[period] = _median_ms(lambda: database.read(evidence.read))
    evidence.close()  # as the screen does when it is left
    return (
        Measure(name="Today's data", value=today, unit="ms", must=50),
        _slowest("all figures, the slowest period", periods, must=50),
        _slowest("a figure and its rows, the slowest period", pages, must=50),
    )


def _slowest(name: str, times: dict[Period, float], *, must: float) -> Measure:
    detail = ", ".join(f"{period} {ms:.3g}" for period, ms in times.items())
    return Measure(name=name, value=max(times.values()), unit="ms", must=must, detail=detail)


def _median_ms(fn: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        fn()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


# --- the window -------------------------------------------------------------------------------------------------------
async def _openings(window: Harness) -> tuple[Measure, ...]:
    """The first press of each, and the figures over each period."""
    place = await _open_ms(window, "nav.figures", "figure.answered")
    switches = {
        period: await _open_ms(window, f"period.{period}", "figure.answered")
        for period in (Period.YEAR, Period.QUARTER, Period.MONTH, Period.TODAY, Period.WEEK)
    }
    page = await _open_ms(window, "figure.no_show_rate", "provenance.save")
    await window.tap("back")
    return (
        Measure(name="the figures, first opened", value=place, unit="ms", must=150),
        _slowest("another period, the slowest", switches, must=150),
        Measure(name="one figure, first opened", value=page, unit="ms", must=150),
    )


async def _open_ms(window: Harness, press: str, awaited: str) -> float:
    control = window.keyed(press)  # looking for it takes the harness some time
    begun = time.perf_counter()
    await window.fire(control, "click")
    took = (time.perf_counter() - begun) * 1000
    assert window.find(awaited) is not None, awaited
    return took


async def _updates(window: Harness, stores: Stores, database: Database) -> Measure:
    """A call that ends in a booking, and each time the figures that it changes."""
    costs: list[float] = []
    changed: list[int] = []
    for number in range(UPDATES):
        row = {**_call(number), "id": f"new-{number}", "started_at": milliseconds(NOW) - 60_000 * number}
        before = stores.figures.state
        begun = time.process_time()
        await database.write(lambda conn, row=row: put(conn, "calls", row))
        await window.settle()
        costs.append((time.process_time() - begun) * 1000)
        after = stores.figures.state.figures
        changed.append(sum(one != other for one, other in zip(before.figures, after, strict=True)))
    writes: list[float] = []
    stores.close()
    for number in range(UPDATES):
        row = {**_call(number), "id": f"alone-{number}", "started_at": milliseconds(NOW) - 60_000 * number}
        begun = time.process_time()
        await database.write(lambda conn, row=row: put(conn, "calls", row))
        writes.append((time.process_time() - begun) * 1000)
    alone = statistics.median(writes)
    figures = statistics.median(changed)
    value = statistics.median(costs)
    detail = (
        f"{value:.2f} ms for {figures:.0f} figures at once, median of {UPDATES}, all figures of the week on screen; "
        f"the transaction alone {alone:.2f} ms"
    )
    each = value / figures
    return Measure(name="processor time of a figure that changes", value=each, unit="ms", must=2, detail=detail)


async def _moves(window: Harness, database: Database) -> Measure:
    """A lead that is won, for which the waits of the others are not read again."""
    costs: list[float] = []
    for number in range(UPDATES):
        values = (milliseconds(NOW), 10_000 + number, f"lead-{number * 4 + 1}")
        begun = time.process_time()
        await database.write(lambda conn, values=values: conn.execute(_WIN, values))
        await window.settle()
        costs.append((time.process_time() - begun) * 1000)
    detail = f"{LEADS:,} leads, median of {UPDATES}, all figures of the week on screen"
    return Measure(name="processor time when a lead is won", value=statistics.median(costs), unit="ms", detail=detail)


# --- the business -----------------------------------------------------------------------------------------------------
def _lived(conn: sqlite3.Connection) -> None:
    """Two years instead of more, with all that becomes of bookings and calls."""
    tallying.forget(conn)
    now = milliseconds(TODAY)
    conn.execute(
        "UPDATE bookings SET starts_at = ? + (rowid / ?) * 86400000 + 32400000 + (rowid % 12) * 2700000, "
        "price_cents = CASE WHEN rowid % 301 = 0 THEN 0 WHEN rowid % 97 = 0 THEN NULL ELSE 3000 + rowid % 90 * 100 END",
        (now - 700 * 86_400_000, A_DAY),
    )
    conn.execute(
        "UPDATE bookings SET ends_at = starts_at + 2700000, created_at = starts_at - 86400000 * (rowid % 30 + 1), "
        "payment_status = CASE WHEN rowid % 101 = 0 THEN 'refunded' ELSE 'paid' END, status = CASE "
        "WHEN rowid % 17 = 0 THEN 'cancelled' WHEN starts_at > ? THEN 'confirmed' "
        "WHEN rowid % 23 = 0 THEN 'no_show' ELSE 'completed' END",
        (now,),
    )
    conn.execute("DELETE FROM calls")
    for number in range(CALLS):
        put(conn, "calls", {**_call(number), "id": f"call-{number}", "started_at": now - number * 1_261_000})
    conn.execute("UPDATE calls SET answered_at = started_at + 2000 + rowid % 5000 WHERE outcome <> 'missed'")
    conn.execute("UPDATE calls SET ended_at = started_at + 130000")
    for number in range(LEADS):
        lead = _lead(number, now)
        put(conn, "leads", lead)
        if lead["stage"] != "new":
            put(conn, "events", _contact(number, lead))
    tallying.ensure(conn)
    conn.execute("ANALYZE")


def _call(number: int) -> dict[str, object]:
    outcome = ("booked", "info_provided", "booked", "hung_up", "booking_failed", "spam", "missed")[number % 7]
    return {**CALL, "status": "ended", "outcome": outcome, "intent": "booking" if number % 3 else "price_question"}


def _lead(number: int, now: int) -> dict[str, object]:
    at = now - number * 31_000_000
    stage = ("converted", "new", "converted", "lost")[number % 4]
    phone = f"+1 555 {number * 7:07}"
    return {**LEAD, "id": f"lead-{number}", "stage": stage, "phone": phone, "created_at": at, "updated_at": at}


def _contact(number: int, lead: dict[str, object]) -> dict[str, object]:
    at = milliseconds(TODAY) - number * 31_000_000 + 3_600_000
    change = {"subject_id": lead["id"], "before": "new", "after": "contacted"}
    return {**EVENT, **change, "id": f"contact-{number}", "at": at}
