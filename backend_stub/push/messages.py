"""What is sent to a client: a `messages` row, in the transaction of the change it tells about, never before."""

import re

from backend_stub.push.actor import Actor
from backend_stub.push.shapes import Tell
from backend_stub.store import Document, Transaction, rows_by_ref

_NUMBER = re.compile(r"[\d\s+()./-]+", re.ASCII)
_DIGITS = range(3, 16)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")

TOLD_OF = ("status", "starts_at", "ends_at", "staff_id", "service_id", "service_name")
"""What of a booking its client is told of: whether, when, with whom and what."""


def send(tx: Transaction, actor: Actor, booking: Document, tell: Tell | None, *, before: Document | None) -> None:
    """Send it once.  `before`: the booking as it was, None of a new one.

    Where nothing that clients are told of is other than before, nor where it is sent to, what was told is not told
    again: that is a device which lost its number and sends again what it had sent, another copy of its file that has
    put a note to it meanwhile, or two people who did the same thing.
    """
    if tell is None:
        return
    if before is not None and not _is_news(before, booking, tell) and _told_already(tx, actor, booking, tell):
        return
    recipient = _recipient(booking, tell)
    message = {
        "id": actor.mutation_id,
        "customer_id": booking["customer_id"],
        "booking_id": booking["id"],
        "channel": tell.channel,
        "recipient": recipient,
        "text": tell.text,
        "state": "sent" if recipient is not None else "failed",
        "sent_at": actor.now_ms,
        "sent_by": actor.name,
    }
    tx.put(actor.account, "messages", message)


def _is_news(before: Document, booking: Document, tell: Tell) -> bool:
    return _recipient(before, tell) != _recipient(booking, tell) or any(before[it] != booking[it] for it in TOLD_OF)


def _recipient(booking: Document, tell: Tell) -> str | None:
    """None where there is nothing that could be one."""
    if tell.channel == "sms":
        number = booking["customer_phone"] or ""
        digits = sum(char in "0123456789" for char in number)
        return number if _NUMBER.fullmatch(number) and digits in _DIGITS else None
    address = booking["customer_email"] or ""
    return address if _ADDRESS.fullmatch(address) else None


def _told_already(tx: Transaction, actor: Actor, booking: Document, tell: Tell) -> bool:
    sent = rows_by_ref(tx.connection, actor.account, "messages", booking["id"])
    return any((row["text"], row["channel"]) == (tell.text, tell.channel) for row in sent)
