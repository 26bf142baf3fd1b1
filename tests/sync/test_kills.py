"""The app and the hosted API as processes that are killed at random instants; `make soak` kills ten times as often."""

import json
import subprocess
import sys

from bench.processes import ROOT

KILLS = 50


def test_fifty_kills_lose_nothing_and_do_nothing_twice() -> None:
    # In a process of its own, because it forks.
    command = [sys.executable, "-m", "bench.kills", "--kills", str(KILLS), "--seed", "3", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    sys.stdout.write(f"{figures}\n")
    assert (figures["lost"], figures["twice"], figures["unsound"]) == (0, 0, [])
    assert figures["kills"] == KILLS and figures["server_kills"] >= 1
    assert min(figures["acknowledged"], figures["sent"]) > KILLS, "most died before they had done anything"
