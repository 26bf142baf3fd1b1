"""Many at once, and a server that is killed: nothing is lost, nothing is done twice, nobody is booked twice."""

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend_stub.push.results import take
from backend_stub.store import Store
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import TEN, create, move, patch, text_to
from tests.backend_stub.conftest import Hosted, Start, add_business
from tests.backend_stub.feed_reader import Reader
from tests.backend_stub.killed_push import IDS, batch
from tests.backend_stub.pushing import Device, all_of, device

PUSHERS, ROUNDS = 50, 4


async def test_fifty_pushers_and_a_reader_that_never_stops_agree(start: Start) -> None:
    hosted: Hosted = await start(limits=False)
    http = await hosted.client()
    crowd = [_Pusher(Device(http), hosted.business.staff_id, seed) for seed in range(PUSHERS)]
    reader = Reader(http, limit=7)
    pushing = asyncio.gather(*(one.run() for one in crowd))
    while not pushing.done():
        await reader.step()
    results = [result for one in await pushing for result in one]
    await reader.drain()
    versions = {(kind, row["id"]): row["version"] for kind in KINDS for row in all_of(hosted, kind)}
    assert {key: row["version"] for key, row in reader.rows.items() if key[0] in KINDS} == versions
    assert {result["status"] for result in results} == {"ok", "conflict"}
    assert doubly_booked(hosted) == []
    told = sum(result["status"] == "ok" for result in results)
    assert len(all_of(hosted, "messages")) == told
    assert counted(hosted) == {one.device.client_id: (one.device.mid, one.device.mid) for one in crowd}


KINDS = ("bookings", "messages")


class _Pusher:
    """Makes a booking and moves it about, all in one day of one person; sends everything twice at once."""

    def __init__(self, device: Device, staff_id: str, seed: int) -> None:
        self.device = device
        self._staff_id = staff_id
        self._chance = random.Random(seed)

    async def run(self) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = []
        row = self._booking()
        for turn in range(ROUNDS):
            asked = row if turn == 0 else move(as_row(row), self._time(), tell=text_to(f"{row['id']} {turn}"))
            batch = [self.device.numbered(asked), self.device.numbered(self._booking())]
            one, other = await asyncio.gather(self.device.send(*batch), self.device.send(*batch))
            assert one.json()["results"] == other.json()["results"]
            results += one.json()["results"]
        return results

    def _booking(self) -> dict[str, Any]:
        starts_at = self._time()
        return create(
            staff_id=self._staff_id,
            starts_at=starts_at,
            ends_at=starts_at + 15 * 60_000,
            customer_phone="+14155550142",
            tell=text_to(f"{self.device.client_id} {self.device.mid}"),
        )

    def _time(self) -> int:
        return TEN + self._chance.randrange(8 * 4) * 15 * 60_000 - eg.HOUR + self._chance.randrange(12) * eg.DAY


def as_row(asked: dict[str, Any]) -> dict[str, Any]:
    return {"id": asked["id"], **asked["values"]}


def doubly_booked(hosted: Hosted) -> list[Any]:
    return hosted.store.peek(
        lambda connection: connection.execute(
            "SELECT a.id, b.id FROM slot a JOIN slot b ON a.account = b.account AND a.whose = b.whose"
            " AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        ).fetchall()
    )


def counted(hosted: Hosted) -> dict[str, tuple[int, int]]:
    """By device: the last number, and how many results there are."""
    rows = hosted.store.peek(
        lambda connection: connection.execute(
            "SELECT client_id, last_mid, count(*) FROM client JOIN mutation_result USING (account, client_id)"
            " GROUP BY client_id"
        ).fetchall()
    )
    return {row[0]: (row[1], row[2]) for row in rows}


@pytest.mark.parametrize(
    ("statement", "nth", "kept"),
    [
        ("INSERT INTO entity", 11, 3),
        ("INSERT INTO mutation_result", 4, 3),
        ("COMMIT", 6, 3),
    ],
)
def test_a_kill_keeps_a_prefix_whole_and_the_rest_can_be_sent_again(
    tmp_path: Path, statement: str, nth: int, kept: int
) -> None:
    store = Store(tmp_path)
    add_business(store)
    store.close()
    command = [sys.executable, "-m", "tests.backend_stub.killed_push", str(tmp_path), statement, str(nth)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    store = Store(tmp_path)
    assert store.peek(lambda connection: connection.execute("PRAGMA integrity_check").fetchone()) == ("ok",)
    assert held(store) == (kept, kept, IDS[:kept], kept, kept)
    again = store.write_each_now(lambda transact: take(transact, batch()))
    assert (len(again.results), again.last_mid) == (20, 20)
    assert held(store) == (20, 20, IDS, 20, 20)
    assert store.write_each_now(lambda transact: take(transact, batch())) == again
    assert held(store) == (20, 20, IDS, 20, 20)
    store.close()


def held(store: Store) -> tuple[int, int, list[str], int, int]:
    """The last number, the stored results, the bookings, the messages, the customers."""

    def ask(sql: str) -> list[Any]:
        return [row[0] for row in store.peek(lambda connection: connection.execute(sql).fetchall())]

    last = ask("SELECT last_mid FROM client")
    kinds = [ask(f"SELECT id FROM entity WHERE kind = '{kind}' ORDER BY id") for kind in ("bookings", "messages")]
    people = ask("SELECT id FROM entity WHERE kind = 'customers'")
    return last[0], len(ask("SELECT mid FROM mutation_result")), kinds[0], len(kinds[1]), len(people)


async def test_a_mutation_that_breaks_the_server_keeps_what_came_before(start: Start) -> None:
    hosted: Hosted = await start(faults="poison:3@/v1/sync/push")
    phone = await device(hosted)
    batch = [phone.numbered(create(starts_at=TEN + day * eg.DAY)) for day in range(4)]
    assert [(await phone.send(*batch)).status_code for _ in range(2)] == [500, 500]
    assert (await phone.send()).json()["last_mid"] == 2
    await hosted.http.delete("/v1/_faults")
    assert [result["status"] for result in (await phone.send(*batch)).json()["results"]] == ["ok"] * 4
    assert len(all_of(hosted, "bookings")) == 4


async def test_one_device_may_send_for_two_bookings_and_patch_what_it_made(hosted: Hosted) -> None:
    phone = await device(hosted)
    one = create()
    results = await phone.push(one, patch(one["id"], notes=(None, "Tea")), patch(one["id"], notes=("Tea", "Coffee")))
    assert [result["status"] for result in results] == ["ok"] * 3
    assert [row["notes"] for row in all_of(hosted, "bookings")] == ["Coffee"]
