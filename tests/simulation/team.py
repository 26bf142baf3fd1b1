"""What owners do to leads, tasks, their team and what they are shown, at random; see owner.py."""

import random
import sqlite3
from datetime import timedelta
from typing import Any

from client import editing
from client.editing import AssumptionsChange, CorrectionDraft, Edited, LeadChange, LeadDraft, TaskChange, TaskDraft
from client.models.ids import CallId, CorrectionId, CustomerId, EmployeeId, LeadId, TaskId, TurnId
from client.models.leads import LeadStage
from client.models.marks import About, MarkWord
from client.models.tasks import TaskKind
from client.storage.columns import instant
from tests.backend_stub import example_rows as eg
from tests.simulation.device import Device

NUMBERS = ("+12125550188", "+12125550166")
SUBJECTS = ("c-1", "c-2")


class TeamHands:
    """`_chance` is the owner's."""

    _chance: random.Random

    WORK = (
        *("moves_lead", "moves_lead", "writes_on_lead", "writes_on_lead", "enters_lead", "removes_lead"),
        *("adds_task", "settles_task", "settles_task", "renames_task", "holds", "goes_on"),
        *("marks", "marks", "clears_mark", "flags", "flags", "unflags", "blocks_number", "unblocks_number"),
        *("corrects", "withdraws", "assumes"),
    )

    # --- leads -------------------------------------------------------------------------------------------------------
    def enters_lead(self, conn: sqlite3.Connection, device: Device) -> Edited:
        draft = LeadDraft(name=f"Lead {self._chance.getrandbits(24)}", interested_services=("Cut",), notes="first")
        return editing.create_lead(conn, draft, now=device.now, new_id=device.clock.new_id)

    def moves_lead(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        stage = self._chance.choice([each for each in LeadStage if each is not LeadStage.UNKNOWN])
        change = LeadChange(stage=stage, assigned_to=self._chance.choice(("Jade", "Ana", None)))
        return self._lead(conn, device, change)

    def writes_on_lead(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        return self._lead(conn, device, LeadChange(notes=f"lead note {self._chance.getrandbits(24)}"))

    def removes_lead(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        row_id = self._one(conn, "leads")
        return editing.remove_lead(conn, LeadId(row_id), now=device.now) if row_id else None

    def _lead(self, conn: sqlite3.Connection, device: Device, change: LeadChange) -> Edited | None:
        row_id = self._one(conn, "leads")
        return editing.change_lead(conn, LeadId(row_id), change, now=device.now) if row_id else None

    # --- tasks -------------------------------------------------------------------------------------------------------
    def adds_task(self, conn: sqlite3.Connection, device: Device) -> Edited:
        due = instant(eg.NOON + self._chance.randrange(48) * eg.HOUR)
        draft = TaskDraft(kind=TaskKind.CALLBACK, title=f"Task {self._chance.getrandbits(24)}", due_at=due)
        return editing.create_task(conn, draft, now=device.now, new_id=device.clock.new_id)

    def settles_task(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        settle = self._chance.choice((editing.finish_task, editing.drop_task, editing.reopen_task))
        row_id = self._one(conn, "tasks")
        return settle(conn, TaskId(row_id), now=device.now) if row_id else None

    def renames_task(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        change = TaskChange(title=f"Renamed {self._chance.getrandbits(24)}")
        row_id = self._one(conn, "tasks")
        return editing.change_task(conn, TaskId(row_id), change, now=device.now) if row_id else None

    # --- the team ----------------------------------------------------------------------------------------------------
    def holds(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        until = instant(eg.NOON + self._chance.randrange(9) * eg.HOUR) if self._chance.random() < 0.5 else None
        row_id = self._one(conn, "employees")
        return editing.hold_employee(conn, EmployeeId(row_id), until, now=device.now) if row_id else None

    def goes_on(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        row_id = self._one(conn, "employees")
        return editing.let_go_on(conn, EmployeeId(row_id), now=device.now) if row_id else None

    def flags(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        turn = self._turn(conn)
        label = self._chance.choice(("", "here", "wrong"))
        return editing.flag_moment(conn, *turn, label, now=device.now) if turn else None

    def unflags(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        turn = self._turn(conn)
        return editing.take_flag_away(conn, *turn, now=device.now) if turn else None

    def corrects(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        turn = self._turn(conn)
        if turn is None:
            return None
        bits = self._chance.getrandbits(24)
        draft = CorrectionDraft(
            call_id=turn[0],
            turn_id=turn[1],
            wrong="wrong",
            right=f"right {bits}",
            customer_id=next((CustomerId(each) for each in _ids(conn, "customers") if bits & 1), None),
            last_day=next((device.now.date() + timedelta(days=2) for _ in _ids(conn, "business") if bits & 2), None),
            replaces=tuple(CorrectionId(each) for each in _ids(conn, "corrections")[: bits & 4]),
        )
        return editing.correct_answer(conn, draft, now=device.now, new_id=device.clock.new_id)

    def withdraws(self, conn: sqlite3.Connection, device: Device) -> Edited | None:
        row_id = self._one(conn, "corrections")
        return editing.withdraw_correction(conn, CorrectionId(row_id), now=device.now) if row_id else None

    def blocks_number(self, conn: sqlite3.Connection, device: Device) -> Edited:
        reason = self._chance.choice((None, "spam"))
        return editing.block_number(conn, self._chance.choice(NUMBERS), reason, now=device.now)

    def unblocks_number(self, conn: sqlite3.Connection, device: Device) -> Edited:
        return editing.unblock_number(conn, self._chance.choice(NUMBERS), now=device.now)

    # --- what was shown ----------------------------------------------------------------------------------------------
    def marks(self, conn: sqlite3.Connection, device: Device) -> Edited:
        word = self._chance.choice([each for each in MarkWord if each is not MarkWord.UNKNOWN])
        return editing.mark(conn, About.CHURN, self._chance.choice(SUBJECTS), word, now=device.now)

    def clears_mark(self, conn: sqlite3.Connection, device: Device) -> Edited:
        return editing.clear_mark(conn, About.CHURN, self._chance.choice(SUBJECTS), now=device.now)

    def assumes(self, conn: sqlite3.Connection, device: Device) -> Edited:
        wage = self._chance.randrange(9999)
        minutes = {TaskKind.REMINDER: wage % 60, TaskKind.DOCUMENT: None}
        change = AssumptionsChange(wage_cents_per_hour=wage, hours_per_week=37.5, task_minutes=minutes)
        return editing.assume(conn, change, now=device.now)

    def _one(self, conn: sqlite3.Connection, kind: str) -> str | None:
        ids = _ids(conn, kind)
        return self._chance.choice(ids) if ids else None

    def _turn(self, conn: sqlite3.Connection) -> tuple[CallId, TurnId] | None:
        turns: list[Any] = conn.execute(
            "SELECT call_id, turns.id FROM turns JOIN calls ON calls.id = call_id ORDER BY 2"
        ).fetchall()
        if not turns:
            return None
        call_id, turn_id = self._chance.choice(turns)
        return CallId(call_id), TurnId(turn_id)


def _ids(conn: sqlite3.Connection, kind: str) -> list[str]:
    return [row_id for (row_id,) in conn.execute(f"SELECT id FROM {kind} ORDER BY id")]
