"""Signing in and out, and data that cannot be opened."""

import asyncio
from dataclasses import replace

import flet as ft
import pytest

from client.api.errors import RateLimited, Unreachable, WrongCredentials
from client.models.link import LinkState, Trouble
from client.models.removal import Reason, Removal
from client.state.runtime import BrowserAnswer, Keeping
from client.state.session import SessionState
from screens.stores import Stores
from tests import example_data as eg
from tests.screens import scenes
from tests.screens.command_server import Server
from tests.screens.conftest import App, Open


def signed_out(stores: Stores) -> None:
    stores.runtime.identity = None  # type: ignore[misc]
    stores.session.state = SessionState(browser_offered=True, keeping=Keeping.MEMORY)


async def wait_for(app: App, holds: "object") -> None:
    """Until what the window asked the server for has arrived."""
    assert callable(holds)
    for _ in range(50):
        if holds():
            await app.window.settle()
            return
        await app.window.settle()
    raise AssertionError("it never came")


# --- signing in and out -----------------------------------------------------------------------------------------------


async def test_the_demo_is_one_tap(open_app: Open) -> None:
    async with open_app(signed_out, route="/", answer=Server()) as app:
        await wait_for(app, lambda: app.stores.session.state.demo is True)
        assert app.window.says("You will be signed out when this closes: there is no keychain here.")
        await app.window.tap("sign_in.demo")
        assert app.runtime.tried == [("demo",)]
        assert app.window.find("nav.today") is not None


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (WrongCredentials("no", code="wrong_credentials"), "That e-mail and password do not match."),
        (Unreachable("no"), "No connection to the server. Check the network and try again."),
        (RateLimited("no", retry_after_s=600), "Too many tries. The server takes the next one in about 10 min."),
    ],
)
async def test_a_failed_sign_in_is_a_sentence_and_keeps_what_was_typed(
    refusal: Exception, said: str, open_app: Open
) -> None:
    async with open_app(signed_out, route="/", answer=Server()) as app:
        app.runtime.refusal = refusal
        await app.window.type("sign_in.email", "ana@bellasalon.example")
        await app.window.type("sign_in.password", "a wrong password")
        await app.window.tap("sign_in.submit")
        assert app.window.says(said)
        assert app.runtime.tried == [("password", "ana@bellasalon.example", "a wrong password")]
        email = app.window.keyed("sign_in.email")
        assert isinstance(email, ft.TextField) and email.value == "ana@bellasalon.example"
        app.runtime.refusal = None
        await app.window.submit("sign_in.password")
        assert app.window.find("nav.today") is not None


async def test_nothing_is_sent_without_both_fields(open_app: Open) -> None:
    async with open_app(signed_out, route="/") as app:
        await app.window.tap("sign_in.submit")
        assert app.window.says("Please enter your e-mail and your password.")
        assert app.runtime.tried == []


@pytest.mark.parametrize(
    ("language", "said", "at_the_box"),
    [
        ("en", "That is no e-mail address; one looks like name@example.com.", "Check the address"),
        ("es", "Eso no es una dirección de correo; una es como nombre@ejemplo.com.", "Revisa la dirección"),
    ],
)
async def test_what_is_no_address_is_not_sent(language: str, said: str, at_the_box: str, open_app: Open) -> None:
    async with open_app(signed_out, route="/") as app:
        app.stores.window.speaks(language)
        await app.window.type("sign_in.email", "not-an-email")
        await app.window.type("sign_in.password", "a password")
        await app.window.tap("sign_in.submit")
        assert app.window.says(said) and app.window.says(at_the_box) and app.runtime.tried == []
        await app.window.type("sign_in.email", " ana@localhost ")
        await app.window.tap("sign_in.submit")
        assert app.runtime.tried == [("password", "ana@localhost", "a password")]


async def test_the_browser_said_no(open_app: Open) -> None:
    async with open_app(signed_out, route="/") as app:
        app.runtime.answer = BrowserAnswer.REFUSED
        await app.window.tap("sign_in.browser")
        assert app.window.says("The browser said no. Nothing was changed.")


async def test_the_browser_can_be_given_up_and_then_every_other_way_is_open(open_app: Open) -> None:
    async with open_app(signed_out, route="/") as app:
        app.runtime.answer = BrowserAnswer.GIVEN_UP
        assert app.window.find("sign_in.browser_stop") is None
        waiting = asyncio.create_task(app.window.tap("sign_in.browser"))
        await wait_for(app, lambda: app.window.find("sign_in.browser_stop") is not None)
        assert app.window.says("Waiting for the browser")
        await app.window.tap("sign_in.browser_stop")
        await wait_for(app, waiting.done)
        assert app.window.find("sign_in.browser_stop") is None and not app.window.says("Waiting for the browser")
        assert app.stores.session.state.trouble is None
        await app.window.type("sign_in.email", "ana@bellasalon.example")
        await app.window.type("sign_in.password", "a password")
        await app.window.tap("sign_in.submit")
        assert app.runtime.tried == [("password", "ana@bellasalon.example", "a password")]


async def test_a_revoked_session_says_why(open_app: Open) -> None:
    async with open_app() as app:
        app.runtime.link = replace(app.runtime.link, state=LinkState.SIGNED_OUT, trouble=Trouble.SESSION_REVOKED)
        app.runtime.identity = None
        app.runtime.tell_account()
        await app.window.settle()
        assert app.window.says("Your session has ended. Sign in again; your data is kept.")


@pytest.mark.parametrize(
    ("language", "said", "not_said"),
    [
        ("en", "Changes that were not sent are gone with it.", "your data is kept"),
        ("es", "Los cambios que no se enviaron se fueron con ellos.", "tus datos se conservan"),
    ],
)
async def test_a_revoked_device_says_that_its_data_is_gone(
    language: str, said: str, not_said: str, open_app: Open
) -> None:
    async with open_app() as app:
        app.stores.window.speaks(language)
        app.runtime.link = replace(app.runtime.link, state=LinkState.SIGNED_OUT, trouble=Trouble.DEVICE_REVOKED)
        app.runtime.identity = None
        app.runtime.tell_account()
        await app.window.settle()
        assert app.window.says(said) and not app.window.says(not_said)
        app.runtime.link = eg.link()
        await app.window.type("sign_in.email", "ana@bellasalon.example")
        await app.window.type("sign_in.password", "a password")
        await app.window.tap("sign_in.submit")
        assert not app.window.says(said)


LEFT = Removal(reason=Reason.LEFT, complete=True)


@pytest.mark.parametrize(
    ("language", "removal", "said"),
    [
        ("en", LEFT, "nothing of it remains here."),
        ("es", LEFT, "aquí no queda nada de ella."),
        ("en", replace(LEFT, reason=Reason.REVOKED), "changes that were not sent are gone with it."),
        ("es", replace(LEFT, reason=Reason.REVOKED), "los cambios que no se enviaron se fueron con ellos."),
        ("en", replace(LEFT, complete=False), "Some of its data cannot be removed yet;"),
        ("es", replace(LEFT, complete=False), "Parte de sus datos aún no se puede borrar;"),
    ],
)
@pytest.mark.parametrize("somebody", [False, True])
async def test_a_removal_that_a_start_went_on_with_is_said_until_it_is_put_away(
    language: str, removal: Removal, said: str, somebody: bool, open_app: Open
) -> None:
    """Where somebody signs in, and over the places of who is signed in all the same."""
    async with open_app(scenes.full) as app:
        app.stores.window.speaks(language)
        app.runtime.removal = removal
        app.runtime.identity = eg.IDENTITY if somebody else None
        app.runtime.tell_account()
        await app.window.settle()
        assert (app.window.find("nav.today") is not None) is somebody
        assert app.window.says(said)
        await app.window.tap("removal.put_away")
        assert not app.window.says(said) and app.runtime.removal is None


async def test_it_is_said_beside_data_that_cannot_be_opened(open_app: Open) -> None:
    async with open_app(scenes.unopened(Trouble.DAMAGED)) as app:
        app.runtime.removal = LEFT
        app.runtime.tell_account()
        await app.window.settle()
        assert app.window.says("nothing of it remains here.") and app.window.find("storage.repair") is not None
        await app.window.tap("removal.put_away")
        assert not app.window.says("nothing of it remains here.")


# --- data that cannot be opened ---------------------------------------------------------------------------------------


async def test_data_that_cannot_be_opened_is_a_sentence_and_tried_again(open_app: Open) -> None:
    async with open_app(scenes.unopened(Trouble.UNAVAILABLE)) as app:
        assert app.window.says("The data folder cannot be used")
        assert app.window.find("nav.today") is None and app.window.find("storage.repair") is None
        app.runtime.storage_mends = False
        await app.window.tap("storage.try_again")
        assert app.window.find("nav.today") is None
        app.runtime.storage_mends = True
        await app.window.tap("storage.try_again")
        assert app.runtime.tried == [("try storage again",)] * 2
        assert app.window.find("nav.today") is not None


async def test_damaged_data_is_set_aside_only_after_asking(open_app: Open) -> None:
    async with open_app(scenes.unopened(Trouble.DAMAGED)) as app:
        await app.window.tap("storage.repair")
        assert app.window.says("Nothing is deleted")
        await app.window.tap("storage.repair_no")
        assert app.runtime.tried == []
        await app.window.tap("storage.repair")
        await app.window.tap("storage.repair_yes")
        assert app.runtime.tried == [("repair storage",)]
        assert app.window.find("nav.today") is not None


async def test_whoever_cannot_open_their_data_can_sign_out_in_spanish_too(open_app: Open) -> None:
    def fill(stores: Stores) -> None:
        stores.window.speaks("es")
        scenes.unopened(Trouble.TOO_NEW)(stores)

    async with open_app(fill) as app:
        assert app.window.says("No se pueden abrir los datos de este dispositivo")
        assert app.window.says("Actualiza la app; no se cambió nada.")
        await app.window.tap("storage.sign_out")
        assert app.window.find("sign_in.submit") is not None
        assert not app.window.says("Tu sesión")
