"""Signing out from the command line: nothing unsent goes unasked, and what goes is gone, also after a kill."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.bookings import coming
from tests.cli.conftest import Chatty
from tests.cli.documented import keys
from tests.e2e.proxy import Proxy
from tests.programs import KEPT_IN_A_VAULT, ROOT


def accounts_of(device: Path) -> list[str]:
    return sorted(each.name for each in (device / "accounts").glob("*"))


def note(chatty: Chatty, text: str = "window seat") -> str:
    """An edit that waits; the id of its booking."""
    booking_id = coming(chatty)["booking_id"]
    assert chatty("bookings", "edit", booking_id, "--notes", text, "--json").json["waiting"] == 1
    return booking_id


# --- nothing waits --------------------------------------------------------------------------------------------------
def test_it_removes_the_data_and_the_next_command_is_signed_out(entered: Chatty, tmp_path: Path) -> None:
    said = entered("logout", "--json")
    assert said.code == 0
    assert said.json == {"signed_in": False, "told": True, "removed": True, "not_sent": 0, "file": None}
    assert said.json.keys() == keys("signs\nnobody out and removes nothing")
    assert accounts_of(tmp_path / "device") == []
    assert entered("bookings", "--json").json["error"] == "signed_out"
    assert entered("logout", "--json").json == said.json


def test_it_works_offline_and_says_that_the_api_does_not_know(entered: Chatty, network: Proxy) -> None:
    network.cut()
    said = entered("logout")
    assert "is gone from this device" in said.out and "The API could not be told" in said.out


# --- something waits ------------------------------------------------------------------------------------------------
def test_it_refuses_while_changes_wait_and_names_the_ways(filled: Chatty, network: Proxy, tmp_path: Path) -> None:
    network.cut()
    booking_id = note(filled)
    for _ in range(2):
        said = filled("logout", "--json")
        assert (said.code, said.json["error"]) == (1, "unsent")
        assert said.json["sentence"].startswith("1 change is not sent; `--send` sends it first.")
        assert "--export FILE" in said.json["sentence"] and "--discard" in said.json["sentence"]
    assert len(accounts_of(tmp_path / "device")) == 1
    (change,) = filled("outbox", "--json").json["outbox"]
    assert change["row_id"] == booking_id and filled("doctor", "--json").json["signed_in"] is True


def test_sending_without_a_connection_loses_nothing(filled: Chatty, network: Proxy) -> None:
    network.cut()
    note(filled)
    said = filled("logout", "--send", "--json")
    assert (said.code, said.json["error"]) == (3, "offline")
    assert len(filled("outbox", "--json").json["outbox"]) == 1


def test_what_is_sent_first_is_on_the_server(entered: Chatty, network: Proxy, tmp_path: Path) -> None:
    network.cut()
    booking_id = note(entered, "sent on the way out")
    network.mend()
    said = entered("logout", "--send", "--json").json
    assert (said["not_sent"], said["removed"], said["told"]) == (0, True, True)
    assert accounts_of(tmp_path / "device") == []
    entered("login", "--demo")
    listed = entered("bookings", "--from", "+1d", "--to", "+13d", "--json").json["bookings"]
    assert next(each for each in listed if each["booking_id"] == booking_id)["notes"] == "sent on the way out"


def test_what_is_refused_is_not_sent_and_still_not_lost(entered: Chatty, tmp_path: Path) -> None:
    number = coming(entered)["booking_id"]
    entered("bookings", "edit", number, "--notes", "x")
    (file,) = (tmp_path / "device").glob("accounts/*/chatty.db")
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("UPDATE outbox SET state = 'refused'")
    said = entered("logout", "--send", "--json")
    assert (said.code, said.json["error"]) == (1, "unsent")
    assert "still not sent; `chatty outbox` says why" in said.json["sentence"]


def test_a_file_keeps_what_is_not_sent(entered: Chatty, network: Proxy, tmp_path: Path) -> None:
    network.cut()
    booking_id = note(entered)
    refused = entered("logout", "--export", str(tmp_path / "no such folder" / "x.json"), "--json")
    assert (refused.code, refused.json["error"]) == (1, "file")
    assert len(entered("outbox", "--json").json["outbox"]) == 1
    file = tmp_path / "kept.json"
    said = entered("logout", "--export", str(file), "--json").json
    assert (said["not_sent"], said["file"], said["removed"]) == (1, str(file), True)
    (change,) = json.loads(file.read_text())["changes"]
    assert change["mutation"]["id"] == booking_id and "window seat" in json.dumps(change)
    assert accounts_of(tmp_path / "device") == []


def test_discarding_is_asked_for_by_name(entered: Chatty, network: Proxy, tmp_path: Path) -> None:
    network.cut()
    note(entered)
    assert entered("logout", "--discard", "--export", "x", "--json").json["error"] == "usage"
    said = entered("logout", "--discard")
    assert said.code == 0 and "1 change not sent." in said.out
    assert accounts_of(tmp_path / "device") == []


def test_data_that_cannot_be_opened_stays_locked_away(entered: Chatty, tmp_path: Path) -> None:
    (file,) = (tmp_path / "device").glob("accounts/*/chatty.db")
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA user_version = 9999")
    assert entered("logout", "--export", str(tmp_path / "x"), "--json").json["error"] == "storage"
    said = entered("logout", "--json").json
    assert (said["signed_in"], said["removed"]) == (False, False) and file.exists()


# --- killed in the middle -------------------------------------------------------------------------------------------
KILLED = """
import os, signal, sys

step, seen = int(sys.argv[1]), 0
TOUCHING = {"os.remove", "os.rmdir", "os.rename", "os.truncate", "shutil.rmtree", "os.scandir", "os.mkdir", "os.chmod"}

def count(event, arguments):
    global seen
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in TOUCHING or writes:
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

sys.argv = ["chatty", *sys.argv[2:]]
import cli
sys.addaudithook(count)
cli.main()
"""


def killed(step: int, network: Proxy, device: Path, *words: str, code: int = 0) -> bool:
    """Run that command until its `step`th touch of a file; False when it ended before, with that code."""
    command = [sys.executable, "-c", KILLED, str(step), *words, "--json"]
    environment = {**os.environ, **KEPT_IN_A_VAULT, "CHATTY_API": network.url, "CHATTY_DATA": str(device)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode in (code, -signal.SIGKILL), ended.stderr
    return ended.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_a_sign_out_killed_anywhere_is_whole_or_finished_by_the_next_start(
    filled: Chatty, network: Proxy, tmp_path: Path
) -> None:
    """The real command in processes of its own, killed at every seventh thing it does to a file."""
    device = tmp_path / "device"
    network.cut()
    note(filled)
    kept = tmp_path / "kept"
    subprocess.run(["cp", "-a", f"{device}/.", str(kept)], check=True)
    whole = finished = 0
    for step in range(4, 400, 7):
        subprocess.run(f"rm -rf {device}/* && cp -a {kept}/. {device}/", shell=True, check=True)
        if not killed(step, network, device, "logout", "--discard"):
            break
        begun = any((device / "accounts").glob("*.wipe"))
        said = filled("outbox", "--json")
        assert ("An account was being removed from this device" in said.err) is begun
        if said.code == 0:
            assert len(said.json["outbox"]) == 1, "killed before it was decided: nothing has happened"
            whole += 1
        else:
            assert said.json["error"] == "signed_out"
            assert accounts_of(device) == [], "what an earlier process began is finished"
            finished += 1
    assert whole >= 1 and finished >= 3, (whole, finished)
    assert accounts_of(device) == []


# --- signed out from another device ---------------------------------------------------------------------------------
@pytest.mark.parametrize("words", [("sync",), ("sync", "--watch"), ("logout", "--send")])
def test_a_revoked_device_is_emptied_and_says_so(
    words: tuple[str, ...],
    entered: Chatty,
    network: Proxy,
    revoke_devices: Callable[[], None],
    tmp_path: Path,
) -> None:
    network.cut()
    note(entered)
    network.mend()
    revoke_devices()
    said = entered(*words, "--json")
    answer = json.loads(said.out.splitlines()[-1])
    assert (said.code, answer["error"]) == (1, "device_revoked")
    assert "Changes that were not sent are gone with it." in answer["sentence"]
    assert accounts_of(tmp_path / "device") == []
    assert entered("outbox", "--json").json["error"] == "signed_out"


def test_a_revoked_device_that_signs_out_keeps_nothing_back(
    entered: Chatty, revoke_devices: Callable[[], None], tmp_path: Path
) -> None:
    (file,) = (tmp_path / "device").glob("accounts/*/chatty.db")
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA user_version = 9999")
    revoke_devices()
    said = entered("logout", "--json").json
    assert (said["told"], said["removed"]) == (True, True), "else it would stay, locked"
    assert accounts_of(tmp_path / "device") == []


def test_a_revoked_device_that_cannot_open_its_data_loses_it_all_the_same(
    entered: Chatty, network: Proxy, revoke_devices: Callable[[], None], tmp_path: Path
) -> None:
    (file,) = (tmp_path / "device").glob("accounts/*/chatty.db")
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA user_version = 9999")
    assert entered("outbox", "--json").json["error"] == "storage"
    revoke_devices()
    network.cut()
    assert entered("outbox", "--json").json["error"] == "storage", "it cannot know yet"
    network.mend()
    assert entered("outbox", "--json").json["error"] == "device_revoked"
    assert accounts_of(tmp_path / "device") == []


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_a_revoked_device_killed_anywhere_is_emptied_by_the_next_start(
    entered: Chatty, network: Proxy, revoke_devices: Callable[[], None], tmp_path: Path
) -> None:
    device, kept = tmp_path / "device", tmp_path / "kept"
    revoke_devices()
    subprocess.run(["cp", "-a", f"{device}/.", str(kept)], check=True)
    again = finished = 0
    for step in range(4, 400, 7):
        subprocess.run(f"rm -rf {device}/* && cp -a {kept}/. {device}/", shell=True, check=True)
        if not killed(step, network, device, "sync", code=1):
            break
        error = entered("sync", "--json").json["error"]
        assert accounts_of(device) == [], (step, error)
        again += error == "device_revoked"
        finished += error == "signed_out"
    assert again >= 1 and finished >= 2, (again, finished)
    assert accounts_of(device) == []
