"""What `chatty doctor` finds out: versions, paths, the database's health, the keychain, the API, the clock.

Each check answers for itself; none stops the others, and none changes anything.
"""

import platform
import sqlite3
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import accounts
from client.api import health
from client.api.errors import ApiError
from client.config import Config
from client.models.account import Identity
from client.models.encryption import Encryption
from client.platform import PlatformError
from client.storage import business, cursors, driver, meta, outbox
from client.storage.database import Database
from client.storage.errors import StorageError
from desk.documents import json_of
from runtime import DeviceRuntime

SKEW_WORTH_SAYING_S = 120


async def examine(config: Config) -> dict[str, Any]:
    """The whole report, as docs/cli.md describes it."""
    runtime = DeviceRuntime(config)
    try:
        await runtime.choose_secrets()
        report: dict[str, Any] = {"versions": _versions(), "paths": _paths(config), "sqlite": _sqlite()}
        report["secrets"], identity = await _secrets(runtime)
        report["signed_in"] = identity is not None
        report["database"] = await _database(config, identity, runtime) if identity else None
        report["api"] = await _api(runtime)
    finally:
        await runtime.close()
    database = report["database"] or {}
    return report | {
        "as_of": database.get("as_of"),
        "offline": not report["api"]["reachable"],
        "waiting": database.get("waiting", 0),
    }


def _versions() -> dict[str, str]:
    return {
        "app": version("thechattyai"),
        "flet": version("flet"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
    }


def _paths(config: Config) -> dict[str, str]:
    return {"data": str(config.data_dir), "api": config.api_url}


def _sqlite() -> dict[str, bool]:
    with sqlite3.connect(":memory:") as conn:
        options = {row[0] for row in conn.execute("PRAGMA compile_options")}
    conn.close()
    return {"fts5": "ENABLE_FTS5" in options, "json": "OMIT_JSON" not in options}


async def _secrets(runtime: DeviceRuntime) -> tuple[dict[str, Any], Identity | None]:
    trouble, identity = runtime.keychain_trouble, None
    kept_trouble = None
    try:
        identity = await runtime.kept_identity()
    except PlatformError as error:
        kept_trouble = error.sentence
    answer = {"kept_in": runtime.keeping.value, "keychain": trouble or "usable", "trouble": kept_trouble}
    return answer, identity


async def _database(config: Config, identity: Identity, runtime: DeviceRuntime) -> dict[str, Any]:
    path = accounts.folder_of(config, identity) / accounts.DATABASE
    answer: dict[str, Any] = {"path": str(path), "health": "missing"}
    if not path.exists():
        return answer
    key, why_not = await runtime.key_of(identity, make=False)
    try:
        plain = driver.is_plain(path)
        answer |= {"bytes": path.stat().st_size, "encryption": _encryption(plain, why_not)}
        # A plain one is encrypted by the next start, not by an examination.
        database = Database.open(path, runtime.clock, key=None if plain else key)
    except (StorageError, OSError) as error:
        return answer | {"health": str(error)}
    try:
        return answer | database.read(_contents)
    except StorageError as error:
        return answer | {"health": str(error)}
    finally:
        database.close()


def _encryption(plain: bool, why_not: Encryption | None) -> str:
    if not plain:
        return Encryption.ON.value
    return (why_not or Encryption.IN_USE).value


def _contents(conn: sqlite3.Connection) -> dict[str, Any]:
    as_of, shop = cursors.as_of(conn), business.get(conn)
    return {
        "health": conn.execute("PRAGMA quick_check(1)").fetchone()[0],
        "schema": conn.execute("PRAGMA user_version").fetchone()[0],
        "bookings": conn.execute("SELECT count(*) FROM bookings").fetchone()[0],
        "calls": conn.execute("SELECT count(*) FROM calls").fetchone()[0],
        "full_text_search": meta.get(conn, "fts5") == "1",
        "waiting": outbox.waiting(conn),
        "as_of": json_of(as_of, shop.zone if shop else ZoneInfo("UTC")),
    }


async def _api(runtime: DeviceRuntime) -> dict[str, Any]:
    before_ms, begun = runtime.clock.now_ms(), runtime.clock.monotonic()
    try:
        answer = await health.health(runtime.api, timeout_s=5.0)
    except ApiError as error:
        return {"reachable": False, "sentence": error.detail, "version": None, "milliseconds": None, "skew_s": None}
    taken_s = runtime.clock.monotonic() - begun
    return {
        "reachable": True,
        "sentence": None,
        "version": answer.version,
        "milliseconds": round(taken_s * 1000),
        "skew_s": round((before_ms - answer.server_time) / 1000 + taken_s / 2, 1),
    }


def lines(report: dict[str, Any]) -> list[str]:
    """The report for people: one line for each thing, what is wrong said in words."""
    found, api, secrets = report["versions"], report["api"], report["secrets"]
    database = report["database"]
    rows = [
        ("Versions", f"app {found['app']}, Flet {found['flet']}, Python {found['python']}, SQLite {found['sqlite']}"),
        ("System", found["system"]),
        ("Data folder", report["paths"]["data"]),
        ("Search", "FTS5, full text" if report["sqlite"]["fts5"] else "no FTS5 here: searching is plain and slower"),
        ("Keychain", secrets["keychain"]),
        ("Tokens kept in", _KEPT[secrets["kept_in"]] + (f" · {secrets['trouble']}" if secrets["trouble"] else "")),
        ("Signed in", "yes" if report["signed_in"] else "no (chatty login)"),
        ("Database", _database_line(database) if database else "none yet"),
        *([("Encryption", _ENCRYPTION[database["encryption"]])] if "encryption" in (database or {}) else []),
        ("API", _api_line(report["paths"]["api"], api)),
        ("Clock", _clock_line(api["skew_s"])),
    ]
    return [f"{name:<15} {what}" for name, what in rows]


_KEPT = {
    "keychain": "the keychain",
    "vault": "the vault file, opened by CHATTY_VAULT_PASSPHRASE",
    "memory": "nowhere: a session ends with its process (set CHATTY_VAULT_PASSPHRASE to keep it)",
}


_ENCRYPTION = {
    "on": "on, with a key in the keychain",
    "no_keychain": "off: no keychain is usable, and beside the data a key would protect nothing",
    "no_driver": "off: there is no SQLCipher for this platform",
    "in_use": "not yet: the next start encrypts it, when no other copy of the app has it open",
}


def _database_line(database: dict[str, Any]) -> str:
    if database["health"] != "ok":
        return f"{database['health']} ({database['path']})"
    size = f"{database['bytes'] / 1e6:.1f} MB"
    return f"healthy, {database['bookings']:,} bookings, {database['calls']:,} calls, {size} ({database['path']})"


def _api_line(url: str, api: dict[str, Any]) -> str:
    if not api["reachable"]:
        return f"offline: {url} does not answer as the API does. {api['sentence']}"
    return f"{url} answers in {api['milliseconds']} ms, version {api['version']}"


def _clock_line(skew_s: float | None) -> str:
    if skew_s is None:
        return "not compared, the API does not answer"
    if abs(skew_s) < SKEW_WORTH_SAYING_S:
        return f"right ({skew_s:+.1f} s beside the server's)"
    return f"{abs(skew_s):,.0f} s {'ahead of' if skew_s > 0 else 'behind'} the server's; set this device's clock"
