"""Signing in: the demo in one tap, a password, or the system browser; errors as sentences, nothing typed is lost."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from client.models.account import Identity
from client.state.runtime import Keeping
from client.state.session import SessionState, Trouble, Way
from screens.removal import removal_view
from screens.stores import Stores
from widgets import buttons, fields, notices, parts, theme
from widgets import format as fmt
from widgets.business_row import business_row
from widgets.buttons import Kind
from widgets.component import Handler, component, effect, see
from widgets.strings import Words
from widgets.theme import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInActions:
    demo: Handler
    password: Handler
    browser: Handler
    give_browser_up: Handler
    retry: Handler
    put_removal_away: Handler
    switch: Callable[[Identity], object]
    back: Handler
    type_email: Handler
    type_password: Handler


@component
def sign_in_screen(stores: Stores, words: Words, layout: Layout) -> ft.Control:
    """The sign-in place, bound to the session."""
    state = see(stores.session).state
    email, set_email = ft.use_state("")
    password, set_password = ft.use_state("")
    effect(stores.session.ask_server, [])

    async def open_url(url: str) -> None:
        await ft.UrlLauncher().launch_url(url)

    async def with_password() -> None:
        await stores.session.sign_in_password(email, password)

    async def with_browser() -> None:
        await stores.session.sign_in_browser(open_url if ft.context.page.web else None)

    actions = SignInActions(
        demo=stores.session.sign_in_demo,
        password=with_password,
        browser=with_browser,
        give_browser_up=stores.session.give_browser_up,
        retry=stores.session.ask_server,
        put_removal_away=stores.session.put_removal_away,
        switch=stores.session.switch,
        back=stores.session.stop_adding,
        type_email=set_email,
        type_password=set_password,
    )
    return sign_in_view(words, layout, state, email, password, actions)


def sign_in_view(
    words: Words,
    layout: Layout,
    state: SessionState,
    email: str,
    password: str,
    actions: SignInActions,
) -> ft.Control:
    """The form, calm in the middle."""
    rows: list[ft.Control] = [
        _brand(words, state, actions),
        parts.gap(10),
        parts.heading(words("sign_in.add" if state.adding else "sign_in.title"), size=26),
        parts.muted(words("sign_in.add_body" if state.adding else "sign_in.body"), size=15, height=1.45),
        parts.gap(6),
        *_notices(words, state, actions),
        *([] if state.adding else _others(words, state, actions)),
        *(_demo(words, state, actions) if state.demo else ()),
        *_password(words, state, email, password, actions),
        *(_browser(words, state, actions) if state.browser_offered else ()),
        parts.gap(6),
        _keeping(words, state.keeping),
    ]
    form = ft.Column(rows, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    width = min(420.0, layout.width - 32)
    framed = ft.Container(form, width=width) if layout.is_phone else parts.card(form, padding=32)
    if not layout.is_phone:
        framed.width = 460
    return parts.in_the_middle(ft.SafeArea(framed))


def _notices(words: Words, state: SessionState, actions: SignInActions) -> list[ft.Control]:
    """Why the form stands here again, and what went wrong."""
    rows: list[ft.Control] = []
    if state.removal is not None:
        rows.append(removal_view(words, state.removal, actions.put_removal_away, rounded=True))
    if state.revoked:
        rows.append(notices.banner(words("sign_in.revoked"), icon_name=ft.Icons.PHONELINK_ERASE))
    elif state.ended:
        rows.append(notices.banner(words("sign_in.ended"), icon_name=ft.Icons.LOCK_OUTLINE))
    if state.trouble is not None:
        wait = fmt.minutes_long(words, max(1, math.ceil((state.wait_s or 0) / 60)))
        said = words(f"sign_in.trouble.{state.trouble}", wait=wait, detail=state.detail)
        rows.append(notices.banner(said, icon_name=ft.Icons.ERROR_OUTLINE))
    elif state.reachable is False:
        retry = buttons.button(
            "sign_in.retry", words("action.retry"), actions.retry, kind=Kind.LINK, icon_name=ft.Icons.REFRESH
        )
        rows.append(notices.banner(words("sign_in.unreachable"), icon_name=ft.Icons.CLOUD_OFF))
        rows.append(ft.Row([retry]))
    return rows


def _demo(words: Words, state: SessionState, actions: SignInActions) -> list[ft.Control]:
    return [
        buttons.button(
            "sign_in.demo",
            words("sign_in.demo"),
            actions.demo,
            kind=Kind.PRIMARY,
            icon_name=ft.Icons.PLAY_CIRCLE_OUTLINE,
            height=theme.TARGET_TOUCH,
            busy=state.busy is Way.DEMO,
            disabled=state.busy is not None,
        ),
        _or(words),
    ]


def _browser(words: Words, state: SessionState, actions: SignInActions) -> list[ft.Control]:
    ask = buttons.button(
        "sign_in.browser",
        words("sign_in.browser_waiting") if state.busy is Way.BROWSER else words("sign_in.browser"),
        actions.browser,
        icon_name=ft.Icons.OPEN_IN_NEW,
        height=theme.TARGET_TOUCH,
        busy=state.busy is Way.BROWSER,
        disabled=state.busy is not None,
    )
    if state.busy is not Way.BROWSER:
        return [ask]
    stop = buttons.button(
        "sign_in.browser_stop", words("sign_in.browser_stop"), actions.give_browser_up, height=theme.TARGET_TOUCH
    )
    return [ask, stop]


def _password(words: Words, state: SessionState, email: str, password: str, actions: SignInActions) -> list[ft.Control]:
    wrong = state.trouble is Trouble.WRONG_CREDENTIALS
    return [
        fields.field(
            "sign_in.email",
            words("sign_in.email"),
            email,
            actions.type_email,
            keyboard=ft.KeyboardType.EMAIL,
            autofill=ft.AutofillHint.EMAIL,
            on_submit=actions.password,
            error=words("sign_in.check_email") if state.trouble is Trouble.NO_ADDRESS else None,
        ),
        fields.password_field(
            words,
            "sign_in.password",
            words("sign_in.password"),
            password,
            actions.type_password,
            on_submit=actions.password,
            error=words("sign_in.check_password") if wrong else None,
        ),
        buttons.button(
            "sign_in.submit",
            words("sign_in.submit"),
            actions.password,
            kind=Kind.PLAIN if state.demo else Kind.PRIMARY,
            height=theme.TARGET_TOUCH,
            busy=state.busy is Way.PASSWORD,
            disabled=state.busy is not None,
        ),
    ]


def _others(words: Words, state: SessionState, actions: SignInActions) -> list[ft.Control]:
    """Who is signed in here all the same."""
    if not state.others:
        return []
    busy = state.busy is not None
    rows = [
        business_row(words, each, lambda each=each: actions.switch(each), shown=False, disabled=busy)
        for each in state.others
    ]
    return [parts.section_label(words("sign_in.others")), *rows, _or(words)]


def _brand(words: Words, state: SessionState, actions: SignInActions) -> ft.Control:
    back = buttons.icon_button("sign_in.back", words("action.back"), ft.Icons.ARROW_BACK, actions.back)
    return ft.Row(
        [
            *([back] if state.adding and state.identity else []),
            ft.Container(
                width=40,
                height=40,
                border_radius=12,
                gradient=ft.LinearGradient(
                    begin=ft.Alignment.TOP_LEFT, end=ft.Alignment.BOTTOM_RIGHT, colors=["#20C997", "#6C5CE7"]
                ),
            ),
            parts.strong("TheChattyAI", size=17),
        ],
        spacing=12,
    )


def _or(words: Words) -> ft.Control:
    return ft.Row(
        [
            ft.Container(height=1, bgcolor=theme.LINE, expand=True),
            parts.muted(words("sign_in.or"), size=12),
            ft.Container(height=1, bgcolor=theme.LINE, expand=True),
        ],
        spacing=12,
    )


def _keeping(words: Words, keeping: Keeping) -> ft.Control:
    """Where the sign-in is kept on this device."""
    name = ft.Icons.LOCK_OPEN if keeping is Keeping.MEMORY else ft.Icons.LOCK_OUTLINE
    return ft.Row(
        [ft.Icon(name, size=16, color=theme.MUTED), parts.muted(words(f"keeping.{keeping}"), expand=True, height=1.4)],
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
