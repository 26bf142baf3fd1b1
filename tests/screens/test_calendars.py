"""Calendars as an owner uses them: reached, followed, given up; a file chosen and brought in; what is in trouble."""

from typing import Any

import flet as ft

from client.models.ids import CalendarId
from screens.routes import CALENDARS, Route, parse
from tests.screens import calendar_scenes
from tests.screens.conftest import App, Open
from widgets.scaffold import Place

PAGE = "/more/calendars"


def said(app: App, identifier: str) -> str:
    return app.window.named(identifier).label or ""


# --- the way there --------------------------------------------------------------------------------------------------
def test_the_page_has_an_address() -> None:
    page = Route(place=Place.MORE, page=CALENDARS)
    assert parse(PAGE) == page and str(page) == PAGE
    assert page.is_detail and page.parent == Route(place=Place.MORE)
    assert parse("/more/anything") == Route(place=Place.MORE)


async def test_from_more_and_back(open_app: Open) -> None:
    for width in (390, 1440):
        async with open_app(calendar_scenes.followed, route="/more", width=width, height=900) as app:
            assert app.window.says("Booking portal stopped answering")
            await app.window.tap("more.calendars")
            assert app.window.page.route == PAGE
            await app.window.tap("back")
            assert app.window.page.route == "/more"


async def test_a_calendar_in_trouble_needs_the_owner_and_says_what_it_leads_to(open_app: Open) -> None:
    async with open_app(calendar_scenes.followed, route="/today") as app:
        spoken = said(app, "needs_you.cal-booking portal")
        assert "Booking portal stopped answering" in spoken and "double booking" in spoken
        await app.window.tap("needs_you.cal-booking portal")
        assert app.window.page.route == PAGE
        assert app.window.says("usual cause of a double booking")


async def test_without_trouble_nothing_is_said_of_calendars(open_app: Open) -> None:
    def calm(stores: Any) -> None:
        calendar_scenes.none(stores)
        stores.live.state = type(stores.live.state)()

    async with open_app(calm, route="/today") as app:
        assert app.window.says("Nothing needs you.") and not app.window.says("double booking")


# --- following ------------------------------------------------------------------------------------------------------
async def test_an_address_that_is_none_is_said_and_stays_typed(open_app: Open) -> None:
    async with open_app(calendar_scenes.none, route=PAGE) as app:
        await app.window.type("calendar.address", "not an address")
        await app.window.tap("calendar.add")
        (field,) = [node.control for node in app.window.nodes() if node.control.key == "calendar.address"]
        assert isinstance(field, ft.TextField) and field.value == "not an address" and field.error


async def test_giving_up_asks_first(open_app: Open) -> None:
    async with open_app(calendar_scenes.followed, route=PAGE) as app:
        await app.window.tap("calendar.cal-holidays.remove")
        assert app.window.says("What Holidays blocks becomes free again.")
        await app.window.tap("calendar.remove_no")
        assert not app.window.says("becomes free again")


async def test_the_front_desk_sees_them_and_changes_nothing(open_app: Open) -> None:
    def fill(stores: Any) -> None:
        from tests.screens.test_scenes import front_desk

        front_desk(stores)
        calendar_scenes.followed(stores)

    async with open_app(fill, route=PAGE) as app:
        assert app.window.says("Booking portal") and app.window.says("Your role does not allow")
        assert "calendar.add" not in app.window.identifiers()
        assert f"calendar.{CalendarId('cal-holidays')}.remove" not in app.window.identifiers()


# --- files ----------------------------------------------------------------------------------------------------------
async def test_a_chosen_file_opens_its_sheet(open_app: Open) -> None:
    chosen = [{"id": 1, "name": "list.ics", "size": 13, "path": None, "bytes": b"shopping list"}]
    async with open_app(calendar_scenes.none, route=PAGE, replies={"pick_files": chosen}) as app:
        await app.window.tap("import.choose")
        await app.window.settle()
        for _ in range(200):
            if app.stores.imports.state.imported is not None:
                break
            await app.window.settle()
        assert app.window.says("This is not a calendar file.")
        await app.window.tap("import.close")
        assert not app.stores.imports.state.is_open


async def test_the_sheet_says_what_will_happen_what_will_not_and_what_stands_there(open_app: Open) -> None:
    async with open_app(calendar_scenes.opened, route=PAGE) as app:
        for sentence in (
            "Import Ana, private",
            "3 times will be blocked".upper(),
            "taken by Kim Lee",
            "1 booking stands in these times",
            "“Call the supplier” (line 88) does not say when it ends.",
            "41 lie before today or more than a year ahead.",
        ):
            assert app.window.says(sentence), sentence
        assert said(app, "import.do") == "Block 3 times"


async def test_nothing_chosen_changes_nothing(open_app: Open) -> None:
    async with open_app(calendar_scenes.none, route=PAGE, replies={"pick_files": []}) as app:
        await app.window.tap("import.choose")
        assert not app.stores.imports.state.is_open
