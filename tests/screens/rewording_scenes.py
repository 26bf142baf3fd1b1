"""A change that waits in the form in which it was made, over the example salon with its calls."""

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from client import editing
from client.editing import CorrectionDraft, Edited, LeadDraft, TaskDraft
from client.models.corrections import CorrectionScope
from client.models.ids import CallId, CorrectionId, StaffId, TurnId
from client.models.marks import About, MarkWord
from client.models.mutations import ChangeState
from client.models.tasks import TaskKind
from screens.stores import Stores
from screens.window import CHANGE
from tests import example_data as eg
from tests.screens.correcting_scenes import ASKED, HERS, WRONG, open_calls, put_older
from tests.storage.mutations import become

ODD = eg.NOW + timedelta(days=2, minutes=7)
TASK = TaskDraft(
    kind=TaskKind.OTHER,
    title="Send Maria the prices",
    details="By mail",
    call_id=HERS,
    turn_id=TurnId("m-1"),
    due_at=ODD,
)
CORRECTION = CorrectionDraft(
    call_id=HERS, turn_id=TurnId("m-1"), wrong=WRONG, right="At ten.", question=ASKED, replaces=(CorrectionId("older"),)
)
UNTIL_FRIDAY = replace(CORRECTION, scope=CorrectionScope.EVERYWHERE, last_day=eg.TODAY + timedelta(days=4))
ADDRESS = "https://cal.example/ana.ics"


def new() -> str:
    return "new"


def task(conn: sqlite3.Connection) -> Edited:
    return editing.create_task(conn, TASK, now=eg.NOW, new_id=new)


def correction(conn: sqlite3.Connection) -> Edited:
    return editing.correct_answer(conn, UNTIL_FRIDAY, now=eg.NOW, new_id=new)


def number(conn: sqlite3.Connection) -> Edited:
    return editing.block_number(conn, "+1 415 555 0142", "Sells things", now=eg.NOW)


def later(conn: sqlite3.Connection) -> Edited:
    return editing.mark(conn, About.CHURN, "c-maria", MarkWord.LATER, until=ODD, now=eg.NOW)


def calendar(conn: sqlite3.Connection) -> Edited:
    return editing.add_calendar(conn, "Ana", ADDRESS, StaffId("s-ana"), now=eg.NOW, new_id=new)


def refused_lead(conn: sqlite3.Connection) -> Edited:
    draft = LeadDraft(name="Ida Berg", phone="+1 415 555 0188", needs="A wedding", value_cents=120_050)
    edited = editing.create_lead(conn, draft, now=eg.NOW, new_id=new)
    result = {"status": "rejected", "code": "invalid", "detail": ""}
    become(conn, edited.change_id, ChangeState.REFUSED, mid=1, result=result)
    return edited


def of(make: Callable[[sqlite3.Connection], Edited]) -> Callable[[Stores], None]:
    """The form of what `make` makes."""

    def fill(stores: Stores) -> None:
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        database = open_calls(stores, folder)
        database.write_blocking(put_older)
        edited = database.write_blocking(make)
        stores.attach()
        stores.open_call(CallId(stores.router.route.call_id or ""))
        stores.panel.open(f"{CHANGE}{edited.change_id}")

    return fill
