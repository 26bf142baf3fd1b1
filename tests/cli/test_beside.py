"""A command beside the running app, two processes on one database: neither waits for nor loses what the other does."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.cli.bookings import coming
from tests.cli.conftest import Chatty
from tests.e2e.proxy import Proxy
from tests.programs import ROOT

PATIENCE_S = 60


def as_process(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "cli.py", *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_running_engine_sends_what_a_command_beside_it_changed(filled: Chatty) -> None:
    # Not one of the days that other tests change: this stays at the hosted API.
    booking = coming(filled, since="+14d", until="+20d")
    watching = as_process("sync", "--watch")
    try:
        assert watching.stdout
        lines = (json.loads(line) for line in watching.stdout)
        next(line for line in lines if line["state"] == "online")
        said = filled("bookings", "edit", booking["booking_id"], "--notes", "from beside", "--json").json
        assert said["booking"]["notes"] == "from beside" and said["waiting"] == 1
        next(line for line in lines if line["waiting"] == 1)
        next(line for line in lines if line["waiting"] == 0)
    finally:
        watching.terminate()
        watching.communicate(timeout=PATIENCE_S)
    assert filled("outbox", "--json").json["waiting"] == 0


def test_commands_at_the_same_time_all_keep_their_change(filled: Chatty, network: Proxy) -> None:
    booking = coming(filled)
    network.cut()
    running = [as_process("calendars", "add", f"https://cal.test/{n}.ics", "--name", f"Calendar {n}") for n in range(3)]
    running.append(as_process("bookings", "edit", booking["booking_id"], "--notes", "at once"))
    answers: list[dict[str, Any]] = []
    for process in running:
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, out + err
        answers.append(json.loads(out))
    numbers = {answer["change"]["change_id"] for answer in answers}
    assert len(numbers) == 4
    assert {change["change_id"] for change in filled("outbox", "--json").json["outbox"]} == numbers


def test_a_changed_booking_survives_the_process_that_changed_it(filled: Chatty, network: Proxy, tmp_path: Path) -> None:
    booking = coming(filled)
    network.cut()
    process = as_process("bookings", "cancel", booking["booking_id"])
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert json.loads(out)["booking"]["status"] == "cancelled" and (tmp_path / "device").exists()
    listed = filled("bookings", "--day", booking["starts_at"][:10], "--all", "--json").json["bookings"]
    (found,) = [each for each in listed if each["booking_id"] == booking["booking_id"]]
    assert found["status"] == "cancelled" and found["pending"]
