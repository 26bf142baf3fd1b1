"""Choosing among the businesses that are signed in, and adding one."""

from dataclasses import replace

import pytest

from client.models.link import Trouble
from client.platform import PlatformError
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from tests.screens.conftest import Open

ROW = f"business.{eg.ANOTHER.account_id}.{eg.ANOTHER.user_id}"
HERE = f"business.{eg.IDENTITY.account_id}.{eg.IDENTITY.user_id}"
SIZES = [(390, 844), (1440, 900), (820, 1000)]


def two(stores: Stores) -> None:
    scenes.full(stores)
    stores.runtime.others = (eg.ANOTHER,)  # type: ignore[attr-defined]
    stores.session.look()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_name_of_the_business_opens_the_others(width: int, height: int, open_app: Open) -> None:
    async with open_app(two, width=width, height=height) as app:
        await app.window.tap("businesses.open")
        assert app.window.named(HERE).label == "Bella Salon, Owner, shown now"
        assert app.window.named(ROW).label == "Open Kestrel Motors, Manager"
        await app.window.tap(ROW)
        assert app.runtime.tried == [("switch", eg.ANOTHER.account_id)]
        assert app.window.says("Kestrel Motors") and app.window.find("nav.today")


async def test_choosing_the_one_that_is_shown_changes_nothing(open_app: Open) -> None:
    async with open_app(two) as app:
        await app.window.tap("businesses.open")
        await app.window.tap(HERE)
        assert app.runtime.tried == [] and app.window.find("nav.today")


async def test_adding_one_can_be_left_again(open_app: Open) -> None:
    async with open_app(two) as app:
        await app.window.tap("businesses.open")
        await app.window.tap("businesses.add")
        assert app.window.says("Add another business") and app.window.find("nav.today") is None
        assert not app.window.says("Signed in on this device"), "it is to add one, not to choose one"
        await app.window.tap("sign_in.back")
        assert app.window.find("nav.today") and app.runtime.tried == []


async def test_a_keychain_that_fails_leaves_everything_as_it_was(open_app: Open) -> None:
    async with open_app(two) as app:
        app.runtime.refusal = PlatformError("keychain", "The keychain did not answer.")
        await app.window.tap("businesses.open")
        await app.window.tap(ROW)
        await app.window.tap("sign_in.back")
        assert app.window.says("Bella Salon") and app.runtime.identity == eg.IDENTITY


async def test_whoever_is_signed_out_of_one_can_go_on_with_another(open_app: Open) -> None:
    def ended(stores: Stores) -> None:
        two(stores)
        runtime = stores.runtime
        runtime.link = replace(runtime.link, trouble=Trouble.SESSION_REVOKED)  # type: ignore[misc]
        runtime.identity = None  # type: ignore[misc]
        stores.session.look()

    async with open_app(ended) as app:
        assert app.window.says("Your session has ended") and app.window.find("sign_in.back") is None
        await app.window.tap(ROW)
        assert app.window.says("Kestrel Motors") and app.window.find("nav.today")


@pytest.mark.parametrize("name", ["--help", "<b>bold</b>", "\u202eright to left", "🧵" * 300, "x" * 10_000, ""])
async def test_businesses_of_any_name_are_drawn(name: str, open_app: Open) -> None:
    odd = replace(eg.ANOTHER, business_name=name)

    def fill(stores: Stores) -> None:
        scenes.full(stores)
        stores.runtime.others = (odd,)  # type: ignore[attr-defined]
        stores.session.look()

    async with open_app(fill, width=360, height=640) as app:
        await app.window.tap("businesses.open")
        assert len(app.window.named(ROW).label or "") < 300
        await app.window.tap(ROW)
        assert app.runtime.identity == odd
