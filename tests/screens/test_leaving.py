"""Signing out as an owner does it: asked first, with what would be lost, and nothing lost by a slip."""

import pytest

from client.editing.leaving import LeavingState, Trouble
from screens.stores import Stores
from tests.screens import leaving_scenes
from tests.screens.conftest import Open


async def test_signing_out_asks_first(open_app: Open) -> None:
    async with open_app(route="/more") as app:
        await app.window.tap("more.sign_out")
        assert app.window.says("Everything you changed is on the server.")
        await app.window.tap("leaving.stay")
        assert app.runtime.identity is not None
        await app.window.fire(app.window.page._dialogs.controls[-1], "dismiss")
        await app.window.tap("more.sign_out")
        await app.window.tap("leaving.sign_out")
        assert app.runtime.tried == [("sign out", "keep")]
        assert app.window.find("sign_in.submit") is not None
        assert not app.window.says("Maria Gómez")
        assert not app.window.says("Your session has ended"), "it was the owner who left"


@pytest.mark.parametrize("width", [390, 1440])
async def test_what_is_not_sent_is_counted_and_listed(width: float, open_app: Open) -> None:
    async with open_app(leaving_scenes.unsent, route="/more", width=width, height=900) as app:
        assert app.window.says("6 changes not sent")
        assert app.window.says("Move Maria Gómez") and app.window.says("and 3 more")
        assert app.window.find("leaving.sign_out") is None, "no way out that loses them unasked"
        await app.window.press_key("Escape")
        assert not app.window.page._dialogs.controls[-1].open
        assert app.stores.leaving.state == LeavingState() and app.runtime.tried == []


async def test_discarding_takes_the_typed_word(open_app: Open) -> None:
    async with open_app(leaving_scenes.unsent, route="/more") as app:
        for wrong in ("", "discar", "yes"):
            await app.window.type("leaving.typed", wrong)
            assert app.window.keyed("leaving.discard").disabled is True
            await app.window.tap("leaving.discard")
            assert app.runtime.tried == [] and app.runtime.identity is not None
        await app.window.type("leaving.typed", " Discard ")
        await app.window.tap("leaving.discard")
        assert app.runtime.tried == [("sign out", "discard")]
        assert app.window.find("sign_in.submit") is not None


async def test_the_word_is_one_of_the_owners_language(open_app: Open) -> None:
    def fill(stores: Stores) -> None:
        leaving_scenes.unsent(stores)
        stores.window.speaks("es")

    async with open_app(fill, route="/more") as app:
        assert app.window.says("6 cambios sin enviar")
        await app.window.type("leaving.typed", "discard")
        await app.window.tap("leaving.discard")
        assert app.runtime.tried == []
        await app.window.type("leaving.typed", "DESCARTAR")
        await app.window.tap("leaving.discard")
        assert app.runtime.tried == [("sign out", "discard")]


async def test_sending_without_a_connection_says_so(open_app: Open) -> None:
    async with open_app(leaving_scenes.unsent, route="/more") as app:
        app.runtime.answers = False
        await app.window.tap("leaving.send")
        assert app.runtime.tried == [("send",)]
        assert app.window.says("Nothing is lost; they are still here.")
        assert app.window.says("6 changes not sent") and app.runtime.identity is not None


async def test_the_changes_lead_to_the_outbox(open_app: Open) -> None:
    async with open_app(leaving_scenes.unsent, route="/more") as app:
        await app.window.tap("leaving.outbox")
        assert app.window.page.route == "/outbox"
        assert app.stores.leaving.state == LeavingState()


async def test_without_a_database_there_is_no_file_to_save(open_app: Open) -> None:
    async with open_app(leaving_scenes.unsent, route="/more") as app:
        await app.window.tap("leaving.export")
        assert app.stores.leaving.state.trouble is Trouble.UNREADABLE
        assert app.window.says("cannot be read now") and not app.window.says("Written to")
