"""Rows narrowed down to what patterns are looked for in, so that `client/insight` decides over hundreds, not millions.

A narrowing leaves out only what the rule could not have found; the rule itself is not written here.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from client.models.bookings import BookingStatus
from client.models.ids import BookingId, CallId, CustomerId, dialled
from client.models.patterns import Asked, Began, Client, DayCounts, Visit
from client.storage import corrections
from client.storage.columns import instant, json_value, milliseconds, name_or_none, word

_SLACK: Final = timedelta(days=2)
"""Days are counted on the wall, which may make a gap a day longer or shorter."""

_LATE: Final = """
SELECT c.id, c.name, c.phone FROM customers c
WHERE c.last_visit_at BETWEEN :oldest AND :newest AND c.total_bookings >= :least AND c.status <> 'blocked'
  AND (c.total_bookings - 1 > :gaps
       OR (:now - c.last_visit_at + :slack) * (c.total_bookings - 1)
          > c.last_visit_at - coalesce(c.first_visit_at, c.last_visit_at))
  AND (SELECT b.starts_at FROM bookings b WHERE b.customer_id = c.id AND b.starts_at <= :now
       ORDER BY b.starts_at DESC LIMIT 1 OFFSET :least - 1) >= c.last_visit_at - :within - :slack
  AND (c.total_bookings - 1 <= :gaps
       OR (SELECT b.starts_at FROM bookings b WHERE b.customer_id = c.id AND b.starts_at <= :now
           ORDER BY b.starts_at DESC LIMIT 1 OFFSET :gaps)
          > c.last_visit_at - (:now - c.last_visit_at + :slack) * :gaps)
  AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.customer_id = c.id AND b.starts_at > :now
                  AND b.status NOT IN ('cancelled', 'no_show'))"""


def maybe_leaving(
    conn: sqlite3.Connection,
    now: datetime,
    *,
    least_visits: int,
    gaps: int,
    away: tuple[timedelta, timedelta],
    within: timedelta,
) -> list[Client]:
    """Clients with all their completed visits up to `now`, of whom the last is `away` ago, at least and at most.

    Left out: who has a booking ahead, is blocked, has fewer than `least_visits` bookings, has been away for less than
    the mean of the newest `gaps`, as far as bookings of any kind tell, or whose newest `least_visits` do not lie
    `within`.
    """
    least, most = away
    found = conn.execute(
        _LATE,
        {
            "now": milliseconds(now),
            "newest": milliseconds(now - least + _SLACK),
            "oldest": milliseconds(now - most - _SLACK),
            "least": least_visits,
            "gaps": gaps,
            "within": within // timedelta(milliseconds=1),
            "slack": _SLACK // timedelta(milliseconds=1),
        },
    ).fetchall()
    blocked = _blocked(conn)
    clients = (
        Client(
            customer_id=CustomerId(customer_id),
            name=name,
            visits=_visits(conn, customer_id, now),
            blocked=bool(phone) and dialled(phone) in blocked,
        )
        for customer_id, name, phone in found
    )
    return [client for client in clients if len(client.visits) >= least_visits]


def _blocked(conn: sqlite3.Connection) -> frozenset[str]:
    """The numbers the owner wants no calls from, as they are dialled."""
    return frozenset(dialled(number.phone) for number in corrections.blocked_numbers(conn))


def _visits(conn: sqlite3.Connection, customer_id: str, now: datetime) -> tuple[Visit, ...]:
    rows = conn.execute(
        "SELECT id, starts_at, service_name, price_cents, service_id FROM bookings "
        "WHERE customer_id = ? AND starts_at <= ? AND status = 'completed' ORDER BY starts_at, id",
        (customer_id, milliseconds(now)),
    )
    return tuple(
        Visit(
            booking_id=BookingId(row[0]),
            starts_at=instant(row[1]),
            service_name=row[2],
            price_cents=row[3],
            service_id=row[4],
        )
        for row in rows
    )


# --- what callers asked for -------------------------------------------------------------------------------------------
_ASKING: Final = """c.started_at BETWEEN ? AND ? AND c.outcome IS NOT 'spam'
  AND (c.extracted LIKE '%"asked_for"%' OR c.intent = 'price_question')"""

_CALLS: Final = f"""
SELECT c.id, c.started_at, c.caller_name, coalesce(c.customer_id, c.caller_phone, c.id), c.extracted, c.caller_phone
FROM calls c
WHERE {_ASKING} ORDER BY c.started_at, c.id"""

_TOOLS: Final = f"""
SELECT t.call_id, t.text, t.tool FROM calls c JOIN turns t ON t.call_id = c.id
WHERE {_ASKING} AND t.kind = 'tool' AND t.tool LIKE '%"offered"%' ORDER BY t.call_id, t."index" """

_LINES: Final = """
SELECT call_id, text FROM turns WHERE call_id IN ({marks}) AND kind = 'speech' AND speaker = 'caller'
ORDER BY call_id, "index", id"""

_AT_ONCE: Final = 500


def asked_in_vain(conn: sqlite3.Connection, start: datetime, end: datetime) -> list[Asked]:
    """What was asked for in calls of [start, end] and not found on the list, oldest first, once a call and service.

    Known from what the employee wrote down (`asked_for`, `offered`) and from its looking up a price in vain.  Nothing
    of a number that is blocked.
    """
    when = (milliseconds(start), milliseconds(end))
    in_vain: dict[str, list[tuple[str, str]]] = {}
    for call_id, text, tool in conn.execute(_TOOLS, when):
        if (about := _looked_up_in_vain(json_value(tool))) is not None:
            in_vain.setdefault(call_id, []).append((about, text))
    found: list[Asked] = []
    blocked = _blocked(conn)
    for row in conn.execute(_CALLS, when):
        if row[5] and dialled(row[5]) in blocked:
            continue
        call = Asked(
            call_id=CallId(row[0]), at=instant(row[1]), caller=row[3], caller_name=name_or_none(row[2]), service=""
        )
        found += _asked(call, json_value(row[4]), in_vain.get(row[0], ()))
    lines = _caller_lines(conn, [each.call_id for each in found])
    return [replace(each, line=_line(lines.get(each.call_id, ()), each.service)) for each in found]


def _looked_up_in_vain(use: Any) -> str | None:
    about = _object(_object(use).get("inputs")).get("about")
    vain = _object(_object(use).get("outputs")).get("offered") is False
    return about if vain and isinstance(about, str) and about.strip() else None


def _asked(call: Asked, extracted: Any, in_vain: Iterable[tuple[str, str]]) -> Iterable[Asked]:
    services = {about.casefold().strip(): (about, text) for about, text in in_vain}
    noted = _object(extracted)
    if noted.get("offered") in ("no", False):
        wanted = noted.get("asked_for")
        if isinstance(wanted, str) and wanted.strip():
            services.setdefault(wanted.casefold().strip(), (wanted, ""))
    for service, tool_line in services.values():
        yield replace(call, service=service, tool_line=tool_line or None)


def _object(value: object) -> Mapping[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _caller_lines(conn: sqlite3.Connection, call_ids: Sequence[CallId]) -> dict[str, list[str]]:
    """What the caller said in each of these calls, in order."""
    lines: dict[str, list[str]] = {}
    for at in range(0, len(call_ids), _AT_ONCE):
        some = call_ids[at : at + _AT_ONCE]
        for call_id, text in conn.execute(_LINES.format(marks=", ".join("?" * len(some))), some):
            lines.setdefault(call_id, []).append(text)
    return lines


def _line(said: Iterable[str], service: str) -> str | None:
    """The first of them in which the service is named."""
    named = re.compile(re.escape(service.strip()), re.IGNORECASE)
    return next((text for text in said if named.search(text)), None)


# --- counts of days ---------------------------------------------------------------------------------------------------
def day_counts(conn: sqlite3.Connection, days: Sequence[tuple[date, datetime, datetime]]) -> list[DayCounts]:
    """The counts of each day, given with the instants [from, to) of its wall; in the order given."""
    values = [(number, milliseconds(start), milliseconds(end)) for number, (_, start, end) in enumerate(days)]
    marks = ", ".join(f"({number}, {start}, {end})" for number, start, end in values)
    if not marks:
        return []
    booked = conn.execute(
        f"WITH d(n, a, z) AS (VALUES {marks}) SELECT n, count(b.id) FILTER (WHERE b.status <> 'cancelled'), "
        "count(*) FILTER (WHERE b.status = 'cancelled'), count(*) FILTER (WHERE b.status = 'no_show') "
        "FROM d LEFT JOIN bookings b ON b.starts_at >= a AND b.starts_at < z GROUP BY n ORDER BY n"
    ).fetchall()
    rang = conn.execute(
        f"WITH d(n, a, z) AS (VALUES {marks}) SELECT n, count(c.id) FILTER (WHERE c.direction = 'inbound' "
        "AND c.outcome IS NOT 'spam') FROM d LEFT JOIN calls c ON c.started_at >= a AND c.started_at < z "
        "GROUP BY n ORDER BY n"
    ).fetchall()
    return [
        DayCounts(day=day, bookings=b[1], cancelled=b[2], no_shows=b[3], calls=c[1])
        for (day, _, _), b, c in zip(days, booked, rang, strict=True)
    ]


def day_takings(conn: sqlite3.Connection, days: Sequence[tuple[date, datetime, datetime]]) -> list[tuple[date, int]]:
    """Cents of the bookings of each day that were completed and not refunded, given as to `day_counts`."""
    marks = ", ".join(f"({n}, {milliseconds(a)}, {milliseconds(z)})" for n, (_, a, z) in enumerate(days))
    if not marks:
        return []
    rows = conn.execute(
        f"WITH d(n, a, z) AS (VALUES {marks}) SELECT n, coalesce(sum(b.price_cents), 0) FROM d LEFT JOIN bookings b "
        "ON b.starts_at >= a AND b.starts_at < z AND b.status = 'completed' AND b.payment_status <> 'refunded' "
        "GROUP BY n ORDER BY n"
    ).fetchall()
    return [(day, row[1]) for (day, _, _), row in zip(days, rows, strict=True)]


def first_known(conn: sqlite3.Connection) -> datetime | None:
    """When the first booking this device knows began."""
    row = conn.execute("SELECT min(starts_at) FROM bookings").fetchone()
    return None if row[0] is None else instant(row[0])


def first_call(conn: sqlite3.Connection) -> datetime | None:
    """When the first call this device knows began."""
    row = conn.execute("SELECT min(started_at) FROM calls").fetchone()
    return None if row[0] is None else instant(row[0])


# --- how long bookings are --------------------------------------------------------------------------------------------
def mean_length(conn: sqlite3.Connection, start: datetime, end: datetime) -> tuple[float, int]:
    """Minutes a booking of [start, end) took on average, with the pause after it, and of how many that is."""
    row = conn.execute(
        "SELECT avg((b.ends_at - b.starts_at) / 60000.0 + coalesce(s.buffer_minutes, 0)), count(*) FROM bookings b "
        "LEFT JOIN services s ON s.id = b.service_id "
        "WHERE b.starts_at >= ? AND b.starts_at < ? AND b.status NOT IN ('cancelled', 'no_show')",
        (milliseconds(start), milliseconds(end)),
    ).fetchone()
    return float(row[0] or 0.0), int(row[1])


def began(conn: sqlite3.Connection, start: datetime, end: datetime) -> list[Began]:
    """All bookings of [start, end), the newest first."""
    rows = conn.execute(
        "SELECT b.id, b.starts_at, b.customer_name, b.service_name, b.status, "
        "(b.ends_at - b.starts_at) / 60000.0 + coalesce(s.buffer_minutes, 0) FROM bookings b "
        "LEFT JOIN services s ON s.id = b.service_id WHERE b.starts_at >= ? AND b.starts_at < ? "
        "ORDER BY b.starts_at DESC, b.id DESC",
        (milliseconds(start), milliseconds(end)),
    )
    return [
        Began(
            row_id=row[0],
            at=instant(row[1]),
            name=row[2],
            service=row[3],
            status=word(BookingStatus, row[4], BookingStatus.UNKNOWN),
            minutes=row[5],
        )
        for row in rows
    ]
