"""`python -m backend_stub`: the hosted API as a program of its own."""

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend_stub.app import create_app
from backend_stub.calls_player import NotACallFile, load_calls
from backend_stub.clock import Clock, SystemClock
from backend_stub.demo import DemoUser, demo_first_generation_token, demo_users, seed_demo
from backend_stub.faults import BadSpec, parse_faults
from backend_stub.schema import NewerDatabase
from backend_stub.settings import DEFAULT_PORT, Settings
from backend_stub.store import Store

DEFAULTS = Settings()
GRACE_S = 3
"""How long connections may take to end when the server is stopped."""


class AbortableProtocol(HttpToolsProtocol):
    """Gives the app the means to drop a connection, which `--faults drop_before` is made of."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self.app_state: dict[str, Any] = {**self.app_state, "abort": transport.abort}


class Announced(uvicorn.Server):
    """Prints who can sign in before anybody can, and last the one line that says the server is ready."""

    def __init__(self, config: uvicorn.Config, users: Sequence[DemoUser], old_token: str | None) -> None:
        super().__init__(config)
        self._users = users
        self._old_token = old_token

    async def startup(self, sockets: list[Any] | None = None) -> None:
        for user in self._users:
            _say(f"{user.role}: {user.email} password: {user.password}")
        _say(f"first generation token: {self._old_token}")
        await super().startup(sockets)
        if self.should_exit:
            return
        port = self.servers[0].sockets[0].getsockname()[1]
        owner = self._users[0]
        _say(f"ready: http://{self.config.host}:{port} demo account: {owner.email} password: {owner.password}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m backend_stub", description="The hosted API, small and local.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one")
    parser.add_argument("--data", default=":memory:", metavar="DIR", help="a data folder, or :memory:")
    parser.add_argument("--seed", type=int, default=1, help="the same seed on the same day is the same business")
    parser.add_argument("--business", choices=("salon", "dentist", "clinic", "garage"), default="salon")
    parser.add_argument("--time-zone", default=DEFAULTS.time_zone, metavar="ZONE")
    parser.add_argument("--bookings", type=int, metavar="N", help="about so many bookings in the history")
    parser.add_argument("--calls", type=Path, metavar="FILE", help="a call file to play instead of our own calls")
    parser.add_argument("--no-calls", action="store_true", help="the telephone stays silent")
    parser.add_argument("--concurrent", type=int, default=DEFAULTS.concurrent, help="calls at once")
    parser.add_argument("--speed", type=float, default=1.0, help="2 speaks twice as fast")
    parser.add_argument("--faults", metavar="SPEC", help='faults on request (docs/api.md); "" only allows asking')
    parser.add_argument("--no-forecasts", action="store_true", help="no forecasts are made in the background")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits, for measuring")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    return parser.parse_args(arguments)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Raises BadSpec and NotACallFile, and ValueError for what is out of range."""
    if arguments.speed <= 0 or arguments.concurrent < 1 or (arguments.bookings or 0) < 0:
        raise ValueError("--speed and --concurrent must be more than 0, --bookings not less")
    if arguments.time_zone not in available_timezones():
        raise ValueError(f"{arguments.time_zone} is not a time zone of the IANA database")
    parse_faults(arguments.faults or "")
    if arguments.calls is not None:
        load_calls(arguments.calls, arguments.business)
    return Settings(
        business=arguments.business,
        time_zone=arguments.time_zone,
        seed=arguments.seed,
        bookings=arguments.bookings,
        calls=arguments.calls,
        play=not arguments.no_calls,
        speed=arguments.speed,
        concurrent=arguments.concurrent,
        faults=arguments.faults,
        limits=not arguments.no_limits,
        foretell=not arguments.no_forecasts,
    )


class CannotServe(Exception):
    """The port or the data folder cannot be had; the text is a sentence."""


def bound(host: str, port: int) -> socket.socket:
    """A socket on that address, taken before anything slow is begun.  Raises CannotServe."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise CannotServe(f"Port {port} on {host} is in use or not allowed. Choose another with --port.") from error
    return listener


def opened(data: Path | None) -> Store:
    """Raises CannotServe."""
    try:
        return Store(data)
    except NewerDatabase as error:
        raise CannotServe(f"The data folder {data} cannot be used: {error}.") from error
    except OSError as error:
        raise CannotServe(f"The data folder {data} cannot be used ({error.strerror}).") from error
    except sqlite3.DatabaseError as error:
        raise CannotServe(f"The database in {data} cannot be read ({error}).") from error


def serve(settings: Settings, *, host: str, port: int, data: Path | None, verbose: bool = False) -> None:
    """Run until SIGINT or SIGTERM.  Raises CannotServe."""
    clock: Clock = SystemClock()
    with contextlib.closing(bound(host, port)) as listener, contextlib.closing(opened(data)) as store:
        seed_demo(store, clock, settings)
        gc.collect()
        gc.freeze()
        config = uvicorn.Config(
            create_app(store, clock, settings),
            host=host,
            port=port,
            http=AbortableProtocol,
            log_level="info" if verbose else "warning",
            access_log=verbose,
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_S,
            server_header=False,
        )
        Announced(config, demo_users(store), demo_first_generation_token(store, clock)).run(sockets=[listener])


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 stopped on request, 1 failed, 2 bad usage."""
    chosen = read_arguments(arguments)
    logging.basicConfig(level=logging.WARNING)
    try:
        settings = settings_of(chosen)
    except (BadSpec, NotACallFile, ValueError, OSError) as bad:
        sys.stderr.write(f"{bad}\n")
        return 2
    data = None if chosen.data == ":memory:" else Path(chosen.data)
    try:
        serve(settings, host=chosen.host, port=chosen.port, data=data, verbose=chosen.verbose)
    except CannotServe as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
