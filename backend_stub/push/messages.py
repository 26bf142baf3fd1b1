"""What is sent to a client: a `messages` row, in the transaction of the change it tells about, never before."""

from backend_stub.push.actor import Actor
from backend_stub.push.shapes import Tell
from backend_stub.store import Document, Transaction, rows_by_ref


def send(tx: Transaction, actor: Actor, booking: Document, tell: Tell | None, *, changed: bool) -> None:
    """Send it once.  A change that was in effect already (`changed` False) and has been told is not told again:

    that is a device which lost its number and sends again what it had sent, or two people who did the same thing.
    """
    if tell is None or (not changed and _told_already(tx, actor, booking, tell)):
        return
    recipient = booking["customer_phone"] if tell.channel == "sms" else booking["customer_email"]
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


def _told_already(tx: Transaction, actor: Actor, booking: Document, tell: Tell) -> bool:
    sent = rows_by_ref(tx.connection, actor.account, "messages", booking["id"])
    return any((row["text"], row["channel"]) == (tell.text, tell.channel) for row in sent)
