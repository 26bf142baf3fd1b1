"""Leads: people who may become customers."""

import sqlite3

from client.models.leads import Lead
from client.storage.columns import instant, instant_or_none, json_value


def open(conn: sqlite3.Connection) -> list[Lead]:
    """Leads still worth a call, best score first."""
    rows = conn.execute(
        "SELECT id, name, phone, email, source, call_id, stage, score, score_reasons, interest, needs, "
        "interested_services, value_cents, next_followup_at, assigned_to, created_at, updated_at FROM leads "
        "WHERE stage NOT IN ('converted', 'lost', 'unqualified') ORDER BY score DESC, created_at DESC, id"
    )
    return [
        Lead(
            lead_id=row[0],
            name=row[1],
            phone=row[2],
            email=row[3],
            source=row[4],
            call_id=row[5],
            stage=row[6],
            score=row[7],
            score_reasons=tuple(json_value(row[8])),
            interest=row[9],
            needs=row[10],
            interested_services=tuple(json_value(row[11])),
            value_cents=row[12],
            next_followup_at=instant_or_none(row[13]),
            assigned_to=row[14],
            created_at=instant(row[15]),
            updated_at=instant(row[16]),
        )
        for row in rows
    ]
