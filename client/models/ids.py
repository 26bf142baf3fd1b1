"""Identifiers.  Those the server knows are UUIDv7 texts made by whoever creates the thing, so that they sort by time of
creation; a device counts its own changes and conflicts."""

import uuid
from collections.abc import Callable
from typing import NewType

AccountId = NewType("AccountId", str)
UserId = NewType("UserId", str)
CustomerId = NewType("CustomerId", str)
BookingId = NewType("BookingId", str)
BlockId = NewType("BlockId", str)
CalendarId = NewType("CalendarId", str)
MessageId = NewType("MessageId", str)
ServiceId = NewType("ServiceId", str)
StaffId = NewType("StaffId", str)
ResourceId = NewType("ResourceId", str)
EmployeeId = NewType("EmployeeId", str)
CallId = NewType("CallId", str)
TurnId = NewType("TurnId", str)
LeadId = NewType("LeadId", str)
TaskId = NewType("TaskId", str)
MarkId = NewType("MarkId", str)
CorrectionId = NewType("CorrectionId", str)
EventId = NewType("EventId", str)
ForecastId = NewType("ForecastId", str)
CommandId = NewType("CommandId", str)
ChangeId = NewType("ChangeId", int)
"""A change made on this device, in the order in which they were made; never used twice in one database file."""
ConflictId = NewType("ConflictId", int)


def uuid7(now_ms: int, random_bits: Callable[[int], int]) -> str:
    """A UUIDv7 (RFC 9562) of the given instant in milliseconds; `random_bits(n)` gives an integer of n bits."""
    value = (now_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | random_bits(12) << 64 | 0b10 << 62 | random_bits(62)
    return str(uuid.UUID(int=value))


def named_id(account_id: str, *names: str) -> str:
    """The id of the one row an account can have under these names: whoever makes it makes the same (docs/api.md)."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\n".join((account_id, *names))))


def dialled(phone: str) -> str:
    """ "+14155550142" for "+1 (415) 555-0142"; empty for what has no digit."""
    digits = "".join(char for char in phone if char in "0123456789")
    return f"+{digits}" if digits and "+" in phone.partition(digits[0])[0] else digits
