"""The owner's hand in leads, tasks, the team and what was shown: edits with the same way back as those of bookings.

Each gives None when nothing was done; `EditStore.state.refusal` says why.
"""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from client import editing
from client.editing import (
    AssumptionsChange,
    BookingDraft,
    CorrectionDraft,
    Draft,
    Edited,
    LeadChange,
    LeadDraft,
    TaskChange,
    TaskDraft,
    Waiting,
)
from client.models.ids import CallId, ChangeId, CorrectionId, EmployeeId, LeadId, TaskId, TurnId
from client.models.leads import LeadStage
from client.models.marks import About, MarkWord
from client.models.mutations import Tell
from client.models.tasks import TaskOutcome

BAR: Final = "bar"
"""Where a refusal is shown that no form shows."""


class Do(Protocol):
    """`EditStore.do`."""

    async def __call__(self, edit: Callable[[sqlite3.Connection], Edited], *, place: str = BAR) -> Edited | None: ...


class DoAll(Protocol):
    """`EditStore.do_all`."""

    async def __call__(self, edits: Sequence[Callable[[sqlite3.Connection], Edited]], *, place: str = BAR) -> bool: ...


class WorkEdits:
    """`place` is who shows a refusal, as in `EditStore`."""

    def __init__(self, do: Do, do_all: DoAll, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._do = do
        self._do_all = do_all
        self._now = now
        self._new_id = new_id

    # --- leads -----------------------------------------------------------------------------------------------------
    async def create_lead(self, draft: LeadDraft, *, place: str = BAR) -> Edited | None:
        now, new_id = self._now(), self._new_id
        return await self._do(lambda conn: editing.create_lead(conn, draft, now=now, new_id=new_id), place=place)

    async def change_lead(self, lead_id: LeadId, change: LeadChange, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.change_lead(conn, lead_id, change, now=now), place=place)

    async def move_lead(
        self, lead_id: LeadId, stage: LeadStage, *, lost_reason: str | None = None, place: str = BAR
    ) -> Edited | None:
        return await self.change_lead(lead_id, LeadChange(stage=stage, lost_reason=lost_reason), place=place)

    async def finish_followup(self, lead_id: LeadId, tasks: Sequence[TaskId], *, place: str = BAR) -> bool:
        """It has none any more, and the tasks that were the same follow-up are done."""
        now = self._now()
        of_tasks = (partial(editing.finish_task, task_id=each, now=now) for each in tasks)
        change = LeadChange(next_followup_at=None)
        of_lead = partial(editing.change_lead, lead_id=lead_id, change=change, now=now)
        return await self._do_all([of_lead, *of_tasks], place=place)

    async def put_followup_off(
        self, lead_id: LeadId, tasks: Sequence[TaskId], until: datetime, *, place: str = BAR
    ) -> bool:
        now = self._now()
        due = TaskChange(due_at=until)
        of_tasks = (partial(editing.change_task, task_id=each, change=due, now=now) for each in tasks)
        change = LeadChange(next_followup_at=until)
        of_lead = partial(editing.change_lead, lead_id=lead_id, change=change, now=now)
        return await self._do_all([of_lead, *of_tasks], place=place)

    async def remove_lead(self, lead_id: LeadId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.remove_lead(conn, lead_id, now=now), place=place)

    # --- tasks -----------------------------------------------------------------------------------------------------
    async def create_task(self, draft: TaskDraft, *, place: str = BAR) -> Edited | None:
        now, new_id = self._now(), self._new_id
        return await self._do(lambda conn: editing.create_task(conn, draft, now=now, new_id=new_id), place=place)

    async def change_task(self, task_id: TaskId, change: TaskChange, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.change_task(conn, task_id, change, now=now), place=place)

    async def finish_task(
        self, task_id: TaskId, outcome: TaskOutcome = TaskOutcome.OK, *, place: str = BAR
    ) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.finish_task(conn, task_id, outcome, now=now), place=place)

    async def drop_task(self, task_id: TaskId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.drop_task(conn, task_id, now=now), place=place)

    async def reopen_task(self, task_id: TaskId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.reopen_task(conn, task_id, now=now), place=place)

    # --- the team --------------------------------------------------------------------------------------------------
    async def hold(
        self, employees: Sequence[EmployeeId], until: datetime | None = None, *, place: str = BAR
    ) -> list[Edited]:
        """One of them or all: each that was not held like that already."""
        now = self._now()
        held = [
            await self._do(lambda conn, each=each: editing.hold_employee(conn, each, until, now=now), place=place)
            for each in employees
        ]
        return [edited for edited in held if edited is not None]

    async def let_go_on(self, employees: Sequence[EmployeeId], *, place: str = BAR) -> list[Edited]:
        now = self._now()
        going = [
            await self._do(lambda conn, each=each: editing.let_go_on(conn, each, now=now), place=place)
            for each in employees
        ]
        return [edited for edited in going if edited is not None]

    async def correct(self, draft: CorrectionDraft, *, place: str = BAR) -> Edited | None:
        now, new_id = self._now(), self._new_id
        return await self._do(lambda conn: editing.correct_answer(conn, draft, now=now, new_id=new_id), place=place)

    async def withdraw_correction(self, correction_id: CorrectionId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.withdraw_correction(conn, correction_id, now=now), place=place)

    async def flag(self, call_id: CallId, turn_id: TurnId, label: str = "", *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.flag_moment(conn, call_id, turn_id, label, now=now), place=place)

    async def take_flag_away(self, call_id: CallId, turn_id: TurnId, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.take_flag_away(conn, call_id, turn_id, now=now), place=place)

    async def block_number(self, phone: str, reason: str | None = None, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.block_number(conn, phone, reason, now=now), place=place)

    async def unblock_number(self, phone: str, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.unblock_number(conn, phone, now=now), place=place)

    # --- what was shown --------------------------------------------------------------------------------------------
    async def mark(
        self, about: About, subject: str, word: MarkWord, *, until: datetime | None = None, place: str = BAR
    ) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.mark(conn, about, subject, word, until=until, now=now), place=place)

    async def clear_mark(self, about: About, subject: str, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.clear_mark(conn, about, subject, now=now), place=place)

    # --- what waits -------------------------------------------------------------------------------------------------
    async def reword(self, what: Waiting, draft: Draft, *, place: str = BAR) -> Edited | None:
        """A change that waits or was refused says this instead."""
        now, new_id = self._now(), self._new_id
        return await self._do(lambda conn: editing.reword(conn, what, draft, now=now, new_id=new_id), place=place)

    async def book_again(
        self, change_id: ChangeId, draft: BookingDraft, *, tell: Tell | None, allow: Collection[str], place: str = BAR
    ) -> Edited | None:
        """A booking that was refused before it was ever there, as it says now."""
        now = self._now()
        return await self._do(
            lambda conn: editing.book_again(conn, change_id, draft, tell=tell, allow=allow, now=now), place=place
        )

    async def assume(self, change: AssumptionsChange, *, place: str = BAR) -> Edited | None:
        now = self._now()
        return await self._do(lambda conn: editing.assume(conn, change, now=now), place=place)
