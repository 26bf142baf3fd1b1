"""The process below the windows, against the real hosted API over a network that is really cut."""

import asyncio
import contextlib
import html
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest

import accounts
import wiping
from client.api.errors import ApiError
from client.config import Config
from client.models.calls import PartialTurn
from client.models.link import LinkState, LinkStatus, Thrift, Trouble
from client.models.removal import Reason, Removal
from client.platform import detect
from client.state.runtime import BrowserAnswer, Keeping
from client.storage import business, cursors, meta
from runtime import DeviceRuntime
from tests.e2e.proxy import Proxy
from tests.programs import KEPT_IN_A_VAULT, Program, hosted_program

TIMEOUT_S = 30


class Window:
    """A listener that can be waited on."""

    def __init__(self, device: DeviceRuntime) -> None:
        self.device = device
        self.accounts = 0
        self.links: list[LinkStatus] = []
        self._news = asyncio.Event()
        self.stop = device.listen(self)

    def account_changed(self) -> None:
        self.accounts += 1
        self._news.set()

    def link_changed(self, link: LinkStatus) -> None:
        self.links.append(link)
        self._news.set()

    def partial_heard(self, partial: PartialTurn) -> None: ...

    async def until(self, what: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while not what():
                self._news.clear()
                await self._news.wait()

    async def until_online(self) -> None:
        await self.until(lambda: self.device.link.state is LinkState.ONLINE and self.device.link.filling is None)


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = hosted_program(
        tmp_path_factory.mktemp("hosted"), "--no-calls", "--no-forecasts", "--no-limits", "--faults", ""
    )
    program.start()
    yield program
    program.stop()


@pytest.fixture
def network(hosted: Program) -> Iterator[Proxy]:
    proxy = Proxy(hosted.port)
    yield proxy
    proxy.close()


@pytest.fixture
def config(network: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("CHATTY_KEYCHAIN", KEPT_IN_A_VAULT["CHATTY_KEYCHAIN"])
    return Config(api_url=network.url, data_dir=tmp_path, vault_passphrase=KEPT_IN_A_VAULT["CHATTY_VAULT_PASSPHRASE"])


NewDevice = Callable[[], DeviceRuntime]


@pytest.fixture
async def new_device(config: Config) -> AsyncIterator[NewDevice]:
    made: list[DeviceRuntime] = []

    def make() -> DeviceRuntime:
        made.append(DeviceRuntime(config))
        return made[-1]

    yield make
    for device in made:
        await device.close()


async def started(device: DeviceRuntime) -> Window:
    await device.open()
    device.start()
    return Window(device)


async def filled(device: DeviceRuntime) -> Window:
    window = await started(device)
    await device.sign_in_demo()
    await window.until_online()
    return window


async def test_signing_in_opens_a_database_and_fills_it(new_device: NewDevice) -> None:
    device = new_device()
    window = await started(device)
    assert (device.identity, device.database, device.link.state) == (None, None, LinkState.SIGNED_OUT)
    await device.sign_in_demo()
    assert window.accounts == 1 and device.identity and device.keeping is Keeping.VAULT
    await window.until_online()
    assert device.database
    assert device.database.read(business.get)
    assert device.link.as_of is not None


async def test_a_restart_with_the_api_down_shows_what_was_there_and_recovers_by_itself(
    new_device: NewDevice, network: Proxy
) -> None:
    first = new_device()
    await filled(first)
    assert first.database
    as_of = first.database.read(cursors.as_of)
    await first.close()
    network.cut()
    second = new_device()
    window = await started(second)
    assert second.identity and second.database and second.link.as_of == as_of
    assert second.database.read(business.get)
    await window.until(lambda: second.link.state is LinkState.OFFLINE)
    assert second.link.trouble is Trouble.UNREACHABLE
    network.mend()
    second.kick()
    await window.until_online()


async def test_on_a_phone_what_costs_and_who_looks_reaches_the_engine(
    new_device: NewDevice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    device = new_device()
    await filled(device)
    assert device.database and device._account and device._account.engine
    for phone in (False, True):
        monkeypatch.setattr(detect, "is_phone", lambda phone=phone: phone)
        streams = device._account.engine._streams
        device.spare(Thrift.METERED)
        await device.database.write(lambda conn, at=f"seen {phone}": meta.put(conn, at, "x"))
        await device.in_sight(False)
        assert (streams.is_thrifty, streams.is_in_background) == (phone, phone)
        shutil.copy(device.database.path, tmp_path / "alone.db")
        with contextlib.closing(sqlite3.connect(tmp_path / "alone.db")) as alone:
            folded = meta.get(alone, f"seen {phone}") is not None
        assert folded is phone, "on a phone it may be ended at any moment"
        device.spare(None)
        await device.in_sight(True)
        assert (streams.is_thrifty, streams.is_in_background) == (False, False)
    device.spare(Thrift.METERED)
    await device.sign_in_demo()
    assert device._account.engine._streams.is_thrifty, "whoever is shown next is on the same connection"


async def test_a_second_copy_on_the_folder_stands_by_and_takes_over(new_device: NewDevice) -> None:
    first, second = new_device(), new_device()
    await filled(first)
    window = await started(second)
    assert second.identity == first.identity
    await window.until(lambda: second.link.state is LinkState.STANDBY)
    assert second.database and second.database.read(business.get)
    await first.close()
    await window.until_online()


async def test_a_revoked_session_signs_out_and_keeps_the_data_out_of_reach(
    new_device: NewDevice, config: Config
) -> None:
    device = new_device()
    window = await filled(device)
    assert device.identity
    folder, identity = accounts.folder_of(config, device.identity), device.identity
    await end_session(device)
    await window.until(lambda: device.identity is None)
    assert device.database is None and device.link.state is LinkState.SIGNED_OUT
    assert device.link.trouble is Trouble.SESSION_REVOKED
    assert (folder / accounts.DATABASE).exists()
    await device.close()
    again = new_device()
    window = await started(again)
    assert again.identity is None
    await again.sign_in_demo()
    assert again.identity == identity and again.database
    assert again.database.read(business.get), "the data of before is there at once"


async def end_session(device: DeviceRuntime) -> None:
    """At the server alone, as it does when a used token comes again."""
    assert device._people.keeper and device.identity
    session = await device._people.keeper.of(device.identity)
    assert session
    async with httpx.AsyncClient(base_url=device.config.api_url, trust_env=False) as http:
        bearer = {"Authorization": f"Bearer {session.tokens.access}"}
        (await http.post("/v1/auth/sign-out", headers=bearer)).raise_for_status()


async def test_a_revoked_device_loses_the_account_while_two_copies_of_the_app_run(
    new_device: NewDevice, config: Config
) -> None:
    first, second = new_device(), new_device()
    await filled(first)
    window, other = Window(first), await started(second)
    assert first.identity
    folder = accounts.folder_of(config, first.identity)
    await other.until(lambda: second.link.state is LinkState.STANDBY)
    await revoke_devices(first)
    await window.until(lambda: first.identities == ())
    await other.until(lambda: second.identities == ())
    assert (first.database, second.database) == (None, None)
    assert first.link.trouble is Trouble.DEVICE_REVOKED
    # It may have found nothing to ask with any more; then it claims nothing.
    assert second.link.trouble in (Trouble.DEVICE_REVOKED, None)
    assert not list(folder.parent.glob("*")), "neither the data nor a mark"


async def test_signing_out_in_one_copy_of_the_app_leaves_nothing_to_the_other(
    new_device: NewDevice, config: Config
) -> None:
    first, second = new_device(), new_device()
    await filled(first)
    other = await started(second)
    assert first.identity
    folder = accounts.folder_of(config, first.identity)
    await other.until(lambda: second.link.state is LinkState.STANDBY)
    await first.sign_out()
    await other.until(lambda: second.identities == ())
    assert (second.database, second.link.trouble) == (None, None), "nobody says that the data was kept"
    assert not list(folder.parent.glob("*"))


async def test_a_device_revoked_while_it_was_off_loses_the_account_when_it_is_back(
    new_device: NewDevice, config: Config, network: Proxy
) -> None:
    first = new_device()
    await filled(first)
    assert first.identity
    folder, identity = accounts.folder_of(config, first.identity), first.identity
    await first.close()
    await revoke_devices(first)
    network.cut()
    second = new_device()
    window = await started(second)
    await window.until(lambda: second.link.state is LinkState.OFFLINE)
    assert second.database and second.database.read(business.get), "nobody has told it yet"
    network.mend()
    second.kick()
    await window.until(lambda: second.identities == ())
    assert not list(folder.parent.glob("*"))
    await second.sign_in_demo()
    await window.until_online()
    assert second.identity == identity and second.database and second.database.read(business.get)
    assert second.link.trouble is None, "who signs in again begins afresh"


async def revoke_devices(device: DeviceRuntime) -> None:
    """From another device of the same owner: sign out everywhere else."""
    async with httpx.AsyncClient(base_url=device.config.api_url, trust_env=False) as http:
        body = {"device": {"name": "another", "platform": "web"}}
        tokens = (await http.post("/v1/auth/demo", json=body)).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        (await http.delete("/v1/auth/sessions", headers=bearer)).raise_for_status()


async def test_signing_out_wipes_and_tells_the_windows(new_device: NewDevice, config: Config) -> None:
    device = new_device()
    window = await filled(device)
    assert device.identity
    folder = accounts.folder_of(config, device.identity)
    assert await device.leave() is True
    await window.until(lambda: window.accounts == 2)
    assert (device.identity, device.database) == (None, None)
    assert not folder.exists()


@pytest.mark.parametrize("reason", Reason)
async def test_an_interrupted_wipe_is_finished_at_the_next_start_which_says_so(
    reason: Reason, new_device: NewDevice, config: Config
) -> None:
    device = new_device()
    await filled(device)
    assert device.identity
    folder = accounts.folder_of(config, device.identity)
    wiping.begin(folder, reason)
    await device.close()
    again = new_device()
    await again.open()
    assert (again.identity, again.identities) == (None, ())
    assert not folder.exists() and not wiping.is_begun(folder)
    assert again.removal == Removal(reason=reason, complete=True)
    again.put_removal_away()
    assert again.removal is None
    await again.close()
    later = new_device()
    await later.open()
    assert later.removal is None, "it is said once"


async def test_a_whole_sign_out_leaves_nothing_to_say(new_device: NewDevice) -> None:
    device = new_device()
    await filled(device)
    await device.sign_out()
    assert device.removal is None
    await device.close()
    again = new_device()
    await again.open()
    assert again.removal is None


async def test_the_browser_signs_in_through_the_consent_page(new_device: NewDevice, hosted: Program) -> None:
    device = new_device()
    await device.open()

    async def deny(url: str) -> None:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as http:
            page = await http.get(url)
            assert page.status_code == 200 and "password" in page.text.lower()
            query = httpx.URL(url).params
            await http.get(query["redirect_uri"], params={"state": query["state"], "error": "access_denied"})

    assert await device.sign_in_browser(deny) is BrowserAnswer.REFUSED
    assert device.identity is None and hosted.port


async def allow(url: str, email: str, password: str) -> httpx.Response:
    """Fill in the consent page as it stands, and press Allow; the answer of the page or of the app's own listener."""
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as http:
        page = (await http.get(url)).text
        asked = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        assert 'name="email"' in page and 'name="password"' in page and 'name="decision" value="allow"' in page
        filled_in = {name: html.unescape(value) for name, value in asked.items()}
        form = {**filled_in, "email": email, "password": password, "decision": "allow"}
        return await http.post(url.split("?")[0], data=form)


async def test_allowing_on_the_consent_page_signs_in(new_device: NewDevice, hosted: Program) -> None:
    device = new_device()
    window = await started(device)
    announced = re.search(r"owner: (\S+) password: (\S+)", hosted.said())
    assert announced
    email, password = announced.groups()
    answers: list[httpx.Response] = []

    async def browser(url: str) -> None:
        assert (await allow(url, email, "a wrong password")).status_code == 401
        answers.append(await allow(url, email, password))

    assert await device.sign_in_browser(browser) is BrowserAnswer.SIGNED_IN
    assert device.identity and device.identity.email == email
    assert answers[0].status_code == 200 and "You are signed in" in answers[0].text
    await window.until_online()
    assert device.database and device.database.read(business.get)


async def test_an_answer_with_another_state_signs_nobody_in(new_device: NewDevice) -> None:
    device = new_device()
    await device.open()
    statuses: list[int] = []

    async def stranger(url: str) -> None:
        query = httpx.URL(url).params
        async with httpx.AsyncClient(trust_env=False) as http:
            for answer in ({"state": "guessed", "code": "stolen"}, {"code": "stolen"}):
                statuses.append((await http.get(query["redirect_uri"], params=answer)).status_code)
            assert device.identity is None
            await http.get(query["redirect_uri"], params={"state": query["state"], "error": "access_denied"})

    assert await device.sign_in_browser(stranger) is BrowserAnswer.REFUSED
    assert statuses == [404, 404] and device.identity is None


async def test_whoever_gives_the_browser_up_is_free_at_once_and_nobody_listens(new_device: NewDevice) -> None:
    device = new_device()
    await device.open()
    asked: asyncio.Queue[httpx.QueryParams] = asyncio.Queue()
    given_up = asyncio.Event()

    async def nobody(url: str) -> None:
        asked.put_nowait(httpx.URL(url).params)

    waiting = asyncio.create_task(device.sign_in_browser(nobody, given_up))
    query = await asked.get()
    given_up.set()
    assert await asyncio.wait_for(waiting, 2) is BrowserAnswer.GIVEN_UP
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(query["redirect_uri"], params={"state": query["state"], "code": "late"})
    assert device.identity is None


async def test_a_code_the_server_did_not_give_opens_nothing(new_device: NewDevice, hosted: Program) -> None:
    device = new_device()
    await device.open()

    async def invent(url: str) -> None:
        query = httpx.URL(url).params
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.get(query["redirect_uri"], params={"state": query["state"], "code": "A" * 43})

    with pytest.raises(ApiError):
        await device.sign_in_browser(invent)
    assert device.identity is None and hosted.port


async def test_a_vault_that_cannot_be_opened_is_known_and_a_new_sign_in_still_works(
    new_device: NewDevice, config: Config
) -> None:
    await filled(new_device())
    other = DeviceRuntime(Config(api_url=config.api_url, data_dir=config.data_dir, vault_passphrase="another"))
    try:
        await other.open()
        assert other.identity is None and other.secrets_trouble
        await other.sign_in_demo()
        assert other.identity and other.keeping is Keeping.MEMORY
    finally:
        await other.close()


async def test_a_window_that_is_gone_hears_nothing_more(new_device: NewDevice) -> None:
    device = new_device()
    window = await filled(device)
    window.stop()
    heard = len(window.links)
    device.kick()
    second = Window(device)
    await second.until_online()
    assert len(window.links) == heard


async def test_closing_leaves_no_task_behind(new_device: NewDevice) -> None:
    before = asyncio.all_tasks()
    device = new_device()
    await filled(device)
    await device.close()
    await device.close()
    assert asyncio.all_tasks() == before


def test_bookings_of_two_accounts_never_share_a_folder(config: Config) -> None:
    from client.models.account import Identity, Role
    from client.models.ids import AccountId, UserId

    def who(account: str, user: str) -> Identity:
        return Identity(
            api_url=config.api_url,
            account_id=AccountId(account),
            user_id=UserId(user),
            name="",
            email="",
            role=Role.OWNER,
            business_name="",
        )

    folders = {accounts.folder_of(config, who(*pair)) for pair in (("a", "b"), ("a", "c"), ("ab", ""), ("", "ab"))}
    assert len(folders) == 4
