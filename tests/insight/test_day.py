"""The day's figures are the aggregates of their rows, and say what they leave out."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from client.insight.day import HISTORY_DAYS, Count, DayRows, day_bounds, day_figures
from client.models.bookings import BookingStatus
from client.models.calls import Call, CallStatus, Outcome
from client.models.ids import BookingId
from tests import example_data as eg
from widgets.strings import Words

SAY = Words(language="en", zone=eg.ZONE)


def rows(*calls: Call, known_from: date | None = date.min) -> DayRows:
    return DayRows(calls=calls, bookings={b.booking_id: b for b in eg.BOOKINGS}, known_from=known_from)


def values(*calls: Call, money: bool = True) -> dict[Count, float | None]:
    figures = day_figures(rows(*calls), eg.NOW, eg.NOW, eg.ZONE, SAY, money=money)
    return {figure.count: figure.figure.value for figure in figures}


def test_a_day_is_counted() -> None:
    assert values(*eg.PAST, eg.call()) == {
        Count.ANSWERED: 5,
        Count.BOOKED: 2,
        Count.MISSED: 1,
        Count.VALUE: 18_000,
    }


def test_money_is_not_for_every_role() -> None:
    assert Count.VALUE not in values(*eg.PAST, money=False)


def test_what_is_left_out_is_said() -> None:
    ringing = eg.call("r", status=CallStatus.RINGING, answered_at=None)
    voicemail = eg.past_call("v", "08:00", None, Outcome.VOICEMAIL, "")
    figures = {
        f.count: f for f in day_figures(rows(*eg.PAST, ringing, voicemail), eg.NOW, None, eg.ZONE, SAY, money=True)
    }
    assert figures[Count.ANSWERED].figure.provenance.left_out == ("1 spam call", "1 missed call", "1 still ringing")
    assert figures[Count.MISSED].figure.provenance.left_out == ("1 voicemail",)
    assert figures[Count.VALUE].figure.provenance.left_out == ("1 booking without a price", "1 still running")


def test_a_row_says_what_the_call_was_about_in_words() -> None:
    def detail(intent: str | None) -> str:
        asked = eg.past_call("p", "08:00", None, Outcome.INFO_PROVIDED, "", intent=intent)
        answered = day_figures(rows(asked), eg.NOW, None, eg.ZONE, SAY, money=True)[0]
        return answered.figure.provenance.rows[0].detail

    assert detail("price_question") == "asks for prices"
    assert detail("gift_card") == "gift card"
    assert detail(None) == ""


def test_a_booking_cancelled_since_has_no_value() -> None:
    booking_id = BookingId("b-24-1545-mia")
    booking = eg.booking("15:45", "Priya", "Balayage", 120, "mia", price=18_000, status=BookingStatus.CANCELLED)
    found = DayRows(calls=eg.PAST[:1], bookings={booking_id: booking}, known_from=None)
    value = next(f for f in day_figures(found, eg.NOW, None, eg.ZONE, SAY, money=True) if f.count is Count.VALUE)
    assert value.figure.value == 0
    assert value.figure.provenance.left_out == ("1 booking cancelled since",)


def test_the_past_is_shown_when_the_device_has_all_of_it() -> None:
    week_ago = eg.TODAY - timedelta(days=7)
    before = eg.past_call("w1", "09:00", "A", Outcome.BOOKED, "", day=week_ago)
    later = eg.past_call("w2", "18:00", "B", Outcome.BOOKED, "", day=week_ago)
    whole = day_figures(rows(*eg.PAST, before, later), eg.NOW, None, eg.ZONE, SAY, money=False)[0]
    assert whole.week_ago == 1, "by the same hour"
    assert len(whole.history) == HISTORY_DAYS
    assert whole.history[-8] == 2
    assert whole.history[-1] == whole.figure.value
    partly = day_figures(rows(*eg.PAST, before, known_from=None), eg.NOW, None, eg.ZONE, SAY, money=False)[0]
    assert partly.history == () and partly.week_ago is None


def test_a_day_may_have_23_or_25_hours() -> None:
    zone = ZoneInfo("America/New_York")
    for day, hours in ((date(2025, 3, 9), 23), (date(2025, 11, 2), 25), (date(2025, 11, 3), 24)):
        start, end = day_bounds(day, zone)
        assert (end.timestamp() - start.timestamp()) / 3600 == hours


outcomes = st.one_of(st.none(), st.sampled_from(list(Outcome)))


@st.composite
def calls(draw: st.DrawFn) -> tuple[Call, ...]:
    made: list[Call] = []
    for i in range(draw(st.integers(0, 12))):
        began = eg.NOW - timedelta(minutes=draw(st.integers(-60, 60 * 40)))
        over = draw(st.booleans())
        answered = draw(st.booleans())
        made.append(
            eg.call(
                f"c{i}",
                started_at=began,
                answered_at=began if answered else None,
                ended_at=began + timedelta(minutes=1) if over else None,
                status=draw(st.sampled_from(list(CallStatus))),
                outcome=draw(outcomes) if over else None,
                direction=draw(st.sampled_from(["inbound", "outbound"])),
                booking_id=draw(st.sampled_from([None, *(b.booking_id for b in eg.BOOKINGS), BookingId("gone")])),
            )
        )
    return tuple(made)


@given(calls())
def test_a_figure_is_the_aggregate_of_its_counted_rows(made: tuple[Call, ...]) -> None:
    prices = {b.booking_id: b.price_cents for b in eg.BOOKINGS}
    booked = {c.call_id: prices.get(c.booking_id) if c.booking_id else None for c in made}
    for figure in day_figures(rows(*made), eg.NOW, None, eg.ZONE, SAY, money=True):
        provenance = figure.figure.provenance
        counted = [row for row in provenance.rows if row.counted]
        assert provenance.rows_counted == len(counted)
        assert provenance.rows_seen == len(provenance.rows)
        amounts = [booked[row.row_id] for row in counted] if figure.count is Count.VALUE else [1] * len(counted)
        assert figure.figure.value == sum(a or 0 for a in amounts)
        assert all(provenance.period_from <= row.at for row in provenance.rows)
