"""A database file of a business with very many calls and their transcripts, filled without a server."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from typing import Any, Final

from bench.big_business import TODAY
from client.storage import schema
from client.storage.columns import json_text, milliseconds
from client.storage.database import Database

TURNS: Final = 12
VOCABULARY: Final = 8_000
"""Different words besides those of the sentences, as rare as words are: the nth is said 1/n as often as the first."""

_SAID: Final = (
    "Hi, I'd like to book a {service} for {day} if you have anything at {hour}.",
    "Is {person} working on {day}? I had a {service} with her last time and loved it, {rare} as she was.",
    "Hola, quisiera una cita para {service} el {day} a las {hour}, si se puede.",
    "How much is a {service}, and does that include the {rare}?",
    "No, {hour} is too late for me, I have to be at the {rare} by then.",
    "My number is five five five, {number}. You can text me there, or ask for {name}.",
    "Perfect, thank you so much. And could you tell {person} about the {rare} and the {rare}?",
)
_ANSWERED: Final = (
    "Thanks for calling Bella Salon, this is Luna, an AI assistant. This call may be recorded. How can I help?",
    "I have {hour} with {person} on {day}. Shall I book that for you, {name}?",
    "A {service} is {number} dollars. That includes the consultation, but not the {rare}.",
    "Claro, tengo el {day} a las {hour} con {person}. ¿Le reservo esa hora, {name}?",
    "You're booked for {day} at {hour} with {person}. I'll send you a text with the details.",
    "I'm sorry, we don't offer {rare}. Could I help you with a {service} instead?",
)
_SERVICES: Final = ("balayage", "women's cut", "men's cut", "full colour", "manicure", "beard trim", "peinado", "tinte")
_PEOPLE: Final = ("Ana", "Luis", "Noor", "Chloë", "Pía")
_NAMES: Final = (
    "Maria Gómez",
    "Jun Ortiz",
    "Priya Shah",
    "Tom Baker",
    "Zoë Lind",
    "Søren Berg",
    "José Peña",
    "Ida Lee",
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "viernes", "martes")
_HOURS: Final = ("nine", "half past ten", "noon", "3:15", "four thirty", "17:00", "las cinco")
_SYLLABLES: Final = ("ba", "ke", "lo", "mi", "ran", "sto", "ti", "vel", "mor", "pen", "dis", "con")
_OUTCOMES: Final = ("booked", "info_provided", "booked", "hung_up", "booking_failed", "spam", "missed")
_TAIL: Final = {"version": 1, "gen": 1}


def fill(db: Database, calls: int, transcripts: int) -> None:
    """`calls` calls of which the newest `transcripts` have their words; a call every seventeen minutes."""
    chance = random.Random(2)
    db.write_blocking(lambda conn: _put_all(conn, "calls", _calls(calls, chance)))
    db.write_blocking(lambda conn: _put_all(conn, "turns", _turns(transcripts, chance)))
    db.write_blocking(_complete)


def rare_word(rank: int) -> str:
    """The word of that rank, counted from 0."""
    first, rest = divmod(rank, len(_SYLLABLES) ** 2)
    syllables = (rest % len(_SYLLABLES), rest // len(_SYLLABLES), first % len(_SYLLABLES), first // len(_SYLLABLES))
    return "".join(_SYLLABLES[each % len(_SYLLABLES)] for each in syllables)


def _complete(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE streams SET complete = 1, cursor = 'c', ccursor = 'c', stage = 'follow', as_of = 0")
    schema.ensure_indexes(conn)


def _calls(count: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(count):
        at = milliseconds(TODAY - timedelta(minutes=17 * number))
        outcome = chance.choice(_OUTCOMES)
        yield {
            "id": f"call-{number}",
            "caller_name": chance.choice((*_NAMES, None)),
            "caller_phone": f"+1555{number % 10_000_000:07}",
            "direction": "inbound",
            "employee_id": "luna",
            "employee_name": "Luna",
            "started_at": at,
            "answered_at": at,
            "ended_at": at + 120_000,
            "status": "ended",
            "handler": "ai",
            "outcome": outcome,
            "summary": f"Asked about a {chance.choice(_SERVICES)}.",
            "extracted": "{}",
            "language": "en",
            "requires_followup": 0,
            "consent": '{"state":"given"}',
            "flags": json_text([{"turn_id": f"turn-{number}-2", "label": "", "by": "o", "at": at}])
            if number % 97 == 0
            else "[]",
            "turn_count": TURNS,
            **_TAIL,
        }


def _turns(calls: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    ranks = range(VOCABULARY)
    weights = list(accumulate(1 / (rank + 1) for rank in ranks))
    rare = [rare_word(rank) for rank in chance.choices(ranks, cum_weights=weights, k=200_000)]
    for number in range(calls):
        began = milliseconds(TODAY - timedelta(minutes=17 * number))
        for index in range(TURNS):
            ours = index % 2 == 0
            at = began + index * 9_000
            yield {
                "id": f"turn-{number}-{index}",
                "call_id": f"call-{number}",
                "index": index,
                "kind": "speech",
                "speaker": "assistant" if ours else "caller",
                "name": "Luna" if ours else None,
                "text": _said(chance, rare, _ANSWERED if ours else _SAID),
                "started_at": at,
                "ended_at": at + 8_000,
                "language": "en",
                "low_confidence": "[]",
                **_TAIL,
            }


def _said(chance: random.Random, rare: list[str], sentences: tuple[str, ...]) -> str:
    text = chance.choice(sentences)
    while "{rare}" in text:
        text = text.replace("{rare}", chance.choice(rare), 1)
    return text.format(
        service=chance.choice(_SERVICES),
        day=chance.choice(_DAYS),
        hour=chance.choice(_HOURS),
        person=chance.choice(_PEOPLE),
        name=chance.choice(_NAMES),
        number=chance.randrange(10, 9999),
    )


def _put_all(conn: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    names = ", ".join(f'"{name}"' for name in first)
    sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(first))})"
    conn.execute(sql, tuple(first.values()))
    conn.executemany(sql, (tuple(row.values()) for row in rows))
