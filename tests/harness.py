"""A Flet window without a browser: a real session over a connection that keeps what is sent.

Mount a component or the whole app, find controls as a person would (by identifier, by text), tap, type, go to an
address, and look at what was painted and how many bytes that took.  Flet's private names are used here and nowhere
else, which is why its version is pinned.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

C = TypeVar("C", bound=BaseControl)
S = TypeVar("S", bound=ft.Service)
Reply = Any

_NOT_DRAWN = frozenset({"_parent", "parent", "data", "args", "kwargs", "_state", "_contexts", "_parent_component"})


class _Wire(Connection):
    """Packs every message as the real one does, and answers what the client would be asked."""

    def __init__(self, replies: dict[str, Reply], on_sent: Callable[[bytes], object]) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self.on_sent = on_sent
        self.sizes: list[int] = []
        self.calls: list[tuple[str, Any]] = []
        self.replies = replies
        self.session: Session | None = None
        self.pubsubhub = PubSubHub()
        self.loop = asyncio.get_running_loop()
        self.executor = ThreadPoolExecutor(2)
        self.page_url = "http://test"

    def send_message(self, message: Message) -> None:
        packed = msgpack.packb([message.action, message.body], default=configure_encode_object_for_msgpack(BaseControl))
        self.sizes.append(len(packed))
        self.messages.append(message)
        self.on_sent(packed)
        if message.action == MessageAction.INVOKE_METHOD:
            self._answer(message.body)

    def dispose(self) -> None:
        return None

    def _answer(self, body: Any) -> None:
        assert self.session is not None
        self.calls.append((body.name, body.args))
        reply = self.replies.get(body.name)
        result = reply(body.args) if callable(reply) else reply
        self.loop.call_soon(self.session.handle_invoke_method_results, body.control_id, body.call_id, result, None)
        if body.name == "push_route":
            route = body.args["route"]
            self.session.apply_page_patch({"route": route})
            self.loop.create_task(self.session.dispatch_event(1, "route_change", {"route": route}))


class Node(NamedTuple):
    """A control with the controls around it, outermost first."""

    control: BaseControl
    above: tuple[BaseControl, ...]

    def nearest(self, kind: type[C]) -> C | None:
        return next((c for c in reversed(self.above) if isinstance(c, kind)), None)


class Harness:
    """One window.  Use as `async with Harness(width=390) as window`."""

    def __init__(
        self,
        *,
        width: float = 390,
        height: float = 844,
        route: str = "/",
        web: bool = True,
        platform: str = "linux",
        replies: dict[str, Reply] | None = None,
        on_sent: Callable[[bytes], object] = len,
    ) -> None:
        """`on_sent` gets each message to the client, packed."""
        self._on_sent = on_sent
        self._client = {"width": width, "height": height, "route": route, "platform": platform, "web": web}
        self.replies = replies or {}

    async def __aenter__(self) -> Self:
        self._wire = _Wire(self.replies, self._on_sent)
        self._session = Session(self._wire)
        self._wire.session = self._session
        self.page = self._session.page
        self._token = _context_page.set(self.page)
        self._session.apply_page_patch(self._client)
        # The encoding of this answer takes the snapshot that later diffs compare with.
        reply = RegisterClientResponseBody(
            session_id=self._session.id, page_patch=self._session.get_page_patch(), error=""
        )
        self._wire.send_message(Message(MessageAction.REGISTER_CLIENT, reply))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        _context_page.reset(self._token)
        self._wire.executor.shutdown(wait=False)

    # --- drawing ---------------------------------------------------------------------------------------------------
    async def run(self, main: Callable[[ft.Page], None]) -> None:
        """What `flet.run(main)` would do for this session."""
        main(self.page)
        await self.settle()

    async def render(self, component: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Mount one component in the first view."""
        self.page.render(component, *args, **kwargs)
        await self.settle()

    async def settle(self, turns: int = 30) -> None:
        """Let everything that is ready happen; raises when the session told the client that it crashed."""
        for _ in range(turns):
            await asyncio.sleep(0)
        for message in self._wire.messages:
            if message.action == MessageAction.SESSION_CRASHED:
                raise AssertionError(message.body.message)

    # --- looking ---------------------------------------------------------------------------------------------------
    def nodes(self) -> list[Node]:
        """Everything drawn now, in order, with what is around it."""
        found: list[Node] = []
        for top in (self.page.views, self.page._overlay, self.page._dialogs):
            _walk(top, (), set(), found)
        return found

    def controls(self) -> Iterator[BaseControl]:
        return (node.control for node in self.nodes())

    def all(self, kind: type[C]) -> list[C]:
        return [c for c in self.controls() if isinstance(c, kind)]

    def texts(self) -> list[str]:
        """Every text on screen, spans joined."""
        return [said for c in self.all(ft.Text) if (said := text_of(c))]

    def says(self, part: str) -> bool:
        return any(part in said for said in self.texts())

    def named(self, identifier: str) -> ft.Semantics:
        """The control with this identifier; there must be one."""
        found = self.find(identifier)
        assert found is not None, f"no control {identifier!r} among {sorted(self.identifiers())}"
        return found

    def find(self, identifier: str) -> ft.Semantics | None:
        return next((c for c in self.all(ft.Semantics) if c.identifier == identifier), None)

    def identifiers(self) -> list[str]:
        return [c.identifier for c in self.all(ft.Semantics) if c.identifier]

    def keyed(self, key: str) -> BaseControl:
        """The control with this key."""
        found = [c for c in self.controls() if key_of(c) == key]
        assert len(found) == 1, f"{len(found)} controls have the key {key!r}"
        return found[0]

    def service(self, kind: type[S]) -> S:
        """The service of this kind that the page keeps; there must be one."""
        (found,) = (each for each in self.page._services._services if isinstance(each, kind))
        return found

    # --- doing -----------------------------------------------------------------------------------------------------
    async def tap(self, identifier: str) -> None:
        """Press what has this identifier, as a finger would: the key of a pressable is its identifier."""
        self.named(identifier)
        await self.fire(self.keyed(identifier), "click")

    async def type(self, identifier: str, text: str) -> None:
        self.puts_in(identifier, text)
        await self.fire(self.keyed(identifier), "change", text)

    def puts_in(self, identifier: str, text: str) -> None:
        """The client says what is in a box; that it has changed is still on its way."""
        self._session.apply_patch(self.keyed(identifier)._i, {"value": text})

    async def submit(self, identifier: str) -> None:
        await self.fire(self.keyed(identifier), "submit", None)

    async def fire(self, control: BaseControl, event: str, data: Any = None) -> None:
        """Send an event from the client, and wait until it was handled."""
        await self._session.dispatch_event(control._i, event, data)
        await self.settle()

    def start(self, control: BaseControl, event: str, data: Any = None) -> "asyncio.Task[None]":
        """As `fire`, for a handler that waits for something the test still has to do."""
        return asyncio.get_running_loop().create_task(self._session.dispatch_event(control._i, event, data))

    async def press_key(self, key: str, *, shift: bool = False, ctrl: bool = False) -> None:
        event = {"key": key, "shift": shift, "ctrl": ctrl, "alt": False, "meta": False}
        await self.fire(self.page, "keyboard_event", event)

    async def press_keys(self, keys: str) -> None:
        """One after the other, faster than anything is drawn."""
        for key in keys:
            self.start(
                self.page, "keyboard_event", {"key": key} | dict.fromkeys(("shift", "ctrl", "alt", "meta"), False)
            )
        await self.settle()

    async def arrive(self, route: str) -> None:
        """The browser's address changed: a link or its back button."""
        self._session.apply_page_patch({"route": route})
        await self.fire(self.page, "route_change", {"route": route})

    async def drop(self) -> None:
        """The client is gone for now: a reload, a phone in the pocket."""
        await self._session.disconnect(60)

    async def come_back(self) -> None:
        await self._session.connect(self._wire)
        await self.settle()

    async def resize(self, width: float, height: float) -> None:
        self._session.apply_page_patch({"width": width, "height": height})
        await self.fire(self.page, "resize", {"width": width, "height": height})

    def forget(self) -> None:
        """Let go of the messages kept so far, in a window that is open for long."""
        self._wire.messages.clear()
        self._wire.sizes.clear()
        self._wire.calls.clear()

    # --- measuring -------------------------------------------------------------------------------------------------
    @property
    def sent(self) -> list[int]:
        """The sizes of all messages to the client so far."""
        return self._wire.sizes

    @property
    def calls(self) -> list[tuple[str, Any]]:
        """The methods the client was asked to run, with their arguments."""
        return self._wire.calls


def _walk(value: Any, above: tuple[BaseControl, ...], seen: set[int], found: list[Node]) -> None:
    if isinstance(value, BaseControl):
        if id(value) in seen or getattr(value, "visible", True) is False:
            return
        seen.add(id(value))
        found.append(Node(value, above))
        above = (*above, value)
        for name, part in vars(value).items():
            if _may_hold(type(part)) and name not in _NOT_DRAWN:
                _walk(part, above, seen, found)
        return
    for part in value.values() if isinstance(value, dict) else value:
        if _may_hold(type(part)):
            _walk(part, above, seen, found)


@cache
def _may_hold(kind: type) -> bool:
    return issubclass(kind, BaseControl | list | tuple | dict)


def text_of(control: ft.Text) -> str:
    return control.value or "".join(span.text or "" for span in control.spans or [])


def key_of(control: BaseControl) -> str | None:
    key = getattr(control, "key", None)
    return None if key is None else str(getattr(key, "value", key))
