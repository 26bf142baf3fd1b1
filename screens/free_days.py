"""Days with what is free on them, as a strip of them is drawn."""

from collections.abc import Sequence
from datetime import date

from client.state.picking import FreeDay
from widgets.day_strip import Day


def strip_days(days: Sequence[FreeDay], chosen: date, today: date, *, counted: bool = True) -> list[Day]:
    """`counted`: it is known for how long a time is looked for, and so how many there are."""
    return [
        Day(
            day=each.day,
            count=len(each.slots) if counted else None,
            closed=each.closed,
            selected=each.day == chosen,
            today=each.day == today,
        )
        for each in days
    ]
