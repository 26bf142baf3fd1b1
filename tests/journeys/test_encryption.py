"""The data of a device with a keychain is encrypted; what that means for restarts, lost keys and signing out."""

from pathlib import Path

import pytest

import accounts
from client.models.encryption import Encryption
from client.models.link import Trouble
from client.platform import PlatformError
from client.platform.secrets import keychain
from client.storage import driver
from client.storage.errors import KeyMissing
from tests.journeys.conftest import BOOKING_ID, Device, OpenWorld, Window, revoke_devices
from tests.platform.test_secrets import SystemStore

pytestmark = pytest.mark.skipif(not driver.is_available(), reason="there is no SQLCipher for this platform")

NAMES = (b"Ines Okafor", b"Theo Lindqvist", b"purple hair")


class System:
    """The operating system's keychain, which can be locked."""

    def __init__(self) -> None:
        self.store = SystemStore()
        self.locked = False

    def open(self) -> keychain.KeychainSecrets:
        if self.locked:
            raise PlatformError("keychain", "The keychain is locked.")
        return keychain.KeychainSecrets(self.store)

    def keys(self) -> list[str]:
        return [name for _, name in self.store.held if name.endswith(" key")]


@pytest.fixture
def system(open_world: OpenWorld, monkeypatch: pytest.MonkeyPatch) -> System:
    del open_world  # which passes the keychain over
    system = System()
    monkeypatch.setenv("CHATTY_KEYCHAIN", "")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setattr(keychain, "open_keychain", system.open)
    return system


def folder_of(device: Device) -> Path:
    assert device.runtime.identity
    return accounts.folder_of(device.runtime.config, device.runtime.identity)


def spoken(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if any(name in file.read_bytes() for name in NAMES)]


def says_encryption(window: Window, sentence: str) -> bool:
    return window.harness.says("Encryption") and window.harness.says(sentence)


async def test_no_file_says_a_name_and_a_restart_shows_everything(system: System, open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in("/more")
        assert says_encryption(window, "On. The key is in this device's keychain.")
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        folder = folder_of(device)
        assert spoken(folder) == [] and len(system.keys()) == 1
        await device.close()
        assert spoken(folder) == []
        device = await world.device()
        device.network.cut()
        window = await device.window()
        await world.until(lambda: window.harness.says("Theo Lindqvist"))
        assert device.runtime.unsent() == 1 and device.runtime.encryption is Encryption.ON


async def test_without_a_keychain_it_is_off_and_says_why(open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in("/more")
        assert says_encryption(window, "Off: there is no keychain here")
        assert device.runtime.encryption is Encryption.NO_KEYCHAIN and spoken(folder_of(device)) != []


async def test_a_lost_key_is_said_and_everything_is_fetched_again(system: System, open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        folder = folder_of(device)
        await device.close()
        (name,) = system.keys()
        del system.store.held[keychain.SERVICE, name]
        device = await world.device()
        window = await device.window()
        said = "The data on this device was encrypted with a key that is lost."
        await world.in_time(lambda: device.is_current and window.harness.says(said))
        assert window.harness.says("Theo Lindqvist") and device.runtime.unsent() == 0
        assert device.runtime.encryption is Encryption.ON and list(folder.glob("*.locked-*"))
        await world.fire(window, "rescued.put_away")
        await world.until(lambda: not window.harness.says(said))


async def test_a_keychain_that_is_locked_keeps_the_data_until_it_opens(system: System, open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        window = await device.signed_in()
        device.network.cut()
        await window.stores.edits.cancel(BOOKING_ID)
        await device.close()
        system.locked = True
        device = await world.device()
        window = await device.window()
        await device.sign_in(window)
        await world.until(lambda: isinstance(device.runtime.storage_error, KeyMissing))
        assert device.runtime.link.trouble is Trouble.KEY_MISSING
        await world.until(lambda: window.harness.says("its key cannot be read from the keychain"))
        await window.harness.tap("storage.try_again")
        assert isinstance(device.runtime.storage_error, KeyMissing)
        await device.close()
        system.locked = False
        device = await world.device()
        device.network.cut()
        window = await device.window()
        await world.until(lambda: window.harness.says("Theo Lindqvist"))
        assert device.runtime.unsent() == 1, "nothing was lost meanwhile"


async def test_whoever_gives_the_locked_data_up_starts_afresh_and_nothing_is_deleted(
    system: System, open_world: OpenWorld
) -> None:
    async with open_world() as world:
        device = await world.device()
        await device.signed_in()
        await device.close()
        system.locked = True
        device = await world.device()
        window = await device.window()
        await device.sign_in(window)
        await world.until(lambda: window.harness.find("storage.repair") is not None)
        await world.fire(window, "storage.repair")
        await world.fire(window, "storage.repair_yes")
        await world.in_time(lambda: device.is_current and window.harness.says("Theo Lindqvist"))
        assert device.runtime.set_aside and ".locked-" in device.runtime.set_aside.name
        assert device.runtime.encryption is Encryption.NO_KEYCHAIN


@pytest.mark.parametrize("by", ["the owner here", "another device"])
async def test_leaving_destroys_the_key_before_anything_else(by: str, system: System, open_world: OpenWorld) -> None:
    async with open_world() as world:
        device = await world.device()
        await device.signed_in()
        folder = folder_of(device)
        there: list[tuple[bool, bool]] = []
        erase = system.store.delete_password

        def erased(service: str, name: str) -> None:
            there.append((name.endswith(" key"), (folder / accounts.DATABASE).exists()))
            erase(service, name)

        system.store.delete_password = erased  # type: ignore[method-assign]
        if by == "another device":
            await revoke_devices(world)
            await world.in_time(lambda: device.runtime.identities == () and not folder.exists())
        else:
            await device.runtime.sign_out()
        assert there[0] == (True, True), "first the key, while the files are still there"
        assert system.store.held == {} and not folder.exists()
