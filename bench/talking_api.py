"""A hosted API whose one call gets a new turn a fixed number of times a second; started by bench.live as a process.

`python -m bench.talking_api PORT RATE SECONDS`: prints `ready`, begins at a line on standard input, prints `done`.
Each turn's text is its number and the nanosecond at which its commit was asked for.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn

from backend_stub import calls_player
from backend_stub.accounts import demo_account
from backend_stub.app import create_app
from backend_stub.clock import SystemClock
from backend_stub.demo import seed_demo
from backend_stub.settings import Settings
from backend_stub.store import AccountNo, Store, Transaction

SNAPSHOT = Path(calls_player.__file__).parents[1] / "contract" / "call_snapshot.json"
CALL_ID = "01900000-0000-7000-8000-00000000be9c"


def main(port: int, rate: float, seconds: float) -> None:
    store, clock, settings = Store(None), SystemClock(), Settings(play=False, limits=False)
    try:
        seed_demo(store, clock, settings)
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(store, clock, settings), port=port, log_level="warning", ws_per_message_deflate=False
            )
        )
        asyncio.run(_serve_and_talk(server, store, rate, seconds))
    finally:
        store.close()


async def _serve_and_talk(server: uvicorn.Server, store: Store, rate: float, seconds: float) -> None:
    account = store.peek(demo_account)
    assert account is not None
    example = json.loads(SNAPSHOT.read_text(encoding="utf-8"))["changes"]
    now_ms = time.time_ns() // 1_000_000
    call = {**example["calls"][0], "id": CALL_ID, "started_at": now_ms, "answered_at": now_ms, "customer_id": None}
    serving = asyncio.create_task(server.serve())
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    # Only now: a call that is open when the server starts counts as left over and is closed.
    await store.write(lambda tx: tx.put(account.number, "calls", call))
    begun = asyncio.get_running_loop().time()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - asyncio.get_running_loop().time()))
        await store.write(_turn(account.number, example["turns"][0], number))
    print("done", flush=True)
    await serving


def _turn(account: AccountNo, example: dict[str, Any], number: int) -> Any:
    asked_ns = time.time_ns()

    def put(tx: Transaction) -> int:
        turn = {
            **example,
            "id": f"01900000-0000-7000-8000-{number:012x}",
            "call_id": CALL_ID,
            "index": number,
            "text": f"turn {number} {asked_ns}",
            "started_at": asked_ns // 1_000_000,
            "ended_at": asked_ns // 1_000_000,
        }
        return tx.put(account, "turns", turn)

    return put


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
