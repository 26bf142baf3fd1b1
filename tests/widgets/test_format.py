"""Times, money, ages and numbers as people write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import example_data as eg
from widgets import format as fmt
from widgets.strings import Words

EN = Words(language="en", zone=eg.ZONE)
ES = Words(language="es", zone=eg.ZONE)


def test_a_time_is_the_business_s_wall_time() -> None:
    assert fmt.clock_time(EN, eg.at("13:30")) == "13:30"
    twelve = Words(language="en", zone=eg.ZONE, hours=12)
    assert [fmt.clock_time(twelve, eg.at(t)) for t in ("00:05", "12:00", "13:30")] == [
        "12:05 AM",
        "12:00 PM",
        "1:30 PM",
    ]


def test_the_night_clocks_go_back_has_one_o_clock_twice() -> None:
    first = datetime(2025, 11, 2, 8, 30, tzinfo=UTC)
    second = datetime(2025, 11, 2, 9, 30, tzinfo=UTC)
    assert (fmt.clock_time(EN, first), fmt.clock_time(EN, second)) == ("01:30 PDT", "01:30 PST")


def test_days_have_names() -> None:
    assert fmt.day_long(EN, eg.TODAY) == "Monday 24 November"
    assert fmt.day_long(ES, eg.TODAY) == "Lunes 24 de noviembre"
    assert fmt.day_short(EN, eg.TODAY) == "Mon 24 Nov"
    assert fmt.day_named(EN, date(2025, 11, 25), eg.TODAY) == "Tomorrow"
    assert fmt.day_named(EN, date(2026, 1, 2), eg.TODAY) == "Friday 2 January 2026"


def test_a_moment_of_another_day_says_its_day() -> None:
    assert fmt.moment(EN, eg.at("08:41"), eg.NOW) == "08:41"
    assert fmt.moment(EN, eg.at("08:41", date(2025, 11, 23)), eg.NOW) == "Sun 23 Nov 08:41"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0:00"), (-5, "0:00"), (59.9, "0:59"), (134, "2:14"), (3600, "1:00:00"), (3734, "1:02:14")],
)
def test_durations(seconds: float, said: str) -> None:
    assert fmt.duration_clock(seconds) == said


@pytest.mark.parametrize(
    ("minutes", "said"), [(30, "30 min"), (90, "90 min"), (120, "2 h"), (150, "2 h 30 min"), (0, "0 min")]
)
def test_lengths(minutes: int, said: str) -> None:
    assert fmt.minutes_long(EN, minutes) == said


@pytest.mark.parametrize(
    ("cents", "en", "es"),
    [(0, "$0", "$0"), (14_000, "$140", "$140"), (1_250, "$12.50", "$12,50"), (123_456_00, "$123,456", "$123.456"),
     (-500, "−$5", "−$5")],
)  # fmt: skip
def test_money(cents: int, en: str, es: str) -> None:
    assert fmt.money(EN, cents) == en
    assert fmt.money(ES, cents) == es


def test_an_unknown_currency_says_its_code() -> None:
    assert fmt.money(Words(language="en", zone=eg.ZONE, currency="CHF"), 500) == "5 CHF"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "just now"), (65, "1 min ago"), (7200, "2 h ago"), (86_400, "1 day ago"), (1e6, "11 days ago")],
)
def test_ages(seconds: float, said: str) -> None:
    assert fmt.age(EN, seconds) == said


@pytest.mark.parametrize(
    ("phone", "tail", "masked"),
    [("+1 555 0104567", "…4567", "+1 … 4567"), ("+12125550177", "…0177", "+1 … 0177"), ("0171 2345", "…2345", "…2345"),
     ("12", None, None), (None, None, None), ("+1 ‭555‬ 0104567", "…4567", "+1 … 4567")],
)  # fmt: skip
def test_phone_numbers_show_their_end(phone: str | None, tail: str | None, masked: str | None) -> None:
    assert fmt.phone_tail(phone) == tail
    assert fmt.phone_masked(phone) == masked


def test_a_whole_number_is_written_in_groups_where_they_are_known() -> None:
    assert fmt.phone_whole("+14155550182") == "+1 415 555 0182"
    assert fmt.phone_whole("+34910000000") == "+34910000000"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Reyes", "AR"),
        ("Ana María de los Ángeles", "AÁ"),
        ("Cher", "C"),
        ("", "?"),
        ("…8812", "?"),
        (eg.ARABIC, "ما"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert fmt.initials(name) == letters


def test_what_a_tool_gave_is_said_plainly() -> None:
    assert fmt.plain(EN, {"slots": ["15:00", "16:40"], "free": True}) == "Free times: 15:00, 16:40 · Free: yes"
    assert fmt.plain(EN, "2025-11-24T23:30:00+00:00") == "Mon 24 Nov 15:30"
    assert fmt.plain(EN, "2025-11-24T15:30:00") == "Mon 24 Nov 15:30"
    assert fmt.plain(EN, "2025-99-99T15:30:00") == "2025-99-99T15:30:00"
    assert fmt.plain(EN, None) == "–"
    assert fmt.plain(EN, 3) == "3"


def test_ids_are_not_told_and_prices_are() -> None:
    values = {"booking_id": "019a", "id": "x", "price_cents": 19_500, "result": "$195", "starts_at": 1_764_027_000_000}
    assert fmt.told(EN, values) == [("Price", "$195"), ("Result", "$195"), ("Starts", "Mon 24 Nov 15:30")]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Looked up +14155550142 → 1 visit", "Looked up +1 … 0142 → 1 visit"),
        ("Looked up +1 415 555 0142", "Looked up +1 … 0142"),
        ("(415) 555-0142, twice", "…0142, twice"),
        ("415-555-0142", "…0142"),
        ("llamó 612 345 678", "llamó …5678"),
        ("2025-11-24 15:45", "2025-11-24 15:45"),
        ("Mon 24 Nov 15:30, 16:40", "Mon 24 Nov 15:30, 16:40"),
        ("2 free of 120", "2 free of 120"),
    ],
)
def test_phone_numbers_in_a_text_keep_their_tail_alone(said: str, shown: str) -> None:
    assert fmt.phones_masked(said) == shown


def test_what_a_tool_was_given_hides_phone_numbers() -> None:
    values = {"phone": "555-0142", "callers": ["+1 415 555 0142"], "note": "call 415.555.0142"}
    assert fmt.told(EN, values) == [("Phone", "…0142"), ("Callers", "+1 … 0142"), ("Note", "call …0142")]


def test_labels_of_unknown_fields_are_readable() -> None:
    assert fmt.label_of(EN, "is_unisex") == "Is unisex"
    assert fmt.label_of(ES, "appointment_time") == "Hora"


@given(st.text(max_size=300), st.integers(1, 50))
def test_a_clipped_text_is_never_longer(text: str, limit: int) -> None:
    assert len(fmt.clipped(text, limit)) <= limit
