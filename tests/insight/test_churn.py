"""Regulars who are past their own rhythm: by a rule that can be checked with a pencil."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from client.insight.churn import churning
from client.models.ids import BookingId, CustomerId
from client.models.patterns import Client, Visit
from tests import example_data as eg
from widgets.strings import Words

SAY = Words(language="en", zone=eg.ZONE)


def visit(day: date, number: int = 0, cents: int | None = 8_500) -> Visit:
    at = datetime.combine(day, time(10), tzinfo=eg.ZONE)
    return Visit(booking_id=BookingId(f"b-{day}-{number}"), starts_at=at, service_name="Cut", price_cents=cents)


def client(*ago: int, cents: int | None = 8_500, name: str = "Rosa Lind") -> Client:
    """Somebody whose visits were so many days ago, oldest first."""
    visits = tuple(visit(eg.TODAY - timedelta(days=days), n, cents) for n, days in enumerate(ago))
    return Client(customer_id=CustomerId(f"c-{name}"), name=name, visits=visits)


def found(*clients: Client) -> list[str]:
    return [churn.name for churn in churning(clients, eg.NOW, eg.NOW, eg.ZONE, SAY)]


def test_who_is_past_their_rhythm_is_named_with_it() -> None:
    [churn] = churning([client(155, 127, 99, 70)], eg.NOW, eg.NOW, eg.ZONE, SAY)
    assert (churn.gaps, churn.usual, churn.away, churn.late) == ((28, 28, 29), 28.0, 70, 42)
    assert churn.yearly_cents == round(365.25 / 28 * 8_500)
    provenance = churn.provenance
    assert [row.row_id for row in provenance.rows] == [v.booking_id for v in reversed(client(155, 127, 99, 70).visits)]
    assert provenance.rows_counted == provenance.rows_seen == 4
    assert "28, 28, 29" in provenance.formula
    assert "(70)" in provenance.formula


def test_it_is_known_since_when_somebody_is_named() -> None:
    ago = (155, 127, 99, 70)
    for later in range(4):
        [churn] = churning([client(*ago)], eg.NOW + timedelta(days=later), None, eg.ZONE, SAY)
        assert not churning([client(*ago)], eg.NOW - timedelta(days=churn.known_for + 1 - later), None, eg.ZONE, SAY)
        assert churning([client(*ago)], eg.NOW - timedelta(days=churn.known_for - later), None, eg.ZONE, SAY)


def test_who_is_not_late_is_not_named() -> None:
    on_time = client(90, 62, 34, 6)
    a_little = client(112, 84, 56, 28 + 7)
    has_paused_as_long = client(250, 222, 130, 102, 74)
    three_visits = client(120, 92, 64)
    gone_for_long = client(666, 566, 466, 366)
    gone_by_their_rhythm = client(196, 168, 140, 112)
    assert found(on_time, a_little, has_paused_as_long, three_visits, gone_for_long, gone_by_their_rhythm) == []


def test_who_comes_again_or_is_blocked_is_not_missed() -> None:
    late = client(155, 127, 99, 70)
    assert found(late)
    assert found(replace(late, coming=True), replace(late, blocked=True)) == []


def test_visits_of_one_day_are_one() -> None:
    assert found(client(155, 155, 127, 99, 70, 70)) == ["Rosa Lind"]
    assert found(client(155, 155, 127, 127, 70)) == []


def test_the_most_valuable_come_first_and_without_prices_the_most_frequent() -> None:
    rare = client(400, 300, 200, cents=20_000, name="Rare")
    rare = replace(rare, visits=(*client(500, cents=20_000).visits, *rare.visits))
    often = client(100, 79, 58, 37, name="Often")
    assert found(rare, often) == ["Often", "Rare"]
    dear = replace(rare, visits=tuple(replace(v, price_cents=90_000) for v in rare.visits))
    assert found(dear, often) == ["Rare", "Often"]
    free = client(100, 79, 58, 37, cents=0, name="Free")
    assert found(free, often) == ["Often", "Free"]
    hidden = [client(*ago, cents=None, name=n) for ago, n in (((500, 400, 300, 200), "A"), ((100, 79, 58, 37), "B"))]
    churns = churning(hidden, eg.NOW, None, eg.ZONE, SAY)
    assert [(c.name, c.yearly_cents) for c in churns] == [("B", None), ("A", None)]


@settings(deadline=None)
@given(
    ago=st.lists(st.integers(0, 700), max_size=14),
    coming=st.booleans(),
    blocked=st.booleans(),
)
def test_it_is_what_the_rule_says(ago: list[int], coming: bool, blocked: bool) -> None:
    """Against the rule once more, in the words in which it is told."""
    whom = replace(client(*sorted(ago, reverse=True)), coming=coming, blocked=blocked)
    days = sorted(set(ago))
    gaps = [older - newer for newer, older in pairwise(days)][:8]
    late = False
    if len(gaps) >= 3 and not coming and not blocked:
        away = days[0]
        usual = median(gaps)
        late = 1.5 * usual < away < 4 * usual and away > max(gaps) and 14 <= away <= 365 and days[3] - days[0] <= 1095
    assert bool(found(whom)) is late
