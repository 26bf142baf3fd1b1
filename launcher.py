"""What `chatty run` does: the local hosted API, the app's server, the window, and stopping all of it.

The app runs in this process behind a web server on 127.0.0.1; a desktop window is Flet's client looking at that
server, the web view is a browser doing so.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from client.config import Config
from desk.terminal import Terminal
from hosted import HostedApi, HostedOptions, LaunchError, bind, bind_or_any, hosted_api, port_of, until_healthy

if TYPE_CHECKING:
    from main import Process

ROOT = Path(__file__).parent
WEB_PORT = 8560
CLIENT_DOWNLOAD_TIMEOUT_S = 15.0


def bind_as_asked(port: int | None) -> socket.socket:
    """The port the owner named, or a usual one, or any.  Raises LaunchError if the named one is taken."""
    if port is None:
        return bind_or_any(WEB_PORT)
    try:
        return bind(port)
    except (OSError, OverflowError) as error:
        raise LaunchError(
            f"Port {port} is in use or not allowed. Choose another with --port, or leave it out."
        ) from error


# --- the app's server -----------------------------------------------------------------------------------------------
Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Awaitable[None]]


def only_from_here(app: Asgi) -> Asgi:
    """Refuse requests that another site's page makes: the host must be this machine, the origin the app itself.

    Without this, any page in the owner's browser could open the app's WebSocket and act as the owner.
    """

    async def guarded(
        scope: Scope, receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[Any]]
    ) -> None:
        if scope["type"] in {"http", "websocket"} and not _is_from_here(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This address serves only the app on this machine."})
            return
        await app(scope, receive, send)

    return guarded


def _is_from_here(scope: Scope) -> bool:
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    origin = headers.get(b"origin")
    try:
        name = urlsplit(f"//{host}").hostname
        same = origin is None or urlsplit(origin).netloc == host
    except ValueError:
        return False
    return name in {"127.0.0.1", "localhost", "::1"} and same


_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data: blob:",
        # Older Safaris do not count a socket of the same host as 'self'.
        "connect-src 'self' data: blob: ws://127.0.0.1:* ws://localhost:*",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)


def keeps_to_itself(app: Asgi) -> Asgi:
    """The page may fetch from here alone: Flet's client asks a content network for a library that is not used."""

    async def serve(scope: Scope, receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[Any]]) -> None:
        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"content-security-policy", _POLICY.encode())]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_with_policy if scope["type"] == "http" else send)

    return serve


def outlives_its_readers(app: Asgi) -> Asgi:
    """What is sent to a tab that was closed a moment ago is dropped instead of raised.

    Flet's sender would end in a traceback on the terminal, and its session would never be told that its tab is gone.
    """

    from uvicorn.protocols.utils import ClientDisconnected

    async def serve(scope: Scope, receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[Any]]) -> None:
        async def send_if_open(message: Any) -> None:
            with contextlib.suppress(ClientDisconnected):
                await send(message)

        await app(scope, receive, send_if_open if scope["type"] == "websocket" else send)

    return serve


@contextlib.asynccontextmanager
async def serving(app: Asgi, listener: socket.socket) -> AsyncGenerator[None]:
    """Serve `app` on `listener` for as long as the block runs; signals stay with the caller."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

    config = uvicorn.Config(
        only_from_here(keeps_to_itself(outlives_its_readers(app))),
        log_level="error",
        ws="websockets-sansio",
        timeout_graceful_shutdown=2,
        access_log=False,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task
        listener.close()


# --- the window -----------------------------------------------------------------------------------------------------
def why_no_window() -> str | None:
    """None when Flet's desktop client is here, fetching it on first use; else the reason, as half a sentence."""
    from client.platform.detect import has_display

    if not has_display():
        return "there is no display here"
    try:
        import flet_desktop
    except ImportError:
        return "Flet's desktop client is not installed"
    if os.environ.get("FLET_VIEW_PATH"):
        return None
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(CLIENT_DOWNLOAD_TIMEOUT_S)
    try:
        flet_desktop.ensure_client_cached()
    except (OSError, ValueError) as error:
        return f"Flet's desktop client could not be downloaded ({error})"
    finally:
        socket.setdefaulttimeout(before)
    return None


@contextlib.asynccontextmanager
async def window(url: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Flet's client on `url`; closed at the end of the block, if the owner has not closed it before."""
    import flet_desktop

    process, pid_file = await flet_desktop.open_flet_view_async(url, None, False)
    try:
        yield process
    finally:
        flet_desktop.close_flet_view(pid_file)
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def private_path() -> str:
    """A path nobody can guess, for the server behind a window: other users of this machine reach the port too."""
    return secrets.token_urlsafe(16)


# --- stopping -------------------------------------------------------------------------------------------------------
@contextlib.contextmanager
def stop_signals(stop: asyncio.Event) -> Generator[None]:
    """Ctrl-C and SIGTERM set `stop`; a second Ctrl-C does what it always did."""
    loop = asyncio.get_running_loop()
    kinds = [signal.SIGINT, signal.SIGTERM, *([signal.SIGBREAK] if sys.platform == "win32" else [])]
    before = {kind: signal.getsignal(kind) for kind in kinds}

    def ask_to_stop(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for kind in kinds:
        signal.signal(kind, ask_to_stop)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


# --- the whole run --------------------------------------------------------------------------------------------------
async def run_app(
    config: Config, *, hosted: HostedOptions | None, web: bool, port: int | None, terminal: Terminal
) -> None:
    """Everything from start to stop, until Ctrl-C or the window is closed.  Raises LaunchError.

    `hosted` None: the API at `config.api_url` is used as it is.
    """
    stop = asyncio.Event()
    with stop_signals(stop), contextlib.ExitStack() as running:
        listener = bind_as_asked(port)
        running.callback(listener.close)
        api = running.enter_context(hosted_api(hosted)) if hosted else None
        if api is not None:
            config = replace(config, api_url=api.url)
            with terminal.waiting("Starting the local hosted API. The first start makes two years of bookings."):
                await _first_of(stop, until_healthy(api))
        no_window = "you asked for it" if web else await asyncio.to_thread(why_no_window)
        if not stop.is_set():
            await _show(config, listener, api, no_window, stop, terminal)


async def _show(
    config: Config,
    listener: socket.socket,
    api: HostedApi | None,
    no_window: str | None,
    stop: asyncio.Event,
    terminal: Terminal,
) -> None:
    import flet as ft

    import main

    os.environ.setdefault("FLET_SESSION_TIMEOUT", "600")
    path = private_path() if no_window is None else ""
    address = f"http://127.0.0.1:{port_of(listener)}/{path}"
    process = main.Process(config)
    app = ft.run(process.window, name=path, export_asgi_app=True, no_cdn=True, assets_dir=str(ROOT / "assets"))
    async with _ready(process), serving(cast(Asgi, app), listener), contextlib.AsyncExitStack() as shown:
        watching = asyncio.create_task(_say_when_it_ends(api, terminal), name="hosted API")
        shown.callback(watching.cancel)
        terminal.answer({}, _greeting(config, address, api, no_window))
        if no_window is not None:
            await stop.wait()
        else:
            view = await shown.enter_async_context(window(address))
            await _first_of(stop, view.wait())


@contextlib.asynccontextmanager
async def _ready(process: "Process") -> AsyncGenerator[None]:
    process.prepare()
    try:
        yield
    finally:
        await process.close()


async def _first_of(stop: asyncio.Event, work: Coroutine[Any, Any, Any]) -> None:
    """Wait for `work`, but no longer than until `stop` is set.  Raises what `work` raises."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        working.result()
    else:
        working.cancel()


async def _say_when_it_ends(api: HostedApi | None, terminal: Terminal) -> None:
    if api is None or api.process is None:
        return
    code = await asyncio.to_thread(api.process.wait)
    if not api.stopping:
        terminal.note(
            f"The local hosted API has stopped (exit {code}). {api.last_words()}\n"
            "The app goes on with what is on this device. Press Ctrl-C and start again to have it back."
        )


def _greeting(config: Config, address: str, api: HostedApi | None, no_window: str | None) -> list[str]:
    lines = ["", "TheChattyAI is running.", ""]
    if no_window is not None:
        lines.append(f"  Open   {address}   (in the browser, because {no_window})")
    if demo := api.demo_account() if api else None:
        lines.append(f"  Demo   one tap on the first screen, or {demo}")
    lines += [f"  API    {config.api_url}", f"  Data   {config.data_dir}", "  Stop   Ctrl-C", ""]
    return lines
