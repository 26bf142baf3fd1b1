"""Several accounts on one device: what is kept of each, and what a removal leaves of one."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import accounts
import wiping
from accounts import AccountTokens, KeptSession, SessionKeeper, name_of
from client.config import Config
from client.models.account import Identity, Role, Tokens
from client.models.ids import AccountId, UserId
from client.models.removal import Reason, Removal
from client.platform.secrets.memory import MemorySecrets
from client.platform.secrets.vault import VaultSecrets


def who(account: str, user: str = "u") -> Identity:
    return Identity(
        api_url="http://hosted.test",
        account_id=AccountId(account),
        user_id=UserId(user),
        name="Ana",
        email="ana@example.com",
        role=Role.OWNER,
        business_name=f"Salon {account}",
    )


def tokens(access: str) -> Tokens:
    return Tokens(access=access, refresh="r", expires_at_ms=1, device_id="d", session_id="s")


def session(account: str) -> KeptSession:
    return KeptSession(identity=who(account), tokens=tokens(f"of {account}"))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(api_url="http://hosted.test", data_dir=tmp_path)


@pytest.fixture
def secrets() -> MemorySecrets:
    return MemorySecrets()


@pytest.fixture
def keeper(secrets: MemorySecrets, config: Config) -> SessionKeeper:
    return SessionKeeper(secrets, config)


async def test_the_last_one_signed_in_is_shown_and_the_others_are_kept(keeper: SessionKeeper) -> None:
    assert await keeper.shown() is None and await keeper.identities() == ()
    await keeper.keep(session("a"))
    await keeper.keep(session("b"))
    assert await keeper.shown() == session("b")
    assert await keeper.identities() == (who("b"), who("a"))
    await keeper.show(who("a"))
    assert await keeper.shown() == session("a")
    assert await keeper.identities() == (who("a"), who("b"))


async def test_signing_out_of_one_leaves_the_others(keeper: SessionKeeper, secrets: MemorySecrets) -> None:
    for account in "abc":
        await keeper.keep(session(account))
    await keeper.forget(name_of(who("c")))
    assert await keeper.shown() is None, "which one comes next is not for the keeper to say"
    assert await keeper.identities() == (who("b"), who("a"))
    await keeper.forget(name_of(who("a")))
    await keeper.forget(name_of(who("b")))
    assert secrets._secrets == {}


async def test_tokens_of_one_account_never_touch_those_of_another(keeper: SessionKeeper) -> None:
    await keeper.keep(session("a"))
    await keeper.keep(session("b"))
    of_a = AccountTokens(keeper, who("a"))
    await of_a.save(tokens("refreshed"))
    assert await of_a.load() == tokens("refreshed")
    assert await keeper.shown() == session("b"), "refreshing does not change which account is shown"
    await of_a.clear()
    assert await of_a.load() is None
    assert await keeper.shown() == session("b")


async def test_a_session_of_the_first_version_is_taken_over(secrets: MemorySecrets, config: Config) -> None:
    place = f"{config.api_url}\n{config.data_dir.resolve()}"
    name = f"session {hashlib.sha256(place.encode()).hexdigest()[:16]}"
    await secrets.write(name, msgspec.json.encode(session("a")).decode())
    keeper = SessionKeeper(secrets, config)
    assert await keeper.shown() == session("a")
    assert await SessionKeeper(secrets, config).identities() == (who("a"),)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"shown": 3}', '{"shown": "x", "identities": [{}]}', "\x00"])
async def test_what_cannot_be_read_signs_nobody_in(text: str, secrets: MemorySecrets, config: Config) -> None:
    keeper = SessionKeeper(secrets, config)
    await keeper.keep(session("a"))
    for name in list(secrets._secrets):
        await secrets.write(name, text)
    assert await keeper.shown() is None and await keeper.identities() == ()


async def test_a_list_that_names_a_session_which_is_gone_shows_nobody(
    keeper: SessionKeeper, secrets: MemorySecrets
) -> None:
    await keeper.keep(session("a"))
    await secrets.erase(next(name for name in secrets._secrets if name.endswith(name_of(who("a")))))
    assert await keeper.shown() is None and await keeper.of(who("a")) is None


async def test_other_folders_and_servers_have_sessions_of_their_own(secrets: MemorySecrets, tmp_path: Path) -> None:
    await SessionKeeper(secrets, Config(api_url="http://one", data_dir=tmp_path)).keep(session("a"))
    for api_url, folder in (("http://two", tmp_path), ("http://one", tmp_path / "other")):
        assert await SessionKeeper(secrets, Config(api_url=api_url, data_dir=folder)).shown() is None


# --- keys -------------------------------------------------------------------------------------------------------------
async def test_each_account_has_a_key_of_its_own_which_outlives_its_session(
    keeper: SessionKeeper, secrets: MemorySecrets
) -> None:
    a, b = name_of(who("a")), name_of(who("b"))
    assert await keeper.key(a) is None
    key = await keeper.make_key(a)
    assert len(key) == 32 and await keeper.key(a) == key != await keeper.make_key(b)
    await keeper.keep(session("a"))
    await keeper.forget(a)
    assert await keeper.key(a) == key, "the data stays, locked away, until the same person is back"
    await keeper.destroy_key(a)
    assert await keeper.key(a) is None and await keeper.key(b) is not None
    for nonsense in ("", "not hex", "ab"):
        await secrets.write(f"{keeper._name} {a} key", nonsense)
        assert await keeper.key(a) is None


# --- removing -------------------------------------------------------------------------------------------------------
FILES = ("chatty.db", "chatty.db-wal", "chatty.db-shm", "outbox.log", "reserve", "chatty.db.corrupt-1", "sync.lock")
PASSPHRASE = "of no consequence"


def vault(folder: Path) -> VaultSecrets:
    return VaultSecrets(folder / "vault.json", PASSPHRASE)


WIPER = """
import asyncio, os, signal, sys
from pathlib import Path
import wiping
from accounts import SessionKeeper, folder_of
from client.config import Config
from client.models.removal import Reason
from tests.test_accounts import vault, who

data, step = Path(sys.argv[1]), int(sys.argv[2])
config = Config(api_url="http://hosted.test", data_dir=data)
keeper, seen = SessionKeeper(vault(data), config), 0

def count(event, arguments):
    global seen
    if event in {"open", "os.remove", "os.rmdir", "os.rename", "shutil.rmtree", "os.scandir", "os.listdir"}:
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

async def work():
    folder = folder_of(config, who("a"))
    wiping.begin(folder, Reason.LEFT)
    await wiping.finish(folder, keeper)

sys.addaudithook(count)
asyncio.run(work())
"""


async def filled(config: Config) -> SessionKeeper:
    keeper = SessionKeeper(vault(config.data_dir), config)
    for account in ("b", "a"):
        await keeper.keep(session(account))
        folder = accounts.folder_of(config, who(account))
        (folder / "exports").mkdir(parents=True)
        for name in (*FILES, "exports/unsent.json"):
            (folder / name).write_text("somebody's bookings")
    return keeper


def left_of(config: Config, account: str) -> list[str]:
    folder = accounts.folder_of(config, who(account))
    return sorted(path.name for path in folder.parent.glob(f"{folder.name}*")) if folder.parent.exists() else []


def killed_at(step: int, config: Config) -> bool:
    """Run the removal until that step; False when it was over before."""
    command = [sys.executable, "-c", WIPER, str(config.data_dir), str(step)]
    process = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert process.returncode in (0, -signal.SIGKILL), process.stderr
    return process.returncode != 0


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_a_removal_killed_at_any_step_is_finished_by_the_next_start(tmp_path: Path) -> None:
    step, untouched, finished = 0, 0, 0
    while True:
        step += 1
        config = Config(api_url="http://hosted.test", data_dir=tmp_path / str(step))
        config.data_dir.mkdir()
        asyncio.run(filled(config))
        if not killed_at(step, config):
            break
        begun = wiping.is_begun(accounts.folder_of(config, who("a")))
        keeper = SessionKeeper(vault(config.data_dir), config)
        said = asyncio.run(wiping.finish_all(config, keeper))
        assert said == (Removal(reason=Reason.LEFT, complete=True) if begun else None)
        gone = asyncio.run(keeper.of(who("a"))) is None
        if gone:
            finished += 1
            assert left_of(config, "a") == [] and asyncio.run(keeper.identities()) == (who("b"),)
        else:
            untouched += 1
            folder = accounts.folder_of(config, who("a"))
            assert not begun and all((folder / name).read_text() == "somebody's bookings" for name in FILES)
        assert asyncio.run(keeper.of(who("b"))) == session("b"), "the other account is not touched"
    assert untouched >= 1 and finished >= 15, (untouched, finished)


async def test_without_a_mark_the_session_goes_last(config: Config) -> None:
    """A full disk takes no mark; then what a next start goes on from is the session, which hears it all once more."""
    keeper = await filled(config)
    await keeper.make_key(name_of(who("a")))
    folder = accounts.folder_of(config, who("a"))
    kept = folder.with_name("kept")
    folder.rename(kept)
    folder.symlink_to(kept)  # a folder that rmtree refuses
    with pytest.raises(OSError):
        await wiping.finish(folder, keeper)
    assert await keeper.key(folder.name) is None and await keeper.of(who("a")) == session("a")
    folder.unlink()
    kept.rename(folder)
    await wiping.finish(folder, keeper)
    assert left_of(config, "a") == [] and await keeper.of(who("a")) is None


async def test_two_copies_of_the_app_may_remove_the_same(config: Config) -> None:
    await filled(config)
    folder = accounts.folder_of(config, who("a"))
    for n in range(400):
        (folder / "exports" / f"{n}.json").write_text("somebody's bookings")
    wiping.begin(folder, Reason.LEFT)
    await asyncio.gather(*(asyncio.to_thread(wiping._remove, folder) for _ in range(4)))
    assert left_of(config, "a") == []


async def test_what_cannot_be_removed_stays_marked_and_is_tried_again(config: Config) -> None:
    keeper = await filled(config)
    folder = accounts.folder_of(config, who("a"))
    wiping.begin(folder, Reason.REVOKED)
    kept = folder.with_name("kept")
    folder.rename(kept)
    folder.symlink_to(kept)  # a folder that rmtree refuses
    assert await wiping.finish_all(config, keeper) == Removal(reason=Reason.REVOKED, complete=False)
    assert wiping.is_begun(folder) and await keeper.of(who("a")) is None
    folder.unlink()
    kept.rename(folder)
    assert await wiping.finish_all(config, keeper) == Removal(reason=Reason.REVOKED, complete=True)
    assert left_of(config, "a") == []


@pytest.mark.parametrize("text", [b"", b"\xff", b"something else"])
async def test_a_mark_that_says_no_reason_is_one_all_the_same(text: bytes, config: Config) -> None:
    """Versions up to 0.2.0 wrote none."""
    keeper = await filled(config)
    folder = accounts.folder_of(config, who("a"))
    wiping.begin(folder, Reason.REVOKED)
    folder.with_name(f"{folder.name}.wipe").write_bytes(text)
    assert await wiping.finish_all(config, keeper) == Removal(reason=Reason.LEFT, complete=True)
    assert left_of(config, "a") == [] and await wiping.finish_all(config, keeper) is None


async def test_of_several_the_graver_reason_is_said(config: Config) -> None:
    keeper = await filled(config)
    for account, reason in (("a", Reason.LEFT), ("b", Reason.REVOKED)):
        wiping.begin(accounts.folder_of(config, who(account)), reason)
    assert await wiping.finish_all(config, keeper) == Removal(reason=Reason.REVOKED, complete=True)
    assert await keeper.identities() == ()
