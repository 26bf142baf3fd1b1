"""Signing in and out."""

from pathlib import Path

from accounts import folder_of
from client.config import Config
from client.editing.handing_on import changes_file
from client.models.reaching import signs_in
from client.state.runtime import BrowserAnswer, Keeping
from client.storage.database import Database
from desk.documents import identity_document
from desk.files import save
from desk.terminal import Refusal, Terminal, shown
from desk.way import device_of, filled_from_server, now_of, open_on, standing_of
from runtime import DeviceRuntime

_KEPT_IN = {
    Keeping.KEYCHAIN: "The session is kept in the keychain.",
    Keeping.VAULT: "The session is kept in the vault, which CHATTY_VAULT_PASSPHRASE opens.",
}


async def sign_in(config: Config, terminal: Terminal, *, demo: bool, email: str | None, password: str | None) -> None:
    async with device_of(config) as device:
        await device.choose_secrets()
        if demo:
            await device.sign_in_demo()
        elif email is not None and password is not None:
            if not signs_in(email):
                raise Refusal(f"{shown(email)} is no e-mail address.", code="invalid")
            await device.sign_in_password(email, password)
        else:
            terminal.note("Waiting for your answer in the browser…")
            if await device.sign_in_browser(None) is not BrowserAnswer.SIGNED_IN:
                raise Refusal("Nobody signed in. Nothing was changed.", code="refused")
        identity = device.identity
        assert identity
        if device.secrets_trouble:
            raise device.secrets_trouble
        lasts = device.keeping is not Keeping.MEMORY
        document = identity_document(identity) | {"signed_in": True, "kept_in": device.keeping.value, "lasts": lasts}
        why = (
            f"{device.keychain_trouble or 'No keychain is usable here.'} Set CHATTY_VAULT_PASSPHRASE to stay signed in."
        )
        kept = _KEPT_IN.get(device.keeping) or f"The session ends with this process, because nothing can keep it: {why}"
        terminal.answer(
            document | standing_of(device, offline=False).document(),
            [
                f"Signed in to {identity.business_name} as {identity.name} ({identity.role.value.replace('_', ' ')}).",
                kept,
            ],
        )


async def sign_out(config: Config, terminal: Terminal, *, send: bool, export: Path | None, discard: bool) -> None:
    """`send` what waits first; `export` what is left to a file; `discard` it.  Refuses to lose what is not sent."""
    async with device_of(config) as device:
        await open_on(device, terminal)
        if device.identity is None:
            nothing = {"signed_in": False, "told": True, "removed": True, "not_sent": 0, "file": None}
            terminal.answer(nothing, ["Nobody is signed in."])
            return
        folder = folder_of(config, device.identity)
        if send and device.unsent():
            await filled_from_server(device, _opened(device), terminal)
        if export is not None:
            _write(export, device)
        left = device.unsent()
        if left and export is None and not discard:
            raise Refusal(_unsent(left, send=send), code="unsent")
        told = await device.leave(discard=discard or export is not None)
        removed = not folder.exists()
        document = {"signed_in": False, "told": told, "removed": removed, "not_sent": left, "file": _text(export)}
        lines = [
            "Signed out, and the data of this account "
            + ("is gone from this device." if removed else "stays locked on this device.")
            + ("" if told else " The API could not be told; the session there ends by itself.")
        ]
        if left:
            lines.append(f"{_changes(left)} not sent{f', kept in {export}' if export else ''}.")
        terminal.answer(document, lines)


def _opened(device: DeviceRuntime) -> Database:
    if device.database is None:
        assert device.storage_error
        raise device.storage_error
    return device.database


def _write(path: Path, device: DeviceRuntime) -> None:
    database = _opened(device)
    now = now_of(device, database)
    save(path, database.read(lambda conn: changes_file(conn, now)))


def _unsent(left: int, *, send: bool) -> str:
    are, them = ("is", "it") if left == 1 else ("are", "them")
    first = "still not sent; `chatty outbox` says why." if send else f"not sent; `--send` sends {them} first."
    ways = f"`--export FILE` writes {them} to a file and signs out, `--discard` signs out without {them}."
    return f"{_changes(left)} {are} {first} {ways} You are still signed in."


def _changes(n: int) -> str:
    return f"{n} {'change' if n == 1 else 'changes'}"


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
