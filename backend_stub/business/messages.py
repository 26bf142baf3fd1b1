"""What Flora has sent to clients, as her tasks tell of it: reminders of appointments, requests for a review, papers."""

import random
from collections.abc import Iterable
from datetime import timedelta

from backend_stub.business.calendar import MINUTE_MS, LocalDays
from backend_stub.business.documents import Row
from backend_stub.business.ids import Ids
from backend_stub.business.premises import Premises
from backend_stub.scripts.wording import spoken_slot

ROUND_MS = 15 * MINUTE_MS
"""A round of reminders is over after that."""
SENT = "Sent {name} the price list"
_WORDS = {
    "reminder": {
        "en": "Hi {first}, a reminder: {service} at {business}, {slot}.",
        "es": "Hola, {first}: le recordamos su cita en {business}, {slot} ({service}).",
    },
    "review_request": {
        "en": "Hi {first}, thank you for coming to {business}. Would you tell others how it was?",
        "es": "Hola, {first}: gracias por venir a {business}. ¿Nos deja una reseña?",
    },
    "document": {
        "en": "Hi {first}, here is the price list of {business}.",
        "es": "Hola, {first}: aquí tiene la lista de precios de {business}.",
    },
}


def reminded_at(local: LocalDays, starts_at: int) -> int:
    """When the round of reminders begins that reaches an appointment: at five in the afternoon of the day before."""
    return local.at(local.day_of(starts_at) - timedelta(days=1), 17 * 60)


def build_messages(
    premises: Premises, rng: random.Random, *, bookings: Iterable[Row], tasks: Iterable[Row], customers: Iterable[Row]
) -> list[Row]:
    """In order of sending.  Each was sent while its task was at work."""
    written = _Writer(premises, rng, {row["id"]: row["language"] for row in customers})
    known = {row["id"]: row for row in bookings}
    reminded: dict[int, list[Row]] = {}
    for row in known.values():
        if row["reminder_sent"]:
            reminded.setdefault(reminded_at(premises.local, row["starts_at"]), []).append(row)
    messages: list[Row] = []
    for task in tasks:
        if task["kind"] == "reminder":
            messages += written.sent(task, reminded[task["created_at"]])
        elif task["kind"] == "review_request" or task["title"].startswith(SENT.partition("{")[0]):
            messages += written.sent(task, [known[task["booking_id"]]])
    return sorted(messages, key=lambda row: row["id"])


class _Writer:
    def __init__(self, premises: Premises, rng: random.Random, languages: dict[str, str]) -> None:
        """`languages`: of the customers, by id."""
        self._premises = premises
        self._ids = Ids(rng)
        self._languages = languages

    def sent(self, task: Row, bookings: list[Row]) -> list[Row]:
        """One after another until the task was done, about each of the bookings."""
        step = (task["done_at"] - task["created_at"]) // (len(bookings) + 1)
        times = (task["created_at"] + step * place for place in range(1, len(bookings) + 1))
        return [self._message(task, booking, at) for booking, at in zip(bookings, times, strict=True)]

    def _message(self, task: Row, booking: Row, at: int) -> Row:
        local, language = self._premises.local, self._languages.get(booking["customer_id"], "en")
        phone = booking["customer_phone"]
        text = _WORDS[task["kind"]]["es" if language == "es" else "en"].format(
            first=booking["customer_name"].split()[0],
            service=booking["service_name"].lower(),
            business=self._premises.business["name"],
            slot=spoken_slot(local.wall(booking["starts_at"]), local.day_of(at), language),
        )
        return {
            "id": self._ids.at(at),
            "customer_id": booking["customer_id"],
            "booking_id": booking["id"],
            "channel": "sms" if phone else "email",
            "recipient": phone or booking["customer_email"],
            "text": text,
            "state": "sent" if phone or booking["customer_email"] else "failed",
            "sent_at": at,
            "sent_by": task["done_by"],
        }
