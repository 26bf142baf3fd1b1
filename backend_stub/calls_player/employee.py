"""The AI employee at the telephones: whether she answers, and the sentence about what she is doing."""

from backend_stub.calls_player.desk import Desk, Row


def receptionist(desk: Desk) -> Row:
    """Who the calls are for, as her row is now."""
    employees = desk.employees()
    return next((row for row in employees if row["kind"] == "reception"), employees[0])


def answers(employee: Row, now_ms: int) -> bool:
    """Whether she takes new calls.  One who is held does again when the time is over."""
    held = employee["state"] == "held" and (employee["held_until"] is None or now_ms < employee["held_until"])
    return not held and employee["state"] != "off"


def is_due(employee: Row, now_ms: int) -> bool:
    """Whether the time until which it was held is over."""
    return employee["state"] == "held" and employee["held_until"] is not None and employee["held_until"] <= now_ms


def doing(employee: Row, calls: int, now_ms: int) -> str:
    """What she is doing with so many calls."""
    if calls:
        return f"On {calls} call{'' if calls == 1 else 's'}"
    return "Waiting for the next call" if answers(employee, now_ms) else "Not answering calls"
