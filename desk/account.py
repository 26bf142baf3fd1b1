"""Signing in and out."""

from accounts import folder_of
from client.config import Config
from client.state.runtime import BrowserAnswer, Keeping
from desk.documents import identity_document
from desk.terminal import Refusal, Terminal
from desk.way import device_of, standing_of

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


async def sign_out(config: Config, terminal: Terminal) -> None:
    async with device_of(config) as device:
        await device.open()
        if device.secrets_trouble:
            raise device.secrets_trouble
        if device.identity is None:
            terminal.answer({"signed_in": False, "told": True}, ["Nobody is signed in."])
            return
        folder = folder_of(config, device.identity)
        told = await device.leave()
        data = "stays locked on this device" if folder.exists() else "is gone from this device"
        note = "" if told else " The API could not be told; the session there ends by itself."
        terminal.answer(
            {"signed_in": False, "told": told},
            [f"Signed out, and the data of this account {data}.{note}"],
        )
