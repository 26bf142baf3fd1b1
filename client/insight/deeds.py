"""The words for what a change does: one act on one thing; and how what lies in a change's document is read.

What in a document is not of its kind is passed over: it may be of a newer version, or damaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from client.models.ids import StaffId

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER_MS: Final = 253_402_300_799_000
"""The last second of the year 9999."""


class Act(StrEnum):
    """What is done.  OTHER is what a newer version of the app recorded and this one has no word for."""

    BOOK = "book"
    MOVE = "move"
    LENGTH = "length"
    STAFF = "staff"
    ROOM = "room"
    SERVICE = "service"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    UNCONFIRM = "unconfirm"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    REINSTATE = "reinstate"
    NOTE = "note"
    CONTACT = "contact"
    BLOCK = "block"
    UNBLOCK = "unblock"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    LEAD_NEW = "lead_new"
    LEAD_STAGE = "lead_stage"
    LEAD_NOTE = "lead_note"
    LEAD_FOLLOWUP = "lead_followup"
    LEAD_NO_FOLLOWUP = "lead_no_followup"
    LEAD_ASSIGN = "lead_assign"
    LEAD_VALUE = "lead_value"
    LEAD_REASON = "lead_reason"
    LEAD_REMOVE = "lead_remove"
    TASK_NEW = "task_new"
    TASK_DONE = "task_done"
    TASK_PUT_RIGHT = "task_put_right"
    TASK_DROP = "task_drop"
    TASK_REOPEN = "task_reopen"
    TASK_DUE = "task_due"
    TASK_ASSIGN = "task_assign"
    TASK_EDIT = "task_edit"
    HOLD = "hold"
    HOLD_UNTIL = "hold_until"
    GO_ON = "go_on"
    CORRECT = "correct"
    UNCORRECT = "uncorrect"
    FLAG = "flag"
    UNFLAG = "unflag"
    BLOCK_NUMBER = "block_number"
    UNBLOCK_NUMBER = "unblock_number"
    MARK_DONE = "mark_done"
    MARK_LATER = "mark_later"
    MARK_NOT_USEFUL = "mark_not_useful"
    MARK_NEVER = "mark_never"
    MARK_CLEAR = "mark_clear"
    ASSUME = "assume"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`also`: what the same change does besides.  `name`: the client, the block's title or the calendar.

    `starts_at`, `ends_at`, `staff_id`, `service`, `where` (the name of what it occupies): as they are once it is done.
    `said`: the reason or the note.
    `channel`: how the client is told, None where they are not.  `to`: what it becomes or is about, where that is a name
    or a number; `word`: where the catalogue has a word for it, that one (`become.<word>`).
    """

    act: Act
    also: tuple[Act, ...] = ()
    name: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    staff_id: StaffId | None = None
    service: str = ""
    where: str = ""
    said: str = ""
    channel: str | None = None
    to: str = ""
    word: str = ""


def mapping_of(value: object) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def pairs_of(value: object) -> dict[str, tuple[Any, Any]]:
    """The fields a patch sets, each with its old and its new value; what is no pair is passed over."""
    pairs: dict[str, tuple[Any, Any]] = {}
    for field, pair in mapping_of(value).items():
        match pair:
            case [old, new]:
                pairs[field] = (old, new)
            case _:
                pass
    return pairs


def text_of(value: object) -> str:
    """The value where it is text, else none."""
    return value if isinstance(value, str) else ""


def instant_of(value: object) -> datetime | None:
    """The instant that milliseconds stand for; None for what is none, or is not one of our calendar."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _FOREVER_MS:
        return None
    return _EPOCH + timedelta(milliseconds=value)
