"""More: the account, this device's appearance and language, the devices signed in, how the data stands, the keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import flet as ft

from client.api import auth
from client.api.auth import Session
from client.api.errors import ApiError
from client.models.account import Identity
from client.models.encryption import Encryption
from client.models.link import LinkStatus
from client.state.preferences import Appearance, Preferences
from client.state.runtime import Keeping
from screens.live import changes, go, open_outbox, strip
from screens.routes import CALENDARS, Route
from screens.stores import Stores
from screens.window import KEYS_PANEL
from widgets import buttons, notices, parts
from widgets import format as fmt
from widgets.buttons import Kind
from widgets.choices import Option, choice
from widgets.component import Handler, component, effect, see
from widgets.link_strip import Changes
from widgets.parts import Tone
from widgets.scaffold import Place, headed, one_column, page_head, place_rows, under_more
from widgets.strings import LANGUAGES, Words
from widgets.theme import Layout

VERSION = "0.3.0"
_AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """`devices` None while they are asked for; `devices_failed`: they could not be."""

    identity: Identity | None
    preferences: Preferences
    link: LinkStatus
    changes: Changes
    calendars_in_trouble: tuple[str, ...]
    keeping: Keeping
    encryption: Encryption | None
    now: datetime
    devices: tuple[Session, ...] | None
    devices_failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreActions:
    appearance: Callable[[Appearance], object]
    language: Callable[[str | None], object]
    hours: Callable[[int], object]
    end_session: Callable[[str], object]
    reload_devices: Handler
    sign_out: Handler
    keys: Handler
    sync_now: Handler
    outbox: Handler
    calendars: Handler
    go_to: Callable[[Place], None]


@component
def more_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """More, bound to the stores; the list of devices is asked for each time, it is not kept."""
    session = see(stores.session).state
    devices, set_devices = ft.use_state(cast("tuple[Session, ...] | None", None))
    failed, set_failed = ft.use_state(False)

    async def load() -> None:
        try:
            set_devices(await auth.sessions(stores.runtime.api))
            set_failed(False)
        except ApiError:
            set_failed(True)

    async def end_session(session_id: str) -> None:
        try:
            await auth.end_session(stores.runtime.api, session_id)
        except ApiError:
            set_failed(True)
            return
        await load()

    effect(load, [])
    more = More(
        identity=session.identity,
        preferences=see(stores.preferences).state,
        link=see(stores.link).state,
        changes=changes(stores),
        calendars_in_trouble=tuple(each.name for each in see(stores.calendars).state.in_trouble),
        keeping=session.keeping,
        encryption=session.encryption,
        now=see(stores.ticks).now,
        devices=devices,
        devices_failed=failed,
    )
    actions = MoreActions(
        appearance=stores.preferences.choose_appearance,
        language=stores.preferences.choose_language,
        hours=stores.preferences.choose_hours,
        end_session=end_session,
        reload_devices=load,
        sign_out=stores.leaving.open,
        keys=lambda: stores.panel.open(KEYS_PANEL),
        sync_now=stores.runtime.kick,
        outbox=lambda: open_outbox(stores),
        calendars=lambda: go(stores, Route(place=Place.MORE, page=CALENDARS)),
        go_to=lambda place: go(stores, Route(place=place)),
    )
    return more_view(words, layout, more, actions, strip(stores, words))


def more_view(words: Words, layout: Layout, more: More, actions: MoreActions, link: ft.Control) -> ft.Control:
    edge = layout.edge
    head = ft.Container(
        headed(layout, page_head(words, words("place.more"), size=22 if layout.is_phone else 24), link, gap=0),
        padding=ft.Padding.only(left=edge + 2, right=edge, top=14),
    )
    cards: list[ft.Control] = [
        *place_rows(words, under_more(rail=not layout.is_phone), actions.go_to),
        *_account(words, more, actions),
        *_appearance(words, more, actions),
        *_data(words, layout, more, actions),
        *_calendars(words, more, actions),
        *_devices(words, more, actions),
        *_about(words, layout, actions),
    ]
    listing = ft.ListView(
        [one_column(layout, cards, widest=680.0)],
        padding=ft.Padding.only(left=edge, right=edge, top=4, bottom=24),
        expand=True,
        key="more.list",
    )
    return ft.Column([head, listing], spacing=0, expand=True)


def _account(words: Words, more: More, actions: MoreActions) -> list[ft.Control]:
    who = more.identity
    if who is None:
        return []
    rows: list[ft.Control] = [
        ft.Row(
            [
                parts.avatar(fmt.initials(who.name), size=44),
                ft.Column(
                    [
                        parts.strong(fmt.clipped(who.name, 200)),
                        parts.muted(f"{who.email} · {words(f'role.{who.role}')}"),
                        parts.muted(who.business_name),
                    ],
                    spacing=1,
                    tight=True,
                    expand=True,
                ),
            ],
            spacing=12,
        )
    ]
    rows.append(
        ft.Row([buttons.button("more.sign_out", words("more.sign_out"), actions.sign_out, icon_name=ft.Icons.LOGOUT)])
    )
    return _group(words("more.account"), rows)


def _appearance(words: Words, more: More, actions: MoreActions) -> list[ft.Control]:
    chosen = more.preferences
    looks = [Option(name=a, label=words(f"appearance.{a}"), chosen=a is chosen.appearance) for a in Appearance]
    languages = [Option(name=_AUTO, label=words("language.auto"), chosen=chosen.language is None)]
    languages += [
        Option(name=code, label=words(f"language.{code}"), chosen=chosen.language == code) for code in LANGUAGES
    ]
    hours = [Option(name=str(h), label=words(f"hours.{h}"), chosen=chosen.hours == h) for h in (24, 12)]
    return _group(
        words("more.appearance"),
        [
            choice(words("more.look"), "appearance", looks, lambda name: actions.appearance(Appearance(name))),
            choice(
                words("more.language"),
                "language",
                languages,
                lambda name: actions.language(None if name == _AUTO else name),
            ),
            choice(words("more.hours"), "hours", hours, lambda name: actions.hours(int(name))),
        ],
    )


def _data(words: Words, layout: Layout, more: More, actions: MoreActions) -> list[ft.Control]:
    link = more.link
    as_of = fmt.moment(words, link.as_of, more.now) if link.as_of else words("strip.no_data")
    rows: list[ft.Control] = [
        _fact(layout, words("more.data_as_of"), as_of),
        _fact(layout, words("more.waiting"), _waiting(words, more.changes)),
        _fact(layout, words("more.kept"), words(f"keeping.{more.keeping}")),
        *_encryption(words, layout, more),
        ft.Row(
            [
                buttons.button("more.sync", words("more.sync_now"), actions.sync_now, icon_name=ft.Icons.SYNC),
                buttons.button("more.outbox", words("more.outbox"), actions.outbox, icon_name=ft.Icons.OUTBOX),
            ],
            spacing=8,
            run_spacing=8,
            wrap=True,
        ),
    ]
    return _group(words("more.data"), rows)


def _encryption(words: Words, layout: Layout, more: More) -> list[ft.Control]:
    if more.encryption is None:
        return []
    return [_fact(layout, words("more.encryption"), words(f"encryption.{more.encryption}"))]


def _calendars(words: Words, more: More, actions: MoreActions) -> list[ft.Control]:
    rows: list[ft.Control] = [parts.muted(words("calendars.more_body"), size=14, height=1.4)]
    for name in more.calendars_in_trouble:
        line = words("calendars.more_trouble", name=fmt.clipped(name, 80))
        rows.append(ft.Row([parts.chip(line, Tone.DANGER, ft.Icons.SYNC_PROBLEM)]))
    label = words("calendars.open")
    rows.append(
        ft.Row([buttons.button("more.calendars", label, actions.calendars, icon_name=ft.Icons.CALENDAR_MONTH_OUTLINED)])
    )
    return _group(words("calendars.title"), rows)


def _waiting(words: Words, changes: Changes) -> str:
    pieces = [words("strip.waiting", n=changes.waiting)] if changes.waiting else []
    pieces += [words("strip.stuck", n=changes.stuck)] if changes.stuck else []
    return " · ".join(pieces) or words("more.nothing_waits")


def _devices(words: Words, more: More, actions: MoreActions) -> list[ft.Control]:
    if more.devices_failed:
        rows: list[ft.Control] = [
            notices.trouble(
                "more.devices_retry",
                words("more.devices_failed"),
                words("more.devices_failed_body"),
                words("action.retry"),
                actions.reload_devices,
            )
        ]
    elif more.devices is None:
        rows = [notices.skeleton_rows(2, label=words("loading.devices"))]
    else:
        rows = parts.divided([_device(words, device, more.now, actions) for device in more.devices])
    return _group(words("more.devices"), rows)


def _device(words: Words, device: Session, now: datetime, actions: MoreActions) -> ft.Control:
    seen = words("more.seen", when=fmt.moment(words, device.last_seen_at, now))
    tail: ft.Control = (
        parts.chip(words("more.this_device"), Tone.POSITIVE)
        if device.current
        else buttons.button(
            f"device.{device.session_id}",
            words("more.end_session"),
            lambda: actions.end_session(device.session_id),
            kind=Kind.LINK,
            name=words("more.end_session_name", name=fmt.clipped(device.name, 80)),
        )
    )
    icon = ft.Icons.SMARTPHONE if device.platform in ("ios", "android") else ft.Icons.COMPUTER
    return ft.Container(
        ft.Row(
            [
                parts.icon(icon),
                ft.Column(
                    [parts.text(fmt.clipped(device.name, 120), size=15), parts.muted(seen)],
                    spacing=1,
                    tight=True,
                    expand=True,
                ),
                tail,
            ],
            spacing=12,
        ),
        padding=ft.Padding.symmetric(vertical=8),
    )


def _about(words: Words, layout: Layout, actions: MoreActions) -> list[ft.Control]:
    rows: list[ft.Control] = [_fact(layout, words("more.version"), VERSION)]
    if not layout.is_phone:
        rows.append(
            ft.Row(
                [buttons.button("more.keys", words("keys.title"), actions.keys, icon_name=ft.Icons.KEYBOARD_OUTLINED)]
            )
        )
    return _group(words("more.about"), rows)


def _fact(layout: Layout, label: str, value: str) -> ft.Control:
    return parts.fact(label, value, layout, label_width=120)


def _group(label: str, rows: list[ft.Control]) -> list[ft.Control]:
    return [parts.gap(4), parts.section_label(label), parts.card(ft.Column(rows, spacing=14, tight=True))]
