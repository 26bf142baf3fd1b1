"""Any JSON at the push's door: never a fault of ours, always a problem document or one result for each mutation.

What is sent begins as a right request and is bent at random places, so that much of it comes as far as the effects.
"""

import copy
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from backend_stub.push.shapes import PushAnswer
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import TEN, create, mutation, patch, text_to
from tests.backend_stub.conftest import Hosted
from tests.backend_stub.pushing import Device, all_of, device, stored

ROUNDS = int(os.environ.get("CHATTY_SEEDS", "300"))

STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.5, -0.0, 1e308, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**40, eg.NOON, TEN),
    *("", " ", "\x00", "\x7f", "\u2028", "\ud800", "é" * 300, "x" * 3000, "--help", "null", "skip", "NaN"),
    *(
        "confirmed",
        "cancelled",
        "2025-11-24T10:00:00Z",
        "019ab216-5780-7000-8000-000000000000",
        "'; DROP TABLE entity;--",
    ),
    *([], {}, [[]], [None], {"": None}, {"op": "booking.create"}, [0, 1], ["a", "b"], [[1, 2], [3, 4]]),
)
WORDS = (
    "op",
    "v",
    "id",
    "mid",
    "set",
    "values",
    "tell",
    "allow",
    "base_version",
    "starts_at",
    "ends_at",
    "staff_id",
    "resource_id",
    "url",
)
OPS = ("booking.create", "booking.patch", "block.create", "block.remove", "calendar.add", "calendar.remove", "skip")


class Bender:
    """Right requests, bent."""

    def __init__(self, seed: int, hosted: Hosted) -> None:
        self.chance = random.Random(seed)
        self._business = hosted.business

    def body(self, client_id: str, mid: int) -> Any:
        """A request of a few mutations from `mid` on; half of them have something wrong in them."""
        mutations = [{"mid": mid + n, **self._mutation()} for n in range(self.chance.randrange(4))]
        body: Any = {"client_id": client_id, "schema": 2, "mutations": mutations}
        for _ in range(self.chance.choice((0, 1, 1, 2, 5))):
            place = mutations if self.chance.random() < 0.85 else body
            self._bend(place)
        return body if self.chance.random() < 0.97 else self._strange()

    def _mutation(self) -> dict[str, Any]:
        day = self.chance.randrange(5)
        row = self.chance.choice(ROWS)
        right: list[Callable[[], dict[str, Any]]] = [
            lambda: create(starts_at=TEN + day * eg.DAY, tell=text_to(), customer_phone="+1 415 555 0142"),
            lambda: create(row, starts_at=TEN, service_id=self._business.service_id, staff_id=self._business.staff_id),
            lambda: patch(row, notes=(None, f"note {day}")),
            lambda: patch(row, status=("confirmed", "cancelled"), tell=text_to()),
            lambda: patch(row, starts_at=(TEN, TEN + day), ends_at=(TEN, TEN + eg.HOUR), staff_id=(None, None)),
            lambda: mutation("block.create", values=_block(day)),
            lambda: mutation("block.remove", row, base_version=day),
            lambda: mutation("calendar.add", values={"name": "Mine", "url": "http://calendar.invalid/a.ics"}),
            lambda: mutation("calendar.remove", row),
            lambda: mutation("skip"),
        ]
        return copy.deepcopy(self.chance.choice(right)())

    def _bend(self, place: Any) -> None:
        """Change, take out or add something somewhere below."""
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = self.chance.choice(keys)
            if isinstance(place[key], dict | list) and place[key] and self.chance.random() < 0.75:
                place = place[key]
                continue
            match self.chance.randrange(4):
                case 0:
                    del place[key]
                case 1 if isinstance(place, dict):
                    place[self.chance.choice(WORDS)] = self._strange()
                case 2 if isinstance(place, dict) and "op" in place:
                    place["op"] = self.chance.choice(OPS)
                case _:
                    place[key] = self._strange()
            return

    def _strange(self) -> Any:
        return copy.deepcopy(self.chance.choice(STRANGE))


ROWS = tuple(f"019ab216-5780-7000-8000-{number:012d}" for number in range(4))


def _block(day: int) -> dict[str, Any]:
    starts_at = TEN + day * eg.DAY
    return {"starts_at": starts_at, "ends_at": starts_at + eg.HOUR, "title": "Lunch", "source": "manual"}


async def test_whatever_comes_is_answered_and_leaves_all_in_order(hosted: Hosted) -> None:
    phone = await device(hosted)
    for number, row_id in enumerate(ROWS[:3]):
        await stored(hosted, eg.booking(id=row_id, starts_at=TEN + number * eg.DAY, staff_id=hosted.business.staff_id))
    bender = Bender(2, hosted)
    seen: Counter[str] = Counter()
    last = 0
    for _ in range(ROUNDS):
        body = bender.body(phone.client_id, last + 1)
        answer = await _post(phone, body)
        assert answer.status_code in (200, 413, 422, 426), (answer.status_code, answer.text, body)
        assert answer.headers["content-type"].startswith("application/")
        if answer.status_code == 200:
            said = PushAnswer.model_validate_json(answer.content)
            seen.update(result.status for result in said.results)
            seen.update(result.code for result in said.results if result.code)
            if said.client_id == phone.client_id:
                _as_asked(said, body, last)
                last = said.last_mid
        else:
            assert {"type", "title", "status", "code"} <= answer.json().keys()
            seen[str(answer.status_code)] += 1
        _all_in_order(hosted, phone.client_id, last)
    assert {"ok", "conflict", "rejected", "422", "invalid", "unknown_op"} <= seen.keys(), seen


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "null",
            "[]",
            "{",
            '"x"',
            "1e999",
            "NaN",
            "\ufeff{}",
            "{}",
            '{"client_id":1}',
            "[" * 100_000,
            '{"a":' * 50_000,
        ),
        '{"client_id":"CLIENT","schema":2,"mutations":[{"mid":1},{"mid":1},{"mid":0},{"mid":-1}]}',
        '{"client_id":"CLIENT","schema":2,"mutations":[{"mid":1,"op":{},"v":[]}],"client_id":"x"}',
        '{"client_id":"CLIENT","schema":2,"mutations":[{"mid":9007199254740993,"op":"skip","v":1}]}',
        '{"client_id":"CLIENT","schema":99999999999999999999,"mutations":[]}',
    ],
)
async def test_what_is_no_request_is_a_problem(hosted: Hosted, text: str) -> None:
    phone = await device(hosted)
    content = text.replace("CLIENT", phone.client_id).encode(errors="surrogatepass")
    answer = await phone.http.post("/v1/sync/push", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 413, 422), answer.text
    assert answer.json()["status"] == answer.status_code and answer.json()["code"]


async def _post(phone: Device, body: Any) -> Any:
    # httpx cannot write half a surrogate pair, a device can.
    return await phone.http.post(
        "/v1/sync/push", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )


def _as_asked(said: PushAnswer, body: Any, last: int) -> None:
    """Results are those of the first mutations, in order, and the count goes up by those that were new."""
    asked = [each["mid"] for each in body["mutations"]]
    told = [result.mid for result in said.results]
    assert told == asked[: len(told)]
    assert last <= said.last_mid <= last + len(told)


def _all_in_order(hosted: Hosted, client_id: str, last: int) -> None:
    """Each number has one result, no two bookings share somebody's time, every row can be read."""
    rows = hosted.store.peek(
        lambda conn: conn.execute(
            "SELECT mid FROM mutation_result WHERE client_id = ? ORDER BY mid", (client_id,)
        ).fetchall()
    )
    assert [mid for (mid,) in rows] == list(range(1, last + 1))
    taken = [
        (row["staff_id"], row["starts_at"], row["ends_at"])
        for row in all_of(hosted, "bookings")
        if row["staff_id"] is not None and row["status"] in ("pending", "confirmed", "completed")
    ]
    for place, (staff_id, starts_at, ends_at) in enumerate(taken):
        for other_id, begins, ends in taken[:place]:
            assert other_id != staff_id or ends <= starts_at or ends_at <= begins
    for kind in ("blocks", "calendars", "customers", "messages"):
        all_of(hosted, kind)
