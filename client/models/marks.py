"""What the owner said about something that was shown: done with, later, not useful, never again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from client.models.ids import MarkId


class About(StrEnum):
    """What sort of thing was shown."""

    SUGGESTION = "suggestion"
    CHURN = "churn"
    OPPORTUNITY = "opportunity"
    ANOMALY = "anomaly"
    PROMISE = "promise"
    NEEDS_YOU = "needs_you"
    FORECAST = "forecast"
    UNKNOWN = "unknown"


class MarkWord(StrEnum):
    DONE = "done"
    LATER = "later"
    """Not before `until`."""
    NOT_USEFUL = "not_useful"
    NEVER = "never"
    """Nothing of this subject again."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`subject` is the app's own name for the thing, at most 200 characters: an id, a service, a kind of unusual day.

    `by`: whose name; None for one of this device that the server has not heard of.
    """

    mark_id: MarkId
    about: About
    subject: str
    word: MarkWord
    until: datetime | None
    by: str | None
    created_at: datetime
    pending: bool = False

    def hides(self, now: datetime) -> bool:
        """Whether the thing is not to be shown at this time."""
        return self.until is None or now < self.until
