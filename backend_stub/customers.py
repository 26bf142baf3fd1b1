"""What a customer's row counts of their bookings, whoever makes or changes one."""

from backend_stub.store import Document

COUNTED = frozenset({"pending", "confirmed", "completed", "no_show"})


def counted(customer: Document, before: Document | None, after: Document) -> Document:
    """The customer with this booking counted as it is now instead of as it was (`before` None: not at all)."""
    was = before["status"] if before is not None else "cancelled"
    now = after["status"]
    changed = customer | {
        "total_bookings": max(0, customer["total_bookings"] + (now in COUNTED) - (was in COUNTED)),
        "no_shows": max(0, customer["no_shows"] + (now == "no_show") - (was == "no_show")),
    }
    if now == "completed" and was != "completed":
        changed["first_visit_at"] = min(customer["first_visit_at"] or after["starts_at"], after["starts_at"])
        changed["last_visit_at"] = max(customer["last_visit_at"] or after["starts_at"], after["starts_at"])
    return changed
