"""A lead that is over for one and not for another: the owner is asked, and what is kept is what the server gets."""

import sqlite3

import pytest

from client.editing import Choice, Choosing, LeadChange, NotAllowed, Why, change_lead, choices, resolve
from client.models.ids import ConflictId, LeadId
from client.models.leads import LeadStage
from client.models.mutations import ConflictState
from client.storage import conflicts, effective, leads
from client.storage.effective import Base
from tests.editing.conftest import Salon
from tests.storage.rows import LEAD, put

LEAD_ID = LeadId("lead")


@pytest.fixture
def conflict_id(salon: Salon) -> ConflictId:
    """We lost Ben, with a note; somebody else had won him meanwhile."""
    salon.write(lambda conn: put(conn, "leads", {**LEAD, "id": LEAD_ID, "stage": "contacted"}))
    change = LeadChange(stage=LeadStage.LOST, lost_reason="Too far", notes="Rang twice")
    edited = salon.do(change_lead, LEAD_ID, change)
    number = salon.conflicted(
        edited.change_id,
        {
            **{"field": "stage", "why": "changed", "by": {"name": "Noor", "at": 0, "call_id": None}},
            "base": {"stage": "contacted", "lost_reason": None},
            "mine": {"stage": "lost", "lost_reason": "Too far"},
            "server": {"stage": "converted", "lost_reason": None},
        },
    )
    salon.write(server_says_won)
    return number


def server_says_won(conn: sqlite3.Connection) -> None:
    under = effective.base(conn, "leads", LEAD_ID)
    assert under is not None and under.row is not None
    row = {**under.row, "stage": "converted", "notes": "Rang twice"}
    effective.put_base(conn, "leads", LEAD_ID, Base(row=row, version=2, gen=under.gen))
    effective.rebase(conn, "leads", LEAD_ID)


def offered(salon: Salon, conflict_id: ConflictId) -> dict[Choosing, Choice]:
    return {each.kind: each for each in salon.db.read(lambda conn: choices(conn, conflict_id, salon.now))}


def stage(salon: Salon) -> tuple[str, str | None, str | None]:
    lead = salon.db.read(lambda conn: leads.get(conn, LEAD_ID))
    assert lead is not None
    return lead.stage.value, lead.lost_reason, lead.notes


def state(salon: Salon, conflict_id: ConflictId) -> ConflictState:
    found = salon.db.read(lambda conn: conflicts.get(conn, conflict_id))
    assert found is not None
    return found.state


def decide(salon: Salon, conflict_id: ConflictId, kind: Choosing) -> None:
    salon.do(resolve, conflict_id, offered(salon, conflict_id)[kind], new_id=salon.new_id)


def test_until_it_is_decided_the_lead_is_as_the_server_has_it_with_what_was_not_in_question(
    salon: Salon, conflict_id: ConflictId
) -> None:
    assert stage(salon) == ("converted", None, "Rang twice")
    assert list(offered(salon, conflict_id)) == [Choosing.MINE, Choosing.THEIRS]


def test_mine_is_a_new_change_of_what_is_there_now(salon: Salon, conflict_id: ConflictId) -> None:
    decide(salon, conflict_id, Choosing.MINE)
    (_, waiting) = salon.changes()
    assert waiting.payload["set"] == {"stage": ["converted", "lost"], "lost_reason": [None, "Too far"]}
    assert stage(salon) == ("lost", "Too far", "Rang twice")
    assert state(salon, conflict_id) is ConflictState.ANSWERED
    with pytest.raises(NotAllowed) as caught:
        decide(salon, conflict_id, Choosing.MINE)
    assert caught.value.why is Why.DECIDED_ALREADY


def test_theirs_sends_nothing(salon: Salon, conflict_id: ConflictId) -> None:
    decide(salon, conflict_id, Choosing.THEIRS)
    assert len(salon.changes()) == 1 and stage(salon)[0] == "converted"
    assert state(salon, conflict_id) is ConflictState.RESOLVED


def test_mine_holds_although_a_change_that_waits_led_away_from_it(salon: Salon, conflict_id: ConflictId) -> None:
    """From lost to new, not sent yet, and back to lost: together they are nothing, but the server has him as won."""
    waits = salon.do(change_lead, LEAD_ID, LeadChange(stage=LeadStage.NEW))
    made_before = '["lost", "new"]'
    sql = "UPDATE outbox SET payload = json_set(payload, '$.set.stage', json(?)) WHERE change_id = ?"
    salon.write(lambda conn: conn.execute(sql, (made_before, waits.change_id)))
    decide(salon, conflict_id, Choosing.MINE)
    assert stage(salon) == ("lost", "Too far", "Rang twice")
    assert salon.changes()[-1].payload["set"]["stage"] == ["converted", "lost"]
    assert state(salon, conflict_id) is ConflictState.ANSWERED


def test_of_a_lead_that_is_gone_there_is_nothing_to_keep(salon: Salon, conflict_id: ConflictId) -> None:
    def removed(conn: sqlite3.Connection) -> None:
        effective.put_base(conn, "leads", LEAD_ID, Base(row=None, version=3, gen=1))
        effective.rebase(conn, "leads", LEAD_ID)

    salon.write(removed)
    assert list(offered(salon, conflict_id)) == [Choosing.DISCARD]
    decide(salon, conflict_id, Choosing.DISCARD)
    assert state(salon, conflict_id) is ConflictState.RESOLVED
