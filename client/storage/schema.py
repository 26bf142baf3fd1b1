"""The shape of the database file, in numbered steps that only go forward.

Each step runs in one transaction together with its `user_version`.  Tables that mirror the server may be dropped by a
later step and filled again; `outbox`, `history`, `conflicts` and `bases` may not: they hold what only this device
knows.
Column names are the wire's field names, so that a decoded row goes in without being renamed.
"""

import sqlite3
from collections.abc import Callable

from client.storage.errors import DatabaseTooNew

MIRRORED = (
    "business",
    "staff",
    "resources",
    "services",
    "employees",
    "customers",
    "bookings",
    "blocks",
    "calendars",
    "messages",
    "leads",
    "calls",
    "tasks",
    "marks",
    "corrections",
    "blocked_numbers",
    "assumptions",
    "events",
    "forecasts",
    "turns",
)
"""Tables that hold the server's rows.  Each ends in version, gen and extra."""

STREAM_KINDS = {"core": tuple(kind for kind in MIRRORED if kind != "turns"), "transcripts": ("turns",)}

# Made when the first sync of core is complete: loading without them takes two thirds of the time.
LATE_INDEXES = {
    "bookings_by_start": "CREATE INDEX IF NOT EXISTS bookings_by_start ON bookings(starts_at)",
    "bookings_by_made": "CREATE INDEX IF NOT EXISTS bookings_by_made ON bookings(created_at)",
    "bookings_by_customer": "CREATE INDEX IF NOT EXISTS bookings_by_customer ON bookings(customer_id, starts_at)",
    "customers_by_phone": "CREATE INDEX IF NOT EXISTS customers_by_phone ON customers(phone) WHERE phone IS NOT NULL",
    "calls_by_customer": "CREATE INDEX IF NOT EXISTS calls_by_customer ON calls(customer_id, started_at)",
    "calls_by_start": "CREATE INDEX IF NOT EXISTS calls_by_start ON calls(started_at)",
    "calls_by_employee": "CREATE INDEX IF NOT EXISTS calls_by_employee ON calls(employee_id, started_at)",
    "bookings_by_employee": "CREATE INDEX IF NOT EXISTS bookings_by_employee ON bookings(employee_id, created_at) "
    "WHERE employee_id IS NOT NULL",
    "messages_by_sent": "CREATE INDEX IF NOT EXISTS messages_by_sent ON messages(sent_at)",
}

_TAIL = "version INTEGER NOT NULL, gen INTEGER NOT NULL, extra TEXT"

_STEP_1 = f"""
CREATE TABLE meta (k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE streams (
    name TEXT PRIMARY KEY, epoch TEXT, cursor TEXT NOT NULL DEFAULT '', complete INTEGER NOT NULL DEFAULT 0,
    ccursor TEXT, seq INTEGER NOT NULL DEFAULT 0, snap INTEGER NOT NULL DEFAULT 0, gen INTEGER NOT NULL DEFAULT 1,
    stage TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
    resync INTEGER NOT NULL DEFAULT 0, as_of INTEGER
) WITHOUT ROWID;
INSERT INTO streams (name) VALUES ('core'), ('transcripts');

CREATE TABLE business (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, business_type TEXT NOT NULL, time_zone TEXT NOT NULL,
    currency TEXT NOT NULL, locale TEXT NOT NULL, phone TEXT NOT NULL, address TEXT NOT NULL,
    opening_hours TEXT NOT NULL, closed_days TEXT NOT NULL, created_at INTEGER, {_TAIL});

CREATE TABLE staff (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, initials TEXT NOT NULL, colour_index INTEGER NOT NULL,
    services TEXT NOT NULL, works TEXT NOT NULL, active INTEGER NOT NULL, {_TAIL});

CREATE TABLE services (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, duration_minutes INTEGER NOT NULL, buffer_minutes INTEGER NOT NULL,
    price_cents INTEGER NOT NULL, category TEXT NOT NULL, active INTEGER NOT NULL, {_TAIL});

CREATE TABLE employees (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, glyph TEXT NOT NULL, state TEXT NOT NULL,
    state_since INTEGER NOT NULL, held_until INTEGER, trouble TEXT, doing TEXT NOT NULL, {_TAIL});

CREATE TABLE customers (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, preferred_name TEXT, phone TEXT, email TEXT, status TEXT NOT NULL,
    first_visit_at INTEGER, last_visit_at INTEGER, total_bookings INTEGER NOT NULL, no_shows INTEGER NOT NULL,
    lifetime_cents INTEGER, language TEXT NOT NULL, preferences TEXT, notes TEXT, created_at INTEGER, {_TAIL});

CREATE TABLE bookings (
    id TEXT PRIMARY KEY, customer_id TEXT, customer_name TEXT NOT NULL, customer_phone TEXT, customer_email TEXT,
    service_id TEXT, service_name TEXT NOT NULL, staff_id TEXT, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
    time_zone TEXT NOT NULL, status TEXT NOT NULL, source TEXT NOT NULL, employee_id TEXT, call_id TEXT,
    price_cents INTEGER, paid_cents INTEGER, payment_status TEXT NOT NULL, notes TEXT, reminder_sent INTEGER NOT NULL,
    created_at INTEGER NOT NULL, confirmed_at INTEGER, completed_at INTEGER, cancelled_at INTEGER,
    cancellation_reason TEXT, {_TAIL}, dirty INTEGER NOT NULL DEFAULT 0);

CREATE TABLE leads (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT, email TEXT, source TEXT NOT NULL, call_id TEXT,
    stage TEXT NOT NULL, score INTEGER NOT NULL, score_reasons TEXT NOT NULL, interest TEXT NOT NULL, needs TEXT,
    interested_services TEXT NOT NULL, value_cents INTEGER, budget TEXT, timeline TEXT, next_followup_at INTEGER,
    assigned_to TEXT, tags TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, {_TAIL});

CREATE TABLE calls (
    id TEXT PRIMARY KEY, caller_phone TEXT, customer_id TEXT, caller_name TEXT, direction TEXT NOT NULL,
    employee_id TEXT NOT NULL, employee_name TEXT NOT NULL, started_at INTEGER NOT NULL, answered_at INTEGER,
    ended_at INTEGER, status TEXT NOT NULL, handler TEXT NOT NULL, handler_user_id TEXT, handler_name TEXT,
    outcome TEXT, intent TEXT, summary TEXT, extracted TEXT NOT NULL, sentiment REAL, language TEXT NOT NULL,
    escalation_reason TEXT, requires_followup INTEGER NOT NULL, booking_id TEXT, consent TEXT NOT NULL,
    charge_cents INTEGER, billed_seconds INTEGER, flags TEXT NOT NULL, turn_count INTEGER NOT NULL, {_TAIL});
CREATE INDEX calls_in_progress ON calls(started_at) WHERE ended_at IS NULL;

CREATE TABLE turns (
    id TEXT PRIMARY KEY, call_id TEXT NOT NULL, "index" INTEGER NOT NULL, kind TEXT NOT NULL, speaker TEXT NOT NULL,
    name TEXT, text TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, sentiment REAL,
    language TEXT NOT NULL, low_confidence TEXT NOT NULL, tool TEXT, note TEXT, {_TAIL});
CREATE INDEX turns_by_call ON turns(call_id, "index");

CREATE TABLE unknown_rows (
    kind TEXT NOT NULL, id TEXT NOT NULL, stream TEXT NOT NULL, row TEXT NOT NULL, version INTEGER NOT NULL,
    gen INTEGER NOT NULL, PRIMARY KEY (kind, id));

CREATE TABLE bookings_base (id TEXT PRIMARY KEY, row TEXT NOT NULL, version INTEGER NOT NULL);
CREATE TABLE outbox (
    mid INTEGER PRIMARY KEY, op TEXT NOT NULL, v INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
    payload TEXT NOT NULL, payload_sha TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'acked', 'parked')), ver INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER, error TEXT, created_at INTEGER NOT NULL);
CREATE TABLE conflicts (
    mid INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, field TEXT NOT NULL, base TEXT, mine TEXT,
    server TEXT, why TEXT NOT NULL, choices TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'resolved')), resolved_by_mid INTEGER, PRIMARY KEY (mid, field));
"""

# Changes made here: numbered when they are written (change_id), and numbered for the server (client_id, mid) when they
# are first sent, so that one that was never sent can be taken back without leaving a hole in the server's count.
_STEP_2 = f"""
ALTER TABLE bookings ADD COLUMN series_id TEXT;
ALTER TABLE bookings ADD COLUMN series_label TEXT;
ALTER TABLE bookings ADD COLUMN updated_at INTEGER;
ALTER TABLE bookings ADD COLUMN updated_by TEXT;
ALTER TABLE bookings ADD COLUMN updated_call_id TEXT;
CREATE INDEX bookings_dirty ON bookings(id) WHERE dirty;

CREATE TABLE blocks (
    id TEXT PRIMARY KEY, staff_id TEXT, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, time_zone TEXT NOT NULL,
    title TEXT NOT NULL, source TEXT NOT NULL, calendar_id TEXT, uid TEXT, created_at INTEGER NOT NULL, {_TAIL},
    dirty INTEGER NOT NULL DEFAULT 0);
CREATE INDEX blocks_by_start ON blocks(starts_at);

CREATE TABLE calendars (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, host TEXT NOT NULL, staff_id TEXT, state TEXT NOT NULL, trouble TEXT,
    last_ok_at INTEGER, checked_at INTEGER, events INTEGER NOT NULL, created_at INTEGER NOT NULL, {_TAIL},
    dirty INTEGER NOT NULL DEFAULT 0);

CREATE TABLE messages (
    id TEXT PRIMARY KEY, customer_id TEXT, booking_id TEXT, channel TEXT NOT NULL, recipient TEXT, text TEXT NOT NULL,
    state TEXT NOT NULL, sent_at INTEGER NOT NULL, sent_by TEXT NOT NULL, {_TAIL});
CREATE INDEX messages_by_customer ON messages(customer_id, sent_at);
CREATE INDEX messages_by_booking ON messages(booking_id);

CREATE TABLE bases (
    kind TEXT NOT NULL, id TEXT NOT NULL, row TEXT, version INTEGER NOT NULL, gen INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
INSERT INTO bases SELECT 'bookings', id, row, version, 0 FROM bookings_base;
DROP TABLE bookings_base;

ALTER TABLE outbox RENAME TO outbox_1;
CREATE TABLE outbox (
    change_id INTEGER PRIMARY KEY AUTOINCREMENT, client_id TEXT, mid INTEGER, op TEXT NOT NULL, v INTEGER NOT NULL,
    kind TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, undo TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'acked', 'refused', 'parked')),
    ver INTEGER, result TEXT, attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER,
    created_at INTEGER NOT NULL, sent_at INTEGER, UNIQUE (client_id, mid));
CREATE INDEX outbox_by_row ON outbox(kind, id);
INSERT INTO outbox (change_id, client_id, mid, op, v, kind, id, payload, undo, state, ver, attempts, created_at)
    SELECT mid, CASE state WHEN 'queued' THEN NULL ELSE (SELECT v FROM meta WHERE k = 'client_id') END,
        CASE state WHEN 'queued' THEN NULL ELSE mid END, op, v, entity || 's', id,
        json_object('op', op, 'v', v, 'id', id, 'client_ts', created_at, 'base_version', 0, 'set', json(payload),
            'tell', NULL, 'allow', json_array()),
        '{{"set":{{}}}}', state, ver, attempts, created_at
    FROM outbox_1 ORDER BY mid;
DROP TABLE outbox_1;

CREATE TABLE history (
    change_id INTEGER PRIMARY KEY, op TEXT NOT NULL, v INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    payload TEXT NOT NULL, undo TEXT NOT NULL, result TEXT, created_at INTEGER NOT NULL, settled_at INTEGER NOT NULL);
CREATE INDEX history_by_row ON history(kind, id, change_id);

ALTER TABLE conflicts RENAME TO conflicts_1;
CREATE TABLE conflicts (
    conflict_id INTEGER PRIMARY KEY AUTOINCREMENT, change_id INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    field TEXT NOT NULL, why TEXT NOT NULL, document TEXT NOT NULL, made_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'resolved')), resolved_by INTEGER, resolved_at INTEGER,
    UNIQUE (change_id, field));
DROP TABLE conflicts_1;

UPDATE streams SET gen = gen + 1, epoch = NULL, cursor = '', complete = 0, stage = '', done = 0, total = 0, snap = 0,
    resync = 1 WHERE name = 'core' AND cursor <> ''
"""

# What the team does and what the owner does about it; rows that were there before come again with their new columns.
_STEP_3 = f"""
ALTER TABLE leads ADD COLUMN notes TEXT;
ALTER TABLE leads ADD COLUMN lost_reason TEXT;
ALTER TABLE leads ADD COLUMN dirty INTEGER NOT NULL DEFAULT 0;
CREATE INDEX leads_by_call ON leads(call_id) WHERE call_id IS NOT NULL;
ALTER TABLE calls ADD COLUMN satisfaction INTEGER;
ALTER TABLE calls ADD COLUMN recording TEXT;
ALTER TABLE calls ADD COLUMN rate_cents INTEGER;
ALTER TABLE calls ADD COLUMN rounding_s INTEGER;
ALTER TABLE calls ADD COLUMN dirty INTEGER NOT NULL DEFAULT 0;
ALTER TABLE employees ADD COLUMN dirty INTEGER NOT NULL DEFAULT 0;

CREATE TABLE tasks (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, details TEXT, employee_id TEXT, assigned_to TEXT,
    customer_id TEXT, call_id TEXT, turn_id TEXT, lead_id TEXT, booking_id TEXT, due_at INTEGER, state TEXT NOT NULL,
    outcome TEXT, done_at INTEGER, done_by TEXT, created_at INTEGER NOT NULL, created_by TEXT,
    updated_at INTEGER NOT NULL, {_TAIL}, dirty INTEGER NOT NULL DEFAULT 0);
CREATE INDEX tasks_open ON tasks(due_at) WHERE state = 'open';
CREATE INDEX tasks_done ON tasks(done_at) WHERE done_at IS NOT NULL;
CREATE INDEX tasks_by_call ON tasks(call_id) WHERE call_id IS NOT NULL;
CREATE INDEX tasks_by_lead ON tasks(lead_id) WHERE lead_id IS NOT NULL;

CREATE TABLE marks (
    id TEXT PRIMARY KEY, about TEXT NOT NULL, subject TEXT NOT NULL, word TEXT NOT NULL, until INTEGER, "by" TEXT,
    created_at INTEGER NOT NULL, {_TAIL}, dirty INTEGER NOT NULL DEFAULT 0);
CREATE INDEX marks_by_subject ON marks(about, subject);

CREATE TABLE corrections (
    id TEXT PRIMARY KEY, call_id TEXT NOT NULL, turn_id TEXT NOT NULL, question TEXT, wrong TEXT NOT NULL,
    "right" TEXT NOT NULL, scope TEXT NOT NULL, state TEXT NOT NULL, "by" TEXT, created_at INTEGER NOT NULL, {_TAIL},
    dirty INTEGER NOT NULL DEFAULT 0);
CREATE INDEX corrections_by_call ON corrections(call_id);

CREATE TABLE blocked_numbers (
    id TEXT PRIMARY KEY, phone TEXT NOT NULL, reason TEXT, "by" TEXT, created_at INTEGER NOT NULL, {_TAIL},
    dirty INTEGER NOT NULL DEFAULT 0);

CREATE TABLE assumptions (
    id TEXT PRIMARY KEY, wage_cents_per_hour INTEGER, hours_per_week REAL, missed_call_value_cents INTEGER,
    currency TEXT NOT NULL, updated_at INTEGER, updated_by TEXT, {_TAIL}, dirty INTEGER NOT NULL DEFAULT 0);

CREATE TABLE events (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, actor_kind TEXT NOT NULL, employee_id TEXT,
    verb TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, subject_name TEXT NOT NULL, before TEXT,
    after TEXT, {_TAIL});
CREATE INDEX events_by_at ON events(at);
CREATE INDEX events_by_subject ON events(subject_id, at);
CREATE INDEX events_by_employee ON events(employee_id, at) WHERE employee_id IS NOT NULL;

CREATE TABLE forecasts (
    id TEXT PRIMARY KEY, measure TEXT NOT NULL, unit TEXT NOT NULL, made_at INTEGER NOT NULL, history_from TEXT,
    history_days INTEGER NOT NULL, state TEXT NOT NULL, needs_days INTEGER NOT NULL, days TEXT NOT NULL, total TEXT,
    grid TEXT, record TEXT, {_TAIL});

UPDATE streams SET gen = gen + 1, epoch = NULL, cursor = '', complete = 0, stage = '', done = 0, total = 0, snap = 0,
    resync = 1 WHERE name = 'core' AND cursor <> ''
"""

# How long a task of each kind takes a person.  What a newer server has sent already lies in `extra`; the row as the
# server has it, where there are changes in it, gains the same columns.
_MINUTES = ("follow_up", "callback", "reminder", "review_request", "document", "other")
_STEP_4 = ";".join(
    (
        *(f"ALTER TABLE assumptions ADD COLUMN {kind}_minutes INTEGER" for kind in _MINUTES),
        *(
            f"UPDATE assumptions SET {kind}_minutes = json_extract(extra, '$.{kind}_minutes') "
            f"WHERE json_type(extra, '$.{kind}_minutes') = 'integer'"
            for kind in _MINUTES
        ),
        *(
            f"UPDATE bases SET row = json_set(row, '$.{kind}_minutes', (SELECT {kind}_minutes FROM assumptions a "
            "WHERE a.id = bases.id)) WHERE kind = 'assumptions' AND row IS NOT NULL"
            for kind in _MINUTES
        ),
    )
)

# It was written at every edit and read by nobody: which rows have changes in them is asked of `bases`.
_STEP_5 = "DROP INDEX IF EXISTS bookings_dirty"

# For whom a correction counts, until when, and which it ended; what a newer server has sent already lies in `extra`.
_STEP_6 = """
ALTER TABLE corrections ADD COLUMN customer_id TEXT;
ALTER TABLE corrections ADD COLUMN last_day TEXT;
ALTER TABLE corrections ADD COLUMN replaces TEXT NOT NULL DEFAULT '[]';
UPDATE corrections SET customer_id = json_extract(extra, '$.customer_id')
    WHERE json_type(extra, '$.customer_id') = 'text';
UPDATE corrections SET last_day = json_extract(extra, '$.last_day') WHERE json_type(extra, '$.last_day') = 'text';
UPDATE corrections SET replaces = json_extract(extra, '$.replaces') WHERE json_type(extra, '$.replaces') = 'array';
UPDATE bases SET row = json_set(row,
    '$.customer_id', json_extract(json_extract(row, '$.extra'), '$.customer_id'),
    '$.last_day', json_extract(json_extract(row, '$.extra'), '$.last_day'),
    '$.replaces', coalesce(json_extract(json_extract(row, '$.extra'), '$.replaces'), '[]') || '')
    WHERE kind = 'corrections' AND row IS NOT NULL
"""


# What a booking occupies.  What a newer server has sent already lies in `extra` and among the rows nobody knew.
_STEP_7 = f"""
CREATE TABLE resources (id TEXT PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL, {_TAIL});
ALTER TABLE services ADD COLUMN resources TEXT NOT NULL DEFAULT '[]';
ALTER TABLE bookings ADD COLUMN resource_id TEXT;
UPDATE services SET resources = json_extract(extra, '$.resources') WHERE json_type(extra, '$.resources') = 'array';
UPDATE bookings SET resource_id = json_extract(extra, '$.resource_id')
    WHERE json_type(extra, '$.resource_id') = 'text';
UPDATE bases SET row = json_set(row, '$.resource_id', json_extract(json_extract(row, '$.extra'), '$.resource_id'))
    WHERE kind = 'bookings' AND row IS NOT NULL;
INSERT OR IGNORE INTO resources
    SELECT id, json_extract(row, '$.name'), json_extract(row, '$.active'), version, gen, NULL
    FROM unknown_rows WHERE kind = 'resources' AND json_type(row, '$.name') = 'text'
        AND json_type(row, '$.active') IN ('true', 'false');
DELETE FROM unknown_rows WHERE kind = 'resources'
"""

# A change gets its number for the server when it is sent: until then it has no place in that index, which would be
# written at every edit otherwise.  Numbers that were given here are not given again.
_STEP_8 = """
ALTER TABLE outbox RENAME TO outbox_7;
CREATE TABLE outbox (
    change_id INTEGER PRIMARY KEY AUTOINCREMENT, client_id TEXT, mid INTEGER, op TEXT NOT NULL, v INTEGER NOT NULL,
    kind TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, undo TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'acked', 'refused', 'parked')),
    ver INTEGER, result TEXT, attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER,
    created_at INTEGER NOT NULL, sent_at INTEGER);
INSERT INTO outbox SELECT * FROM outbox_7 ORDER BY change_id;
DELETE FROM sqlite_sequence WHERE name = 'outbox';
UPDATE sqlite_sequence SET name = 'outbox' WHERE name = 'outbox_7';
DROP TABLE outbox_7;
CREATE INDEX outbox_by_row ON outbox(kind, id);
CREATE UNIQUE INDEX outbox_by_number ON outbox(client_id, mid) WHERE client_id IS NOT NULL
"""


def _run(script: str) -> Callable[[sqlite3.Connection], None]:
    """A step made of plain statements; `executescript` would commit, so they go one by one."""

    def step(conn: sqlite3.Connection) -> None:
        for statement in script.split(";"):
            if statement.strip():
                conn.execute(statement)

    return step


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = tuple(
    _run(script) for script in (_STEP_1, _STEP_2, _STEP_3, _STEP_4, _STEP_5, _STEP_6, _STEP_7, _STEP_8)
)
KNOWN = len(STEPS)


def migrate(conn: sqlite3.Connection) -> None:
    """Bring the file to the newest schema.  Raises DatabaseTooNew, leaving the file untouched."""
    found = version(conn)
    if found > KNOWN:
        raise DatabaseTooNew(found, KNOWN)
    for number, step in enumerate(STEPS[found:], start=found + 1):
        conn.execute("BEGIN IMMEDIATE")
        # Another process may have taken this step while we waited for the lock.
        if version(conn) < number:
            step(conn)
            conn.execute(f"PRAGMA user_version = {number}")
        conn.execute("COMMIT")


def version(conn: sqlite3.Connection) -> int:
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def ensure_indexes(conn: sqlite3.Connection) -> None:
    """Make the indexes a first sync does without.  Costs nothing when they are there."""
    for statement in LATE_INDEXES.values():
        conn.execute(statement)


def has_fts5(conn: sqlite3.Connection) -> bool:
    """Whether this SQLite can index text; some phones' cannot."""
    return conn.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone() is not None
