"""Every place for secrets keeps the same promises; the vault and the keychain have some of their own."""

import asyncio
import json
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from client.platform import PlatformError
from client.platform.detect import VAULT_FILE, choose_secrets
from client.platform.secrets import Keeping, Secrets, VaultDamaged, WrongPassphrase
from client.platform.secrets.keychain import CHUNK, SERVICE, KeychainSecrets, open_keychain
from client.platform.secrets.memory import MemorySecrets
from client.platform.secrets.vault import VaultSecrets, recommended

PASSPHRASE = "a long sentence nobody says twice"


def vault(folder: Path, passphrase: str = PASSPHRASE) -> VaultSecrets:
    return VaultSecrets(folder / "vault.json", passphrase)


class SystemStore:
    """A keyring back end in a dict, with the limit that Windows has."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str, /) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError("the stub received bad data")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        del self.held[service, username]


def content(path: str) -> bytes:
    return Path(path).read_bytes()


PLACES: dict[str, Callable[[Path], Secrets]] = {
    "memory": lambda _: MemorySecrets(),
    "vault": vault,
    "keychain": lambda _: KeychainSecrets(SystemStore()),
}


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Secrets:
    return PLACES[request.param](tmp_path)


async def keeps_its_promises(place: Secrets) -> None:
    long = "x" * (CHUNK * 2 + 1) + "é€𝄞"
    assert await place.read("one") is None
    await place.erase("one")
    await place.write("one", "first")
    await place.write("two", "")
    assert (await place.read("one"), await place.read("two")) == ("first", "")
    await place.write("one", long)
    assert await place.read("one") == long
    await place.write("one", "short again")
    assert await place.read("one") == "short again"
    await place.erase("one")
    assert (await place.read("one"), await place.read("two")) == (None, "")
    await place.erase("two")


async def test_every_place_keeps_its_promises(place: Secrets) -> None:
    await keeps_its_promises(place)


@pytest.mark.usefixtures("secret_service")
async def test_a_real_secret_service_keeps_its_promises() -> None:
    keychain = await asyncio.to_thread(open_keychain, timeout_s=10)
    assert keychain.keeping is Keeping.KEYCHAIN
    await keeps_its_promises(keychain)


@pytest.mark.usefixtures("secret_service")
def test_a_real_secret_service_is_chosen_over_the_vault(tmp_path: Path) -> None:
    choice = choose_secrets(tmp_path, PASSPHRASE)
    assert (choice.secrets.keeping, choice.keychain_trouble) == (Keeping.KEYCHAIN, None)


async def test_a_second_vault_on_the_same_file_reads_what_the_first_wrote(tmp_path: Path) -> None:
    await vault(tmp_path).write("token", "abc")
    assert await vault(tmp_path).read("token") == "abc"


async def test_the_vault_shows_nothing_and_only_to_its_owner(tmp_path: Path) -> None:
    await vault(tmp_path).write("the name", "the secret")
    shown(tmp_path)


def shown(folder: Path) -> None:
    file = folder / "vault.json"
    assert "the name" not in file.read_text() and "the secret" not in file.read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [left.name for left in folder.iterdir() if left.suffix not in {".json", ".lock"}] == []


async def test_a_wrong_passphrase_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    await vault(tmp_path).write("token", "abc")
    before = (tmp_path / "vault.json").read_bytes()
    wrong = vault(tmp_path, "something else")
    with pytest.raises(WrongPassphrase, match="does not open"):
        await wrong.read("token")
    with pytest.raises(WrongPassphrase):
        await wrong.write("token", "mine now")
    assert (tmp_path / "vault.json").read_bytes() == before


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda raw: raw[: len(raw) // 2],
    "not an object": lambda _: b"[]",
    "not text": lambda _: b"\xff\xfe\x00",
    "from a newer format": lambda raw: json.dumps(json.loads(raw) | {"format": 99}).encode(),
    "a derivation that eats the machine": lambda raw: json.dumps(json.loads(raw) | {"memory_kib": 1 << 40}).encode(),
    "other content": lambda raw: json.dumps(json.loads(raw) | {"content": "AAAAAAAAAAAAAAAAAAAAAAAA"}).encode(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_vault_is_kept_aside_and_said_once(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "vault.json"
    await vault(tmp_path).write("token", "abc")
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    with pytest.raises(VaultDamaged, match="sign in once more") as raised:
        await vault(tmp_path).read("token")
    assert content(raised.value.kept_as) == damaged
    assert await vault(tmp_path).read("token") is None
    await vault(tmp_path).write("token", "new")
    assert await vault(tmp_path).read("token") == "new"


async def test_two_writers_of_one_vault_lose_nothing(tmp_path: Path) -> None:
    names = [f"token {index}" for index in range(6)]
    await asyncio.gather(*(vault(tmp_path).write(name, name) for name in names))
    assert [await vault(tmp_path).read(name) for name in names] == names


async def test_a_vault_in_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlatformError, match="cannot be"):
        await VaultSecrets(tmp_path / "file" / "vault.json", PASSPHRASE).write("a", "b")


async def test_the_real_derivation_is_dear_and_opens_what_it_sealed(tmp_path: Path) -> None:
    """As RFC 9106 recommends it second, and as no other test of this process makes it."""
    path = tmp_path / "vault.json"
    await VaultSecrets(path, PASSPHRASE, new_derivation=recommended).write("k", "v")
    header = json.loads(path.read_text())
    assert [header[each] for each in ("kdf", "passes", "memory_kib", "lanes")] == ["argon2id", 3, 65_536, 4]
    assert await VaultSecrets(path, PASSPHRASE).read("k") == "v"


async def test_a_keychain_that_hangs_becomes_a_sentence() -> None:
    release = threading.Event()

    class Hanging(SystemStore):
        def get_password(self, service: str, username: str, /) -> str | None:
            release.wait(30)
            return super().get_password(service, username)

    with pytest.raises(PlatformError, match="did not answer"):
        await KeychainSecrets(Hanging(), timeout_s=0.05).read("token")
    release.set()


async def test_half_a_secret_is_none() -> None:
    store = SystemStore()
    await KeychainSecrets(store).write("token", "x" * (CHUNK + 1))
    del store.held[SERVICE, "token 1"]
    assert await KeychainSecrets(store).read("token") is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the keychain needs no bus")
def test_without_a_session_bus_the_vault_is_chosen_and_without_a_passphrase_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "CHATTY_KEYCHAIN"):
        monkeypatch.delenv(name, raising=False)
    with_vault, without = choose_secrets(tmp_path, PASSPHRASE), choose_secrets(tmp_path, None)
    assert (with_vault.secrets.keeping, without.secrets.keeping) == (Keeping.VAULT, Keeping.MEMORY)
    assert "D-Bus" in (without.keychain_trouble or "")
    assert not (tmp_path / VAULT_FILE).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the keychain needs no bus")
def test_a_dead_bus_is_noticed_quickly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHATTY_KEYCHAIN", raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    choice = choose_secrets(tmp_path, None)
    assert choice.secrets.keeping is Keeping.MEMORY
    assert choice.keychain_trouble
