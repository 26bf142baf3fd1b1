"""Why something cannot be done: a closed set, so that every screen and the command line have words for each."""

from enum import StrEnum

from client.insight.diary import Obstacle


class Why(StrEnum):
    """The first eight are what stands in the way of an appointment; an `Obstacle` says more."""

    PAST = "past"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CLOSED = "closed"
    STAFF_OFF = "staff_off"
    TAKEN = "taken"
    OCCUPIED = "occupied"
    BLOCKED = "blocked"

    TOO_FAR = "too_far"
    """Later than the year 2099, which is a mistake."""

    SKIPPED = "skipped"
    """The wall never shows that time: the clocks go forward over it."""

    NOT_THERE = "not_there"
    """This device has no such thing, or no longer."""
    NOT_READY = "not_ready"
    """This device does not know the business yet."""
    NOTHING = "nothing"
    """It is that way already."""
    IS_CANCELLED = "is_cancelled"
    """Only the notes of a cancelled booking can be changed; reinstate it first."""
    STATUS = "status"
    """A booking of this status cannot become one of that."""
    NOT_BEGUN = "not_begun"
    """It has not begun, so it is neither done nor missed."""
    UNKNOWN_STATUS = "unknown_status"
    """A newer server gave it a status that this app does not know; it is left alone."""
    FORBIDDEN = "forbidden"
    """The role does not allow it."""

    NO_NAME = "no_name"
    NO_SERVICE = "no_service"
    NO_TITLE = "no_title"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_UNREADABLE = "text_unreadable"
    """Control characters, or halves of characters."""
    STAFF_UNKNOWN = "staff_unknown"
    """Nobody of that id works here, or no longer."""
    RESOURCE_UNKNOWN = "resource_unknown"
    """There is no such room, or it is no longer in use."""
    SERVICE_UNKNOWN = "service_unknown"
    CUSTOMER_UNKNOWN = "customer_unknown"
    BAD_ADDRESS = "bad_address"
    """A calendar's address is no http or https address."""
    FROM_CALENDAR = "from_calendar"
    """The time is blocked by a calendar; it is changed there."""
    NO_NUMBER = "no_number"
    """There is no telephone number in it."""
    NO_ANSWER = "no_answer"
    """The right answer, or the wrong one, is empty."""
    NO_DAY = "no_day"
    """No last day was chosen, or none can be read."""
    DAY_OVER = "day_over"
    """The last day on which it should count is over."""
    UNDECIDED = "undecided"
    """The owner has not said what becomes of something that it contradicts."""
    BAD_AMOUNT = "bad_amount"
    """Below nothing, or more than there can be."""
    NOT_SET_UP = "not_set_up"
    """The employee does not work here yet, so it cannot be held or let go on."""

    NO_MESSAGE = "no_message"
    """The message to the client is empty."""
    NO_RECIPIENT = "no_recipient"
    """There is no number or address to send it to."""

    FINAL = "final"
    """It cannot be undone."""
    UNDONE_ALREADY = "undone_already"
    SENT = "sent"
    """It was sent meanwhile, so it cannot say something else."""
    CHANGED_SINCE = "changed_since"
    """Somebody has changed it since; undoing would take that back too."""
    DECIDED_ALREADY = "decided_already"
    """The conflict was decided already."""
    NO_SUCH_CHOICE = "no_such_choice"
    """The conflict does not offer that."""


class NotAllowed(Exception):
    """It cannot be done, and nothing was.  `obstacle`: what is in the way of an appointment.  Routine."""

    def __init__(self, why: Why, obstacle: Obstacle | None = None, field: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.obstacle = obstacle
        self.field = field

    @property
    def allowance(self) -> str | None:
        """What would have to be allowed on purpose to do it all the same: overlap, closed, or None for nothing."""
        return self.obstacle.why.allowance if self.obstacle else None
