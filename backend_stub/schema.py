"""The data folder's schema: numbered steps, forward only.  A released step never changes.

What the tables hold is known to the modules that use them; `slot` says whose time is taken, by bookings and by blocks.
"""

import sqlite3

_STEP_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE account (
    number INTEGER PRIMARY KEY, account_id TEXT NOT NULL UNIQUE, business_name TEXT NOT NULL,
    business_type TEXT NOT NULL, time_zone TEXT NOT NULL, seq INTEGER NOT NULL DEFAULT 0,
    floor INTEGER NOT NULL DEFAULT 0, demo INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL
);
CREATE TABLE user (
    user_id TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account, name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE, role TEXT NOT NULL, password_hash TEXT NOT NULL, created_at INTEGER NOT NULL
);
CREATE TABLE session (
    session_id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user, account INTEGER NOT NULL REFERENCES account,
    device_id TEXT NOT NULL, name TEXT NOT NULL, platform TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, revoked_at INTEGER
);
CREATE INDEX session_user ON session (user_id);
CREATE TABLE refresh_token (
    hash TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session, expires_at INTEGER NOT NULL, used_at INTEGER
);
CREATE TABLE code (
    hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user, challenge TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    expires_at INTEGER NOT NULL, session_id TEXT
);
CREATE TABLE command (
    account INTEGER NOT NULL, command_id TEXT NOT NULL, payload_hash TEXT NOT NULL, status INTEGER NOT NULL,
    answer TEXT NOT NULL, PRIMARY KEY (account, command_id)
);
CREATE TABLE entity (
    account INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, stream INTEGER NOT NULL, version INTEGER NOT NULL,
    at INTEGER NOT NULL, ref TEXT, open INTEGER NOT NULL, deleted_at INTEGER, reason TEXT, doc TEXT,
    PRIMARY KEY (account, kind, id)
);
CREATE INDEX entity_version ON entity (account, stream, version, deleted_at);
CREATE INDEX entity_at ON entity (account, kind, at, id);
CREATE INDEX entity_ref ON entity (account, kind, ref) WHERE ref IS NOT NULL;
CREATE INDEX entity_open ON entity (account, kind) WHERE open = 1;
CREATE TABLE slot (
    account INTEGER NOT NULL, staff_id TEXT NOT NULL, booking_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, PRIMARY KEY (account, booking_id)
);
CREATE INDEX slot_time ON slot (account, staff_id, starts_at);
"""

# `client` and `mutation_result` make a push exactly-once in effect; `maker` remembers which person made a booking.
# `feed` holds the addresses of calendars, which are secrets and never part of a row.
_STEP_2 = """
CREATE TABLE client (
    account INTEGER NOT NULL REFERENCES account, client_id TEXT NOT NULL, last_mid INTEGER NOT NULL,
    PRIMARY KEY (account, client_id)
) WITHOUT ROWID;
CREATE TABLE mutation_result (
    account INTEGER NOT NULL, client_id TEXT NOT NULL, mid INTEGER NOT NULL, payload_hash BLOB NOT NULL,
    result TEXT NOT NULL, PRIMARY KEY (account, client_id, mid)
) WITHOUT ROWID;
CREATE TABLE maker (
    account INTEGER NOT NULL, booking_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account, booking_id)
) WITHOUT ROWID;
CREATE TABLE feed (
    account INTEGER NOT NULL REFERENCES account, calendar_id TEXT NOT NULL, url TEXT NOT NULL, etag TEXT,
    last_modified TEXT, read_on TEXT, PRIMARY KEY (account, calendar_id)
) WITHOUT ROWID;
ALTER TABLE slot RENAME TO slot_1;
DROP INDEX slot_time;
CREATE TABLE slot (
    account INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, staff_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, PRIMARY KEY (account, kind, id, starts_at)
) WITHOUT ROWID;
CREATE INDEX slot_time ON slot (account, staff_id, starts_at, ends_at);
UPDATE entity SET doc = json_insert(doc, '$.series_id', NULL, '$.series_label', NULL, '$.updated_at', NULL,
    '$.updated_by', NULL, '$.updated_call_id', NULL) WHERE kind = 'bookings' AND doc IS NOT NULL;
INSERT INTO slot SELECT account, 'bookings', booking_id, staff_id, starts_at, ends_at FROM slot_1;
DROP TABLE slot_1;
"""

# What an owner assumes is a row from the start, with nothing in it.
_STEP_3 = """
UPDATE entity SET doc = json_insert(doc, '$.notes', NULL, '$.lost_reason', NULL)
    WHERE kind = 'leads' AND doc IS NOT NULL;
UPDATE entity SET doc = json_insert(doc, '$.satisfaction', NULL, '$.recording', NULL, '$.rate_cents', NULL,
    '$.rounding_s', NULL) WHERE kind = 'calls' AND doc IS NOT NULL;
UPDATE account SET seq = seq + 1 WHERE number IN (SELECT account FROM entity WHERE kind = 'business');
INSERT INTO entity (account, kind, id, stream, version, at, open, doc)
    SELECT number, 'assumptions', account_id, 0, seq, 0, 0, json_object('id', account_id, 'wage_cents_per_hour', NULL,
        'hours_per_week', NULL, 'missed_call_value_cents', NULL, 'currency', json_extract(entity.doc, '$.currency'),
        'updated_at', NULL, 'updated_by', NULL, 'version', seq)
    FROM account JOIN entity ON entity.account = number AND kind = 'business';
"""

_STEP_4 = """
ALTER TABLE session ADD COLUMN device_revoked INTEGER NOT NULL DEFAULT 0;
"""

# How long a task of each kind takes a person; rows of before come to devices with it when they are next changed.
_STEP_5 = """
UPDATE entity SET doc = json_insert(doc, '$.follow_up_minutes', NULL, '$.callback_minutes', NULL,
    '$.reminder_minutes', NULL, '$.review_request_minutes', NULL, '$.document_minutes', NULL, '$.other_minutes', NULL)
    WHERE kind = 'assumptions' AND doc IS NOT NULL;
"""

# Runs are told apart from now on; what was before is of none.
_STEP_6 = """
CREATE TABLE run (
    account INTEGER NOT NULL REFERENCES account, run TEXT NOT NULL, prev INTEGER NOT NULL, PRIMARY KEY (account, run)
) WITHOUT ROWID;
"""

# For whom a correction counts, until when, and which ones it ends; those of before count for all, for good.
_STEP_7 = """
UPDATE entity SET doc = json_insert(doc, '$.customer_id', NULL, '$.last_day', NULL, '$.replaces', json('[]'))
    WHERE kind = 'corrections' AND doc IS NOT NULL;
"""

# A booking may be in a resource, whose time is then taken as that of its member of staff is.
_STEP_8 = """
UPDATE entity SET doc = json_insert(doc, '$.resource_id', NULL) WHERE kind = 'bookings' AND doc IS NOT NULL;
UPDATE entity SET doc = json_insert(doc, '$.resources', json('[]')) WHERE kind = 'services' AND doc IS NOT NULL;
ALTER TABLE slot RENAME TO slot_2;
DROP INDEX slot_time;
CREATE TABLE slot (
    account INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, whose TEXT NOT NULL,
    starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, PRIMARY KEY (account, kind, id, whose, starts_at)
) WITHOUT ROWID;
CREATE INDEX slot_time ON slot (account, whose, starts_at, ends_at);
INSERT INTO slot SELECT account, kind, id, staff_id, starts_at, ends_at FROM slot_2;
DROP TABLE slot_2;
"""

STEPS = (_STEP_1, _STEP_2, _STEP_3, _STEP_4, _STEP_5, _STEP_6, _STEP_7, _STEP_8)
SCHEMA_VERSION = len(STEPS)


class NewerDatabase(Exception):
    """The data folder was written by a newer server."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the data folder to the newest schema, a transaction a step.  Raises NewerDatabase, changing nothing."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > SCHEMA_VERSION:
        raise NewerDatabase(f"the data folder has schema {found}, this server knows {SCHEMA_VERSION}")
    for number, step in enumerate(STEPS[found:], start=found + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT;")
