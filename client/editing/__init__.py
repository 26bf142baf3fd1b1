"""The owner's hand: what may be done is checked and written in one transaction, on this device alone.

Plain functions of a connection, run inside `Database.write`; each raises NotAllowed before anything is written, which
takes back all of the transaction.  `now` is the time by the server's clock, `new_id` makes ids.
"""

from client.editing.blocks import BlockDraft, create_block, remove_block
from client.editing.bookings import (
    UNSET,
    BookingChange,
    BookingDraft,
    cancel_booking,
    change_booking,
    complete_booking,
    create_booking,
    fault_of,
    mark_no_show,
    nobody_is_free,
    obstacle_to,
    reinstate_booking,
)
from client.editing.calendars import add_calendar, remove_calendar
from client.editing.choices import Choice, Choosing, Notice, Step, at, choices
from client.editing.edited import Edited
from client.editing.leads import LeadChange, LeadDraft, change_lead, create_lead, remove_lead
from client.editing.looking import open_diary, resources_for, room_for
from client.editing.marks import AssumptionsChange, assume, clear_mark, mark
from client.editing.preview import Preview, preview_change, preview_new
from client.editing.refusals import NotAllowed, Why
from client.editing.resolving import Resolved, resolve
from client.editing.rewording import (
    BlockedDraft,
    CalendarDraft,
    Draft,
    LaterDraft,
    Waiting,
    book_again,
    reword,
    waiting,
)
from client.editing.tasks import TaskChange, TaskDraft, change_task, create_task, drop_task, finish_task, reopen_task
from client.editing.team import (
    CorrectionDraft,
    block_number,
    correct_answer,
    flag_moment,
    hold_employee,
    let_go_on,
    take_flag_away,
    unblock_number,
    withdraw_correction,
)
from client.editing.undoing import Undone, bring_back, undo, undo_edit, undoing_of
from client.editing.verbs import Verb, verbs_of

__all__ = [
    "UNSET",
    "AssumptionsChange",
    "BlockDraft",
    "BlockedDraft",
    "BookingChange",
    "BookingDraft",
    "CalendarDraft",
    "Choice",
    "Choosing",
    "CorrectionDraft",
    "Draft",
    "Edited",
    "LaterDraft",
    "LeadChange",
    "LeadDraft",
    "NotAllowed",
    "Notice",
    "Preview",
    "Resolved",
    "Step",
    "TaskChange",
    "TaskDraft",
    "Undone",
    "Verb",
    "Waiting",
    "Why",
    "add_calendar",
    "assume",
    "at",
    "block_number",
    "book_again",
    "bring_back",
    "cancel_booking",
    "change_booking",
    "change_lead",
    "change_task",
    "choices",
    "clear_mark",
    "complete_booking",
    "correct_answer",
    "create_block",
    "create_booking",
    "create_lead",
    "create_task",
    "drop_task",
    "fault_of",
    "finish_task",
    "flag_moment",
    "hold_employee",
    "let_go_on",
    "mark",
    "mark_no_show",
    "nobody_is_free",
    "obstacle_to",
    "open_diary",
    "preview_change",
    "preview_new",
    "reinstate_booking",
    "remove_block",
    "remove_calendar",
    "remove_lead",
    "reopen_task",
    "resolve",
    "resources_for",
    "reword",
    "room_for",
    "take_flag_away",
    "unblock_number",
    "undo",
    "undo_edit",
    "undoing_of",
    "verbs_of",
    "waiting",
    "withdraw_correction",
]
