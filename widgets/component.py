"""The one door to Flet's components: every component, effect and event handler of the app passes through here.

Flet 1.0 ends a session's update scheduler without a word when a re-render raises, and replaces the whole window by a
traceback when a handler or an effect does.  So a render that raises draws a card in its own place, and is tried again
at the next change; a handler or an effect that raises is logged and says so in a snack bar.  A test forbids
`ft.component` and `ft.use_effect` anywhere else.
"""

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ParamSpec, TypeVar, cast

import flet as ft

from client.faults import log_fault
from widgets import theme
from widgets.strings import ENGLISH, Words

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound=ft.Observable)
Handler = Callable[..., Any]

log = logging.getLogger(__name__)


def component(fn: Callable[P, R]) -> Callable[P, R]:
    """A Flet component whose failing render shows `error_card` instead of freezing the app."""
    return cast(Callable[P, R], ft.component(_guarded_render(fn, error_card)))


def views_component(fn: Callable[P, list[ft.View]]) -> Callable[P, list[ft.View]]:
    """The same for the root, which makes views."""
    return cast(Callable[P, list[ft.View]], ft.component(_guarded_render(fn, _error_view)))


def memoized(fn: Callable[P, R]) -> Callable[P, R]:
    """A component that renders again only when an argument differs or something it subscribes to changed."""
    return cast(Callable[P, R], cast(Any, ft).memo(component(fn)))


def keyed(key: str, fn: Callable[P, ft.Control], *args: P.args, **kwargs: P.kwargs) -> ft.Control:
    """An instance of a component that keeps its identity among siblings.

    The key must not be the key of a control inside it: Flet matches both by the same field.
    """
    return cast(ft.Control, cast(Any, fn)(*args, key=key, **kwargs))


class Reuse:
    """Makes keyed children of the component being rendered: the very same objects while their arguments are the same.

    Flet passes over a child that is the same object without looking into it; one that is only equal costs it a
    comparison of all that hangs below.  What a render does not ask for is forgotten.

    Only for children in a list: Flet 1.0 does not tell the same child in a single `content` who its new parent is,
    and it loses its page.
    """

    def __init__(self) -> None:
        self._before: dict[str, tuple[object, ft.Control]] = {}
        self._now: dict[str, tuple[object, ft.Control]] = {}

    def begin(self) -> None:
        self._before, self._now = self._now, {}

    def __call__(self, key: str, fn: Callable[P, ft.Control], *args: P.args, **kwargs: P.kwargs) -> ft.Control:
        return self._same(key, (fn, args, kwargs), lambda: keyed(key, fn, *args, **kwargs))

    def drawn(self, key: str, fn: Callable[P, ft.Control], *args: P.args, **kwargs: P.kwargs) -> ft.Control:
        """As a call of this, for a function that is no component."""
        return self._same(key, (fn, args, kwargs), lambda: fn(*args, **kwargs))

    def _same(self, key: str, described: object, make: Callable[[], ft.Control]) -> ft.Control:
        known = self._before.get(key)
        child = known[1] if known and known[0] == described else make()
        self._now[key] = (described, child)
        return child


def reuse() -> Reuse:
    """The children of the component being rendered, kept from render to render.  A hook."""
    children = cast(Reuse, ft.use_ref(Reuse).current)
    children.begin()
    return children


def see(store: T) -> T:
    """Subscribe the component being rendered to a store of its window.  A hook: never inside a condition."""
    return ft.use_state(store)[0]


def handler(fn: Handler) -> Handler:
    """`fn` as an event handler that never takes the window down.  `fn` may be async and may leave out the event.

    A parameter with a default is a bound value (`lambda call_id=call_id: …`), so the event is not put in its place.
    """
    takes_event = any(p.default is p.empty for p in inspect.signature(fn).parameters.values())

    if inspect.iscoroutinefunction(fn):

        async def run_later(e: object) -> None:
            try:
                await (fn(e) if takes_event else fn())
            except Exception as error:
                _report(fn, error)

        return run_later

    def run(e: object) -> None:
        try:
            result = fn(e) if takes_event else fn()
            if inspect.isawaitable(result):
                _start(result, fn)
        except Exception as error:
            _report(fn, error)

    return run


def effect(
    setup: Callable[[], object], depends_on: Sequence[object], *, cleanup: Callable[[], object] | None = None
) -> None:
    """Run `setup` once the component is mounted and again when a dependency changed.  A hook: never in a condition.

    `cleanup` runs before each next time and at the end.  Both may be async; a `setup` that still runs is then
    cancelled.  One that raises is reported as a handler is, and the window lives.
    """
    ft.use_effect(_guarded_effect(setup), list(depends_on), cleanup=_guarded_effect(cleanup or _nothing))


def error_card(words: Words) -> ft.Control:
    """What stands where a part of the screen could not be drawn."""
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.ERROR_OUTLINE, color=theme.DANGER, size=20),
                ft.Text(words("error.render"), color=theme.TEXT, size=14, expand=True),
            ],
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        bgcolor=theme.SURFACE,
        border=ft.Border.all(1, theme.LINE),
        border_radius=theme.RADIUS,
        padding=16,
    )


def _guarded_render(fn: Callable[P, R], fallback: Callable[[Words], Any]) -> Callable[P, R]:
    @functools.wraps(fn)
    def render(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return fn(*args, **kwargs)
        except Exception as error:
            log_fault(log, f"the render of {fn.__qualname__} failed", error)
            return cast(R, fallback(_words_among((*args, *kwargs.values()))))

    return render


def _guarded_effect(fn: Callable[[], object]) -> Callable[[], object]:
    """Gives Flet nothing back: it would take a callable for the cleanup."""
    guarded = handler(fn)

    if inspect.iscoroutinefunction(guarded):

        async def run_later() -> None:
            await guarded(None)

        return run_later

    def run() -> None:
        guarded(None)

    return run


def _nothing() -> None:
    """What an effect without a cleanup does at its end: Flet cancels an async `setup` only when there is one."""


def _words_among(arguments: tuple[object, ...]) -> Words:
    return next((a for a in arguments if isinstance(a, Words)), ENGLISH)


def _error_view(words: Words) -> list[ft.View]:
    return [ft.View(route="/", controls=[error_card(words)], bgcolor=theme.BG, can_pop=False)]


def _start(awaitable: Awaitable[object], fn: Handler) -> None:
    """Runs what a plain callable returned to be awaited, such as a partial of a coroutine function in a lambda."""

    async def run() -> None:
        try:
            await awaitable
        except Exception as error:
            _report(fn, error)

    ft.context.page.run_task(run)


def _report(fn: Handler, error: Exception) -> None:
    log_fault(log, f"{getattr(fn, '__qualname__', type(fn).__name__)} failed", error)
    ft.context.page.show_dialog(ft.SnackBar(ft.Text(ENGLISH("error.handler"), color=theme.ON_BAR), bgcolor=theme.BAR))
