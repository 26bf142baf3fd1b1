"""The lead that is open: what is known, the call it came from, and everything that was done about it."""

import sqlite3
from dataclasses import dataclass, replace

from client.models.calls import Call
from client.models.events import Event
from client.models.ids import LeadId
from client.models.leads import Lead
from client.models.tasks import Task
from client.state.live_query import LiveQuery
from client.storage import calls, events, lead_board, leads, tasks
from client.storage.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadState:
    """`events` newest first.  `people`: whom it may be given to.  `missing`: this device knows no such lead."""

    lead: Lead | None = None
    call: Call | None = None
    events: tuple[Event, ...] = ()
    tasks: tuple[Task, ...] = ()
    people: tuple[str, ...] = ()
    missing: bool = False
    broken: bool = False


class LeadStore(LiveQuery[LeadState]):
    tables = frozenset({"leads", "calls", "events", "tasks"})

    def __init__(self) -> None:
        super().__init__(LeadState())
        self._lead_id: LeadId | None = None

    def open(self, lead_id: LeadId | None) -> None:
        if lead_id != self._lead_id:
            self._lead_id = lead_id
            self.state = LeadState()
            self.refresh()

    def forget(self) -> None:
        super().forget()
        self._lead_id = None

    def read(self, conn: sqlite3.Connection) -> LeadState:
        if self._lead_id is None:
            return LeadState()
        lead = leads.get(conn, self._lead_id)
        if lead is None:
            return LeadState(missing=True)
        return LeadState(
            lead=lead,
            call=calls.get(conn, lead.call_id) if lead.call_id else None,
            events=tuple(events.of_subject(conn, lead.lead_id)),
            tasks=tuple(tasks.of_lead(conn, lead.lead_id)),
            people=lead_board.assignees(conn),
        )

    def failed(self, error: StorageError) -> LeadState:
        del error
        return replace(self.state, broken=True)
