"""The believable business: repeatable, valid, without double bookings, and shaped like a real one."""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from backend_stub.business import History, build_history
from backend_stub.business.calendar import WEEKDAYS, holidays, minute_of
from backend_stub.business.names import email_of, name_and_language
from backend_stub.business.premises import initials
from tests.backend_stub.row_shapes import complaints, fields_of
from tests.pace import slowness

KINDS = ("salon", "dentist", "clinic", "garage")
TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("America/Los_Angeles")
NOW_MS = round(datetime(2026, 11, 23, 12, tzinfo=ZONE).timestamp() * 1000)
DAY_MS = 86_400_000
HOUR_MS = 3_600_000


@cache
def told(kind: str) -> History:
    return build_history(kind=kind, seed=7, today=TODAY)


def local(instant_ms: int) -> datetime:
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(ZONE)


def digest(history: History) -> str:
    text = json.dumps([history.account, history.users, history.rows], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def small(kind: str, seed: int = 7, today: date = TODAY) -> History:
    return build_history(kind=kind, seed=seed, today=today, bookings=1200)


@pytest.mark.parametrize("kind", KINDS)
def test_two_runs_are_identical(kind: str) -> None:
    assert digest(small(kind)) == digest(small(kind))


def test_another_process_with_another_hash_seed_tells_the_same() -> None:
    program = (
        "import sys; from tests.backend_stub.test_business import digest, small; "
        "sys.stdout.write(digest(small('garage')))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {digest(small("garage"))}


def test_another_seed_and_another_day_tell_something_else() -> None:
    histories = (small("salon"), small("salon", seed=8), small("salon", today=date(2026, 11, 24)))
    assert len({digest(history) for history in histories}) == 3


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="bakery"):
        build_history(kind="bakery", seed=1, today=TODAY)


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_is_as_the_contract_says(kind: str) -> None:
    for noun, rows in told(kind).rows.items():
        assert rows, noun
        wrong = [words for row in rows for words in complaints(noun, row)]
        assert not wrong, Counter(wrong).most_common(5)


def test_the_checker_can_find_fault() -> None:
    good = told("salon").rows["bookings"][0]
    assert "starts_at" in fields_of("bookings") and not complaints("bookings", good)
    assert complaints("bookings", good | {"status": "maybe"})
    assert complaints("bookings", good | {"starts_at": 1.5})
    assert complaints("bookings", good | {"extra": 1})
    assert complaints("bookings", {key: value for key, value in good.items() if key != "id"})


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique_and_tell_when_the_row_came_to_be(kind: str) -> None:
    rows = told(kind).rows
    ids = [row["id"] for noun in rows for row in rows[noun]]
    assert len(ids) == len(set(ids))
    for noun, key in (
        ("bookings", "created_at"),
        ("customers", "created_at"),
        ("calls", "started_at"),
        ("turns", "started_at"),
    ):
        for row in rows[noun]:
            assert int(row["id"].replace("-", "")[:12], 16) == row[key], noun
    for noun, key in (
        ("bookings", "created_at"),
        ("customers", "created_at"),
        ("calls", "started_at"),
        ("turns", "started_at"),
    ):
        assert all(one[key] <= other[key] for one, other in pairwise(rows[noun])), noun


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_and_no_room_is_double_booked_and_buffers_are_kept(kind: str) -> None:
    rows = told(kind).rows
    buffers = {row["id"]: row["buffer_minutes"] * 60_000 for row in rows["services"]}
    diaries = defaultdict(list)
    for row in rows["bookings"]:
        if row["status"] != "cancelled":
            for whose in filter(None, (row["staff_id"], row["resource_id"])):
                diaries[whose].append((row["starts_at"], row["ends_at"] + buffers[row["service_id"]]))
    assert diaries.keys() == {row["id"] for noun in ("staff", "resources") for row in rows[noun]}
    for diary in diaries.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(diary)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_is_in_a_room_where_its_service_needs_one(kind: str) -> None:
    rows = told(kind).rows
    rooms = {row["id"]: row["resources"] for row in rows["services"]}
    assert {row["resource_id"] in (rooms[row["service_id"]] or (None,)) for row in rows["bookings"]} == {True}


@pytest.mark.parametrize("kind", KINDS)
def test_bookings_keep_to_opening_and_working_hours_in_summer_and_winter(kind: str) -> None:
    rows = told(kind).rows
    business = rows["business"][0]
    staff = {row["id"]: row for row in rows["staff"]}
    closed = set(business["closed_days"])
    for row in rows["bookings"]:
        begins, ends = local(row["starts_at"]), local(row["ends_at"])
        first, last = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
        assert begins.date().isoformat() not in closed
        assert row["service_id"] in staff[row["staff_id"]]["services"]
        for week in (business["opening_hours"], staff[row["staff_id"]]["works"]):
            ranges = week[WEEKDAYS[begins.weekday()]]
            assert any(minute_of(opens) <= first and last <= minute_of(closes) for opens, closes in ranges)


def test_public_holidays_are_on_their_days() -> None:
    assert holidays(2026)["thanksgiving"] == date(2026, 11, 26)
    assert holidays(2026)["memorial"] == date(2026, 5, 25)
    assert holidays(2025)["labor"] == date(2025, 9, 1)
    assert holidays(2027)["mlk"] == date(2027, 1, 18)
    closed = told("dentist").rows["business"][0]["closed_days"]
    assert {"2024-12-25", "2025-07-04", "2026-11-26", "2026-12-25"} <= set(closed)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_over_is_settled_and_nothing_is_done_before_its_time(kind: str) -> None:
    for row in told(kind).rows["bookings"]:
        assert row["created_at"] < NOW_MS and row["created_at"] < row["starts_at"]
        assert (row["cancelled_at"] is not None) == (row["status"] == "cancelled")
        assert (row["completed_at"] is not None) == (row["status"] == "completed")
        for key in ("cancelled_at", "completed_at", "confirmed_at"):
            assert row[key] is None or row["created_at"] <= row[key] <= NOW_MS
        if row["ends_at"] <= NOW_MS:
            assert row["status"] in ("completed", "no_show", "cancelled")
        if row["starts_at"] > NOW_MS:
            assert row["status"] in ("confirmed", "pending", "cancelled") and row["paid_cents"] == 0
        assert row["paid_cents"] in (0, row["price_cents"])
        assert (row["payment_status"] == "paid") == (row["paid_cents"] > 0)


def test_the_instant_of_the_telling_can_be_chosen() -> None:
    morning = round(datetime(2026, 11, 23, 10, 20, tzinfo=ZONE).timestamp() * 1000)
    history = build_history(kind="salon", seed=7, today=TODAY, bookings=2400, now_ms=morning)
    assert all(row["completed_at"] is None or row["completed_at"] <= morning for row in history.rows["bookings"])
    assert all(row["ended_at"] <= morning for row in history.rows["calls"])
    assert {row["status"] for row in history.rows["bookings"] if local(row["starts_at"]).date() == TODAY} >= {
        "confirmed"
    }


def test_other_zones_keep_their_own_wall_time() -> None:
    history = build_history(kind="dentist", seed=2, today=date(2026, 4, 1), time_zone="Europe/Madrid", bookings=2400)
    hours = {
        datetime.fromtimestamp(r["starts_at"] / 1000, ZoneInfo("Europe/Madrid")).hour for r in history.rows["bookings"]
    }
    assert min(hours) >= 8 and max(hours) <= 19
    assert history.account["time_zone"] == "Europe/Madrid"


@pytest.mark.parametrize(
    ("kind", "day", "zone", "hour"),
    [
        ("salon", date(2028, 2, 29), "Asia/Kathmandu", 0),
        ("dentist", date(2027, 1, 1), "America/New_York", 23),
        ("clinic", date(2026, 11, 1), "America/Los_Angeles", 6),
        ("garage", date(2026, 3, 8), "America/Los_Angeles", 9),
        ("salon", date(2026, 12, 25), "Australia/Sydney", 15),
    ],
)
def test_any_day_zone_and_hour_will_do(kind: str, day: date, zone: str, hour: int) -> None:
    now_ms = round(datetime(day.year, day.month, day.day, hour, 17, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
    history = build_history(kind=kind, seed=4, today=day, time_zone=zone, bookings=1200, now_ms=now_ms)
    assert not [words for noun, rows in history.rows.items() for row in rows for words in complaints(noun, row)]
    assert all(call["ended_at"] <= now_ms for call in history.rows["calls"])
    assert all(row["created_at"] < min(now_ms, row["starts_at"]) for row in history.rows["bookings"])
    assert all(row["created_at"] <= now_ms for noun in ("customers", "leads") for row in history.rows[noun])


@pytest.mark.parametrize("kind", KINDS)
def test_two_years_and_six_weeks_are_told(kind: str) -> None:
    days = [local(row["starts_at"]).date() for row in told(kind).rows["bookings"]]
    assert (TODAY - min(days)).days in range(720, 735)
    assert (max(days) - TODAY).days in range(30, 43)
    assert any(day == TODAY for day in days)
    assert 6000 < len(days) < 20000


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_shaped_like_a_business(kind: str) -> None:
    """Weekdays differ as the kind says, the second year is busier, and 2-7 % do not come."""
    bookings = told(kind).rows["bookings"]
    past = [row for row in bookings if row["starts_at"] < NOW_MS]
    share = Counter(row["status"] for row in past)
    assert 0.02 < share["no_show"] / len(past) < 0.07
    assert 0.05 < share["cancelled"] / len(past) < 0.11
    year = [row for row in past if row["starts_at"] > NOW_MS - 365 * DAY_MS]
    before = [row for row in past if NOW_MS - 730 * DAY_MS < row["starts_at"] <= NOW_MS - 365 * DAY_MS]
    assert 1.03 < len(year) / len(before) < 1.4
    days = Counter(local(row["starts_at"]).weekday() for row in past)
    if kind == "salon":
        assert days[5] > 1.25 * days[0] and days[4] > days[1] > days[6]
    else:
        assert days[6] == 0 and days[0] > 1.4 * days[5] > 0


def test_december_is_the_salon_s_busiest_month_a_day() -> None:
    days: defaultdict[int, set[date]] = defaultdict(set)
    count: Counter[int] = Counter()
    for row in told("salon").rows["bookings"]:
        if row["starts_at"] < NOW_MS:
            day = local(row["starts_at"]).date()
            days[day.month].add(day)
            count[day.month] += 1
    a_day = {month: count[month] / len(days[month]) for month in days}
    assert a_day[12] > 1.1 * a_day[1] and a_day[12] > a_day[2]


@pytest.mark.parametrize("kind", KINDS)
def test_the_coming_weeks_thin_out(kind: str) -> None:
    weeks = Counter(
        (row["starts_at"] - NOW_MS) // (7 * DAY_MS) for row in told(kind).rows["bookings"] if row["starts_at"] > NOW_MS
    )
    assert weeks[1] > 1.4 * weeks[4] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_customers_return_and_their_figures_are_those_of_their_bookings(kind: str) -> None:
    rows = told(kind).rows
    by_customer = defaultdict(list)
    for booking in rows["bookings"]:
        by_customer[booking["customer_id"]].append(booking)
    assert by_customer.keys() == {row["id"] for row in rows["customers"]}
    for customer in rows["customers"]:
        bookings = by_customer[customer["id"]]
        done = [row["starts_at"] for row in bookings if row["status"] == "completed"]
        assert customer["total_bookings"] == sum(row["status"] != "cancelled" for row in bookings)
        assert customer["no_shows"] == sum(row["status"] == "no_show" for row in bookings)
        assert customer["lifetime_cents"] == sum(row["paid_cents"] for row in bookings)
        assert customer["first_visit_at"] == (min(done) if done else None)
        assert customer["last_visit_at"] == (max(done) if done else None)
        assert customer["created_at"] <= min(row["created_at"] for row in bookings)
        assert {row["customer_name"] for row in bookings} == {customer["name"]}
    often = [group for group in by_customer.values() if len(group) >= 4]
    assert len(often) > 0.1 * len(by_customer)


def test_regulars_have_a_rhythm_and_some_have_left() -> None:
    rows = told("salon").rows
    visits = defaultdict(list)
    for row in rows["bookings"]:
        if row["status"] == "completed":
            visits[row["customer_id"]].append(row["starts_at"] / DAY_MS)
    spreads, left = [], 0
    for days in visits.values():
        gaps = sorted(later - earlier for earlier, later in pairwise(days))
        if len(gaps) >= 6:
            middle = gaps[len(gaps) // 2]
            spreads.append(sum(0.6 * middle < gap < 1.5 * middle for gap in gaps) / len(gaps))
            left += NOW_MS / DAY_MS - days[-1] > 3 * middle
    assert len(spreads) > 200
    assert sum(spreads) / len(spreads) > 0.6
    assert 0.03 < left / len(spreads) < 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_prices_are_those_of_their_time(kind: str) -> None:
    rows = told(kind).rows
    now = {row["id"]: row["price_cents"] for row in rows["services"]}
    for row in rows["bookings"]:
        year = local(row["starts_at"]).year
        assert (
            row["price_cents"] == now[row["service_id"]]
            if year >= 2026
            else row["price_cents"] < now[row["service_id"]]
        )
        assert row["price_cents"] % 100 == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_is_one_kept_for_fiction(kind: str) -> None:
    rows = told(kind).rows
    numbers = [rows["business"][0]["phone"]]
    numbers += [row["phone"] for noun in ("customers", "leads") for row in rows[noun] if row["phone"]]
    numbers += [row["caller_phone"] for row in rows["calls"] if row["caller_phone"]]
    assert all(re.fullmatch(r"\+1[2-9]\d{2}55501\d{2}", number) for number in numbers)
    emails = [row["email"] for noun in ("customers", "leads") for row in rows[noun] if row["email"]]
    assert all(re.fullmatch(r"[a-z]+[.a-z0-9]*@example\.(com|org|net)", email) for email in emails)


def test_names_come_from_many_places() -> None:
    names = [row["name"] for row in told("salon").rows["customers"]]
    assert any(not name.isascii() for name in names)
    assert any(len(name) > 24 for name in names)
    assert Counter(names).most_common(1)[0][1] > 1
    assert initials("Dr. Émilie Tremblay") == "ÉT" and initials("Nora Lindqvist, RDH") == "NL"


def test_an_address_has_plain_letters() -> None:
    import random

    rng = random.Random(4)
    for name in ("Søren Ó Súilleabháin", "Linh Nguyễn", "Zoë O'Brien", name_and_language(rng)[0]):
        assert re.fullmatch(r"[a-z.0-9]+@example\.\w+", email_of(name, rng))


@pytest.mark.parametrize("kind", KINDS)
def test_luna_s_bookings_of_sixty_days_and_their_calls_know_each_other(kind: str) -> None:
    rows = told(kind).rows
    calls = {row["id"]: row for row in rows["calls"]}
    luna = next(row for row in rows["employees"] if row["kind"] == "reception")
    recent = [row for row in rows["bookings"] if row["source"] == "luna" and row["created_at"] > NOW_MS - 59 * DAY_MS]
    assert len(recent) > 100
    for booking in recent:
        call = calls[booking["call_id"]]
        assert call["booking_id"] == booking["id"] and call["outcome"] == "booked"
        assert call["started_at"] < booking["created_at"] <= call["ended_at"]
        assert booking["employee_id"] == luna["id"] == call["employee_id"]
    assert all(row["call_id"] is None for row in rows["bookings"] if row["source"] != "luna")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_ahead_was_not_all_booked_a_moment_ago(kind: str) -> None:
    made = [row["created_at"] for row in told(kind).rows["bookings"]]
    assert sum(at > NOW_MS - 120_000 for at in made) <= 1
    assert max(Counter(at // 60_000 for at in made).values()) <= 4


@pytest.mark.parametrize("kind", KINDS)
def test_calls_have_whole_transcripts_and_honest_charges(kind: str) -> None:
    rows = told(kind).rows
    turns = defaultdict(list)
    for turn in rows["turns"]:
        turns[turn["call_id"]].append(turn)
    outcomes = Counter(row["outcome"] for row in rows["calls"])
    assert {"booked", "info_provided", "missed", "spam", "voicemail", "booking_failed", "complaint"} <= outcomes.keys()
    for call in rows["calls"]:
        of_call = sorted(turns[call["id"]], key=lambda turn: turn["index"])
        assert [turn["index"] for turn in of_call] == list(range(call["turn_count"]))
        assert call["status"] == "ended" and call["ended_at"] <= NOW_MS
        assert call["summary"] and "{" not in call["summary"]
        assert all("{" not in turn["text"] for turn in of_call)
        assert all(one["ended_at"] <= other["started_at"] for one, other in pairwise(of_call))
        if call["outcome"] in ("missed", "spam"):
            assert call["charge_cents"] == 0
        else:
            assert call["charge_cents"] == 25 * -(-call["billed_seconds"] // 60) > 0
            assert 0 <= call["billed_seconds"] * 1000 - (call["ended_at"] - call["answered_at"]) < 1000
        if call["consent"]["state"] == "given":
            assert "recorded" in call["consent"]["text"] or "grabada" in call["consent"]["text"]
        scored = [
            turn["sentiment"] for turn in of_call if turn["speaker"] == "caller" and turn["sentiment"] is not None
        ]
        assert call["sentiment"] == (pytest.approx(sum(scored) / len(scored), abs=1e-3) if scored else None)
    today = [call for call in rows["calls"] if local(call["started_at"]).date() == TODAY]
    assert len(today) >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_people_and_the_premises(kind: str) -> None:
    history = told(kind)
    assert [user["role"] for user in history.users] == ["owner", "manager", "front_desk"]
    assert history.account["business_name"] == history.rows["business"][0]["name"]
    assert 3 <= len(history.rows["staff"]) <= 6 and 8 <= len(history.rows["services"]) <= 15
    assert [row["name"] for row in history.rows["employees"]] == ["Luna", "Jade", "Flora"]
    for row in [history.rows["business"][0]["opening_hours"], *(person["works"] for person in history.rows["staff"])]:
        assert tuple(row) == WEEKDAYS
    assert {row["stage"] for row in history.rows["leads"]} == {
        "new", "contacted", "qualified", "unqualified", "converted", "lost",
    }  # fmt: skip
    assert all(row["score_reasons"] for row in history.rows["leads"])


def test_fifty_thousand_bookings_on_request_quickly() -> None:
    began = time.process_time()
    history = build_history(kind="salon", seed=1, today=TODAY, bookings=50_000)
    took = time.process_time() - began
    assert len(history.rows["bookings"]) == pytest.approx(50_000, rel=0.03)
    assert took < 8.0 * slowness(), f"{took:.1f} s"
    few = build_history(kind="garage", seed=1, today=TODAY, bookings=2000)
    assert len(few.rows["bookings"]) == pytest.approx(2000, rel=0.1)


@pytest.mark.parametrize("kind", ["salon", "dentist", "clinic"])
def test_standing_appointments_recur_at_their_time(kind: str) -> None:
    series: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in told(kind).rows["bookings"]:
        assert (row["series_id"] is None) == (row["series_label"] is None)
        if row["series_id"] is not None:
            series[row["series_id"]].append(row)
    assert len(series) >= 5
    punctual = Counter[bool]()
    for rows in series.values():
        assert len({(row["customer_id"], row["service_id"], row["series_label"]) for row in rows}) == 1
        weeks = 1 if rows[0]["series_label"] == "every week" else int(str(rows[0]["series_label"]).split()[1])
        starts = sorted(local(int(str(row["starts_at"]))) for row in rows)
        for one, other in pairwise(starts):
            punctual[one.time() == other.time()] += 1
            assert (other.date() - one.date()).days % (7 * weeks) == 0
    assert punctual[True] > 0.9 * punctual.total()
    assert any(row["status"] in ("confirmed", "pending") for rows in series.values() for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_flora_s_work_of_sixty_days_is_told(kind: str) -> None:
    rows = told(kind).rows
    flora = next(row for row in rows["employees"] if row["kind"] == "operations")
    hers = [task for task in rows["tasks"] if task["employee_id"] == flora["id"]]
    assert 120 <= len(hers) <= 360
    assert all(task["state"] == "done" and task["created_at"] < task["done_at"] <= NOW_MS for task in hers)
    assert {task["kind"] for task in hers} == {"reminder", "review_request", "document"}
    assert 0 < sum(task["outcome"] == "corrected" for task in hers) <= len(hers) * 0.08
    still_open = [task for task in rows["tasks"] if task["state"] == "open"]
    assert sum(task["due_at"] < NOW_MS for task in still_open if task["kind"] == "callback") == 2
    assert all(task["due_at"] > task["created_at"] for task in rows["tasks"] if task["kind"] == "callback")
    people = {user["name"] for user in told(kind).users}
    assert {task["assigned_to"] for task in still_open} <= people | {"Jade"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_flora_says_she_sent_was_sent(kind: str) -> None:
    rows = told(kind).rows
    flora = next(row for row in rows["employees"] if row["kind"] == "operations")
    bookings = {row["id"]: row for row in rows["bookings"]}
    tasks = [task for task in rows["tasks"] if task["employee_id"] == flora["id"]]
    sent = Counter[str]()
    for message in rows["messages"]:
        at_work = [task for task in tasks if task["created_at"] < message["sent_at"] < task["done_at"]]
        (task,) = (task for task in at_work if task["booking_id"] in (None, message["booking_id"]))
        sent[task["id"]] += 1
        booking = bookings[message["booking_id"]]
        assert (message["sent_by"], message["customer_id"]) == (flora["name"], booking["customer_id"])
        assert message["recipient"] and booking["customer_name"].split()[0] in message["text"]
        if task["kind"] == "reminder":
            assert booking["reminder_sent"] and booking["created_at"] < message["sent_at"] < booking["starts_at"]
    for task in tasks:
        said = re.match(r"Sent (\d+) reminder", task["title"])
        one = task["kind"] == "review_request" or task["title"].endswith("the price list")
        assert sent[task["id"]] == (int(said[1]) if said else int(one)), task["title"]
    assert sum(task["kind"] == "reminder" for task in tasks) > 30


@pytest.mark.parametrize("kind", KINDS)
def test_people_have_found_the_promises_that_were_noted_nowhere_but_for_the_newest(kind: str) -> None:
    rows = told(kind).rows
    people = {user["name"] for user in told(kind).users}
    said = {turn["call_id"] for turn in rows["turns"] if "call you back today" in turn["text"]}
    noted = {task["call_id"]: task for task in rows["tasks"] if task["kind"] == "callback"}
    promised = [call for call in rows["calls"] if call["id"] in said and not call["requires_followup"]]
    older = [call for call in promised if call["ended_at"] < NOW_MS - 2 * DAY_MS and call["caller_phone"]]
    assert len(older) > 5
    for call in older:
        task = noted[call["id"]]
        assert (task["state"], task["created_by"] in people, task["done_by"] in people) == ("done", True, True)
        assert call["ended_at"] < task["created_at"] < task["done_at"] < NOW_MS
    assert not {call["id"] for call in promised if call not in older} & noted.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_the_history_of_a_lead_leads_to_where_it_is(kind: str) -> None:
    rows = told(kind).rows
    leads = {lead["id"]: lead for lead in rows["leads"]}
    stage = dict.fromkeys(leads, "new")
    for event in rows["events"]:
        assert event["at"] <= NOW_MS
        if event["verb"] == "lead_stage":
            assert event["before"] == stage[event["subject_id"]]
            stage[event["subject_id"]] = event["after"]
    assert stage == {lead_id: lead["stage"] for lead_id, lead in leads.items()}
    assert {"employee_state", "lead_created", "task_created", "task_done"} <= {row["verb"] for row in rows["events"]}


@pytest.mark.parametrize("kind", KINDS)
def test_most_leads_that_were_won_are_customers_who_booked_a_while_after_they_came_in(kind: str) -> None:
    rows = told(kind).rows
    made: defaultdict[str, list[int]] = defaultdict(list)
    for booking in rows["bookings"]:
        made[booking["customer_id"]].append(booking["created_at"])
    customers = {(row["phone"], row["name"]): row for row in rows["customers"]}
    won = [lead for lead in rows["leads"] if lead["stage"] == "converted"]
    known = [(lead, customers.get((lead["phone"], lead["name"]))) for lead in won]
    booked = [(lead, customer) for lead, customer in known if customer is not None]
    assert len(booked) >= 3 and len(booked) > len(won) / 2
    for lead, customer in booked:
        first = min(made[customer["id"]])
        assert lead["created_at"] < first < lead["updated_at"] <= NOW_MS
        assert lead["email"] == customer["email"]
        assert int(lead["id"].replace("-", "")[:12], 16) == lead["created_at"]
    took = sorted(min(made[customer["id"]]) - lead["created_at"] for lead, customer in booked)
    assert 2 * HOUR_MS < took[len(took) // 2] < 10 * DAY_MS
    month = NOW_MS - 35 * DAY_MS
    assert any(lead["updated_at"] > month for lead, _ in booked), "this month has something to count"


@pytest.mark.parametrize("kind", KINDS)
def test_about_a_third_of_those_who_talked_said_how_it_was(kind: str) -> None:
    held = [call for call in told(kind).rows["calls"] if call["outcome"] in ("booked", "info_provided", "complaint")]
    said = [call["satisfaction"] for call in held if call["satisfaction"] is not None]
    assert 0.2 < len(said) / len(held) < 0.45 and set(said) <= {1, 2, 3, 4, 5}
    for call in told(kind).rows["calls"]:
        assert call["recording"]["state"] == "none"
        assert call["recording"]["reason"] == {"given": "off"}.get(call["consent"]["state"], call["consent"]["state"])
        charged = call["charge_cents"] > 0
        assert (call["rate_cents"] is not None) == charged
        if charged:
            started = -(-call["billed_seconds"] // call["rounding_s"])
            assert call["charge_cents"] == call["rate_cents"] * started
