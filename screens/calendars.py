"""Calendars: what is followed and how it stands, a file brought in, bookings taken out; bound to the stores."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, cast

import flet as ft

from client import editing
from client.calendars.imported import LIMITS
from client.editing import Why
from client.models.account import Role
from client.models.business import Staff
from client.models.ids import CalendarId
from client.models.mutations import host_of
from client.state.calendars import CalendarsState
from screens.live import go, strip
from screens.over import lay_over
from screens.routes import Route
from screens.saving import saved
from screens.stores import Stores
from widgets import notices, parts
from widgets.calendar_cards import (
    ExportSpan,
    FollowActions,
    NewCalendar,
    export_card,
    follow_form,
    followed,
    import_card,
    none_followed,
)
from widgets.component import component, see
from widgets.import_sheet import ImportActions, import_sheet
from widgets.scaffold import Place, headed, one_column, page_head
from widgets.sheet import fit, sheet
from widgets.strings import Words
from widgets.theme import Layout

PLACE: Final = "calendars"
"""Where refusals of this page are shown."""

SPANS: Final = (
    ExportSpan(name="day", label="calendars.today", first=0, days=1),
    ExportSpan(name="week", label="calendars.next_7", first=0, days=7),
    ExportSpan(name="month", label="calendars.next_30", first=0, days=30),
)


@component
def calendars_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """A page on a phone, in More's place on a desktop."""
    state, ours, now = see(stores.calendars).state, see(stores.business).state, see(stores.ticks).now
    asking, ask = ft.use_state(cast("CalendarId | None", None))
    said, say = ft.use_state(cast("str | None", None))

    async def remove(calendar_id: CalendarId) -> None:
        ask(None)
        now = stores.ticks.server_now()
        await stores.edits.do(lambda conn: editing.remove_calendar(conn, calendar_id, now=now))

    async def save(span: ExportSpan, as_csv: bool) -> None:
        exported = await stores.calendars.export_days(span.first, span.days, as_csv=as_csv)
        if exported is not None and await saved(exported.name, exported.data):
            say(words("calendars.exported", n=exported.count, file=exported.name))

    may_change = stores.role is not Role.FRONT_DESK
    rows: list[ft.Control] = [
        parts.muted(words("calendars.body"), size=14, height=1.4),
        _followed(stores, words, state)
        or followed(words, state.calendars, ours.staff, now, asking, ask, remove, may_change=may_change),
        *_form(stores, words, may_change=may_change),
        *_group(words("calendars.import"), import_card(words, partial(_choose_file, stores))),
        *_group(words("calendars.export"), export_card(words, SPANS, save, said)),
        import_over(stores, words, layout),
    ]
    return _page(stores, words, layout, rows)


def _followed(stores: Stores, words: Words, state: CalendarsState) -> ft.Control | None:
    """What stands in place of the list, None when there is one."""
    if state.broken:
        return notices.trouble(
            "calendars.retry", words("broken.title"), words("broken.body"), words("action.retry"), stores.repaint
        )
    if not state.ready:
        return notices.skeleton_rows(2, label=words("loading.calendars"))
    return None if state.calendars else none_followed(words)


def _form(stores: Stores, words: Words, *, may_change: bool) -> list[ft.Control]:
    if not may_change:
        return [parts.muted(words("calendars.forbidden"), size=14, height=1.4)]
    return _group(words("calendars.follow"), new_calendar(stores, words))


@component
def new_calendar(stores: Stores, words: Words) -> ft.Control:
    """The form; what is typed stays until it was taken."""
    new, set_new = ft.use_state(NewCalendar())
    busy, set_busy = ft.use_state(False)
    typed = ft.use_ref(NewCalendar())
    people = _people(stores)

    def change(**fields: object) -> None:
        # Several events may come before the next render.
        typed.current = replace(typed.current or new, error=None, **fields)  # type: ignore[arg-type]
        set_new(typed.current)

    async def add() -> None:
        entered = typed.current or new
        name = entered.name.strip() or host_of(entered.address.strip()) or entered.address
        now, new_id = stores.ticks.server_now(), stores.runtime.clock.new_id
        set_busy(True)
        edited = await stores.edits.do(
            lambda conn: editing.add_calendar(conn, name, entered.address, entered.staff_id, now=now, new_id=new_id),
            place=PLACE,
        )
        set_busy(False)
        if edited is not None:
            typed.current = NewCalendar()
            set_new(typed.current)
            return
        typed.current = replace(entered, error=_why(stores, words))
        set_new(typed.current)

    actions = FollowActions(
        type_address=lambda text: change(address=text),
        type_name=lambda text: change(name=text),
        choose_staff=lambda staff_id: change(staff_id=staff_id),
        add=add,
        focus=stores.focus.types,
        blur=stores.focus.rests,
    )
    return follow_form(words, new, people, actions, busy=busy)


def _why(stores: Stores, words: Words) -> str:
    refusal = stores.edits.state.refusal
    if refusal is not None and refusal.trouble is not None:
        return words(f"trouble.{refusal.trouble}")
    why = refusal.why if refusal else None
    return words("calendars.forbidden" if why is Why.FORBIDDEN else "calendars.address_bad")


# --- files ----------------------------------------------------------------------------------------------------------
@component
def import_over(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sheet of the file that is open."""
    state, people = see(stores.imports).state, _people(stores)
    how_high = fit()
    dialog: ft.DialogControl | None = None
    if state.is_open:

        async def bring_in() -> None:
            done = await stores.imports.bring_in()
            if done is not None and done.edited:
                stores.edits.show(*done.edited)

        actions = ImportActions(
            choose_as=stores.imports.choose_as,
            choose_staff=stores.imports.choose_staff,
            on_purpose=stores.imports.choose_on_purpose,
            bring_in=bring_in,
            close=stores.imports.close,
        )
        content = import_sheet(words, state, people, actions, how_high)
        dialog = sheet(layout, content, stores.imports.close, width=560)
    return lay_over(stores, dialog)


async def _choose_file(stores: Stores) -> None:
    """A browser and a phone give the bytes, a desktop the path.  What is too large is not even read."""
    files = await ft.FilePicker().pick_files(
        file_type=ft.FilePickerFileType.CUSTOM, allowed_extensions=["ics", "ical"], with_data=_gives_bytes()
    )
    ours = stores.business.state.business
    if not files or ours is None:
        return
    chosen = files[0]
    try:
        data = chosen.bytes if chosen.bytes is not None else await asyncio.to_thread(_read, chosen.path)
    except OSError:
        stores.imports.could_not_read(chosen.name)
        return
    await stores.imports.open(chosen.name, data, ours.zone)


def _gives_bytes() -> bool:
    page = ft.context.page
    return page.web or (page.platform is not None and page.platform.is_mobile())


def _read(path: str | None) -> bytes:
    """One byte more than a file may have, so that the reader sees that it is too large."""
    if path is None:
        raise FileNotFoundError
    with Path(path).open("rb") as file:
        return file.read(LIMITS.size_bytes + 1)


# --- the page -------------------------------------------------------------------------------------------------------
def _page(stores: Stores, words: Words, layout: Layout, rows: list[ft.Control]) -> ft.Control:
    edge = layout.edge
    title = page_head(
        words,
        words("calendars.title"),
        on_back=lambda: go(stores, Route(place=Place.MORE)),
        size=22 if layout.is_phone else 24,
    )
    head = ft.Container(
        headed(layout, title, strip(stores, words), gap=0),
        padding=ft.Padding.only(left=edge, right=edge, top=14),
    )
    listing = ft.ListView(
        [one_column(layout, rows, widest=680.0)],
        padding=ft.Padding.only(left=edge, right=edge, top=4, bottom=24),
        expand=True,
        key="calendars.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _group(label: str, card: ft.Control) -> list[ft.Control]:
    return [parts.gap(4), parts.section_label(label), card]


def _people(stores: Stores) -> list[Staff]:
    """Who works here, by name.  A hook."""
    return sorted(see(stores.business).state.staff.values(), key=lambda person: person.name)
