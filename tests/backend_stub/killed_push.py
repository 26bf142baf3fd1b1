"""A program that takes one batch and is killed at a given statement of it.  Run by test_push_together.py.

python -m tests.backend_stub.killed_push FOLDER STATEMENT NTH
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from backend_stub.push.actor import Actor
from backend_stub.push.results import Batch, take
from backend_stub.store import AccountNo, Store, Transaction
from tests.backend_stub import example_rows as eg
from tests.backend_stub.asking import TEN, create, text_to

CLIENT_ID = "5b0d3c7e-6f1a-4c7e-9f5d-2f6f0c0a11aa"
IDS = [f"019ab216-5780-7000-8000-{number:012d}" for number in range(20)]


def batch() -> Batch:
    """Twenty new bookings, each with a message."""
    actor = Actor(
        account=AccountNo(1),
        name="Owner",
        role="owner",
        time_zone=eg.ZONE,
        client_id=CLIENT_ID,
        mid=0,
        now_ms=eg.NOON,
    )
    mutations: list[Any] = [
        (mid, create(row_id, starts_at=TEN + mid * eg.DAY, customer_phone=f"+1415555{mid:04d}", tell=text_to()))
        for mid, row_id in enumerate(IDS, 1)
    ]
    return Batch(
        actor=actor,
        mutations=mutations,
        forgot=lambda _connection: False,
        deferring=lambda: None,
        poisonous=lambda _mid: False,
    )


def main(folder: str, statement: str, nth: str) -> None:
    store = Store(Path(folder))
    left = int(nth)

    def watch(sql: str) -> None:
        nonlocal left
        if sql.lstrip().startswith(statement):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def trace(tx: Transaction) -> None:
        tx.connection.set_trace_callback(watch)

    store.write_now(trace)
    store.write_each_now(lambda transact: take(transact, batch()))


if __name__ == "__main__":
    main(*sys.argv[1:])
