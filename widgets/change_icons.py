"""What a change looks like."""

import flet as ft

from client.insight.deeds import Act


def icon_of(act: Act) -> ft.IconData:
    return _ICONS.get(act, ft.Icons.EDIT_OUTLINED)


_ICONS = {
    Act.BOOK: ft.Icons.EVENT_AVAILABLE_OUTLINED,
    Act.MOVE: ft.Icons.EVENT_OUTLINED,
    Act.LENGTH: ft.Icons.TIMELAPSE,
    Act.STAFF: ft.Icons.PERSON_OUTLINE,
    Act.ROOM: ft.Icons.MEETING_ROOM_OUTLINED,
    Act.SERVICE: ft.Icons.CONTENT_CUT,
    Act.CANCEL: ft.Icons.EVENT_BUSY_OUTLINED,
    Act.CONFIRM: ft.Icons.CHECK,
    Act.UNCONFIRM: ft.Icons.HELP_OUTLINE,
    Act.COMPLETE: ft.Icons.DONE_ALL,
    Act.NO_SHOW: ft.Icons.PERSON_OFF_OUTLINED,
    Act.REINSTATE: ft.Icons.EVENT_REPEAT,
    Act.NOTE: ft.Icons.NOTES,
    Act.CONTACT: ft.Icons.CONTACT_PHONE_OUTLINED,
    Act.BLOCK: ft.Icons.BLOCK,
    Act.UNBLOCK: ft.Icons.LOCK_OPEN,
    Act.FOLLOW: ft.Icons.CALENDAR_MONTH_OUTLINED,
    Act.UNFOLLOW: ft.Icons.CALENDAR_MONTH_OUTLINED,
    Act.LEAD_NEW: ft.Icons.PERSON_ADD_ALT,
    Act.LEAD_STAGE: ft.Icons.MULTIPLE_STOP,
    Act.LEAD_NOTE: ft.Icons.NOTES,
    Act.LEAD_FOLLOWUP: ft.Icons.EVENT_OUTLINED,
    Act.LEAD_ASSIGN: ft.Icons.PERSON_OUTLINE,
    Act.LEAD_REMOVE: ft.Icons.PERSON_REMOVE_OUTLINED,
    Act.TASK_NEW: ft.Icons.ADD_TASK,
    Act.TASK_DONE: ft.Icons.TASK_ALT,
    Act.TASK_PUT_RIGHT: ft.Icons.TASK_ALT,
    Act.TASK_ASSIGN: ft.Icons.PERSON_OUTLINE,
    Act.TASK_DUE: ft.Icons.EVENT_OUTLINED,
    Act.HOLD: ft.Icons.PAUSE_CIRCLE_OUTLINE,
    Act.HOLD_UNTIL: ft.Icons.PAUSE_CIRCLE_OUTLINE,
    Act.GO_ON: ft.Icons.PLAY_CIRCLE_OUTLINE,
    Act.CORRECT: ft.Icons.SPELLCHECK,
    Act.UNCORRECT: ft.Icons.SPELLCHECK,
    Act.FLAG: ft.Icons.FLAG_OUTLINED,
    Act.UNFLAG: ft.Icons.FLAG_OUTLINED,
    Act.BLOCK_NUMBER: ft.Icons.PHONE_DISABLED_OUTLINED,
    Act.UNBLOCK_NUMBER: ft.Icons.PHONE_ENABLED_OUTLINED,
    Act.MARK_LATER: ft.Icons.SNOOZE,
    Act.MARK_NEVER: ft.Icons.NOTIFICATIONS_OFF_OUTLINED,
}
