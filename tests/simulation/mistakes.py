"""The seeded bugs: mistakes that a protocol like this one invites, planted in the real code of either side.

`python -m tests.simulation.mistakes` tells how many histories each lives through.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import backend_stub.feed
import backend_stub.push.leads
import backend_stub.push.merge
import backend_stub.push.placing
import backend_stub.push.results
import client.storage.answers
import client.storage.sending
import sync.apply
import sync.pull
from backend_stub import store
from tests.planting import Edit, Instead, Mistake, planted
from tests.simulation.plan import Plan
from tests.simulation.stage import tell

MOST = 300
"""A mistake that lives through so many histories is not found."""

_results, _answers, _apply, _pull = backend_stub.push.results, client.storage.answers, sync.apply, sync.pull
_CAS = "(state.cursor, state.gen, state.epoch) != (ask.cursor, ask.gen, ask.epoch) or pages[0].since != ask.cursor"
_TICKET = "page.ticket != ticket or page.stream != self.stream"
_GUARD = "WHERE excluded.version >= {kind}.version OR excluded.gen > {kind}.gen"


@dataclass(frozen=True, kw_only=True)
class Bug:
    """`bias` are parts of a plan that make its chances better; what is not in it is drawn as always."""

    mistakes: tuple[Mistake, ...]
    bias: dict[str, Any] = field(default_factory=dict)


def _no_version_guard() -> tuple[Mistake, ...]:
    return (
        *(
            Instead(_apply._UPSERT, kind, text.replace(_GUARD.format(kind=kind), ""))
            for kind, text in _apply._UPSERT.items()
        ),
        Edit(_apply._delete_rows, "WHERE id = ? AND version <= ?", "WHERE id = ? AND 0 <= ?"),
        Edit(client.storage.effective.put_base, "AND (version <= ? OR gen < ?)", "AND (? = ? OR 1)"),
    )


_ADMIT_STALE = (
    Edit(_pull.Puller._fetch, _TICKET, "False"),
    Edit(_pull.Puller._fetch, "page.since != ask.cursor", "False"),
)
_NO_RESOURCE_CHECK = Edit(
    backend_stub.push.placing.Diary.in_the_way,
    'if not found and self._takes_more(before, doc, "resource_id"):',
    "if False:",
)
_STALE = {"chances": {"stale page": 0.3, "cursor expired on request": 0.05}, "first_sync": 0.5, "luna": 12.0}

BUGS: dict[str, Bug] = {
    "no_dedupe": Bug(
        mistakes=(
            Edit(_results._Turn.take, "if actor.mid <= last:", "if False:"),
            Edit(_results._Turn.take, "INSERT INTO mutation_result", "INSERT OR REPLACE INTO mutation_result"),
        )
    ),
    "ack_deletes_early": Bug(
        mistakes=(
            Edit(_answers.settle, "state = 'acked' AND ver <= ?", "state = 'acked' AND ? >= 0"),
            Edit(_answers.settle, "if not core.complete:", "if False:"),
        )
    ),
    "cursor_before_rows": Bug(
        mistakes=(
            Edit(
                _apply.apply_pages,
                "    for page in pages:\n",
                "    _move_cursor(conn, state, pages[0], pages[-1])\n"
                "    conn.execute('COMMIT')\n    conn.execute('BEGIN IMMEDIATE')\n    for page in pages:\n",
            ),
        ),
        bias={
            "rare": {"crashes": 6.0, "runs_full": 3.0, "kicks": 8.0},
            "chances": {"live frame lost": 0.5},
            "luna": 12.0,
        },
    ),
    "no_tombstones": Bug(
        mistakes=(
            Edit(backend_stub.feed._newer, "AND version > ?", "AND deleted_at IS NULL AND version > ?"),
            Edit(store.Transaction.remove, "doc=None, reason=reason))", "doc=None, reason=reason)) if False else None"),
        )
    ),
    "resync_wipes_outbox": Bug(
        mistakes=(
            Edit(
                _apply.begin_resync,
                "    cursors.start_over(conn, ask.stream)\n",
                "    conn.execute('DELETE FROM outbox')\n    cursors.start_over(conn, ask.stream)\n",
            ),
        )
    ),
    "mid_reuse": Bug(
        mistakes=(
            Edit(
                client.storage.sending._number,
                'int(meta.get(conn, "next_mid") or 1)',
                "conn.execute('SELECT coalesce(max(mid), 0) + 1 FROM outbox').fetchone()[0]",
            ),
        )
    ),
    "lww_whole_row": Bug(
        mistakes=(
            Edit(
                backend_stub.push.merge._obstacle,
                'return None if all(row[name] == had for name, (had, _) in group.items()) else "changed"',
                "return None",
            ),
        )
    ),
    "dup_result_lost": Bug(
        mistakes=(
            Edit(
                _results._Turn._stored,
                "if self.is_mismatch else text",
                'if self.is_mismatch else f\'{{"mid":{self.actor.mid},"status":"ok","version":0}}\'',
            ),
        )
    ),
    "resync_no_sweep": Bug(mistakes=(Edit(_apply._move_cursor, "if complete and state.resync:", "if False:"),)),
    "batch_partial_ack": Bug(
        mistakes=(
            Edit(
                _answers.acknowledge,
                "    _compare(conn, reply, outcome)\n",
                "    _compare(conn, reply, outcome)\n"
                "    if reply.verdicts:\n"
                "        told = \"json_object('mid', mid, 'status', 'ok', 'epoch', ?)\"\n"
                "        sql = f\"UPDATE outbox SET state = 'acked', ver = 0, result = {told} WHERE state = 'sent'\"\n"
                "        conn.execute(sql, (reply.epoch,))\n",
            ),
        ),
        bias={"chances": {"part of a batch handled": 0.3, "results for part of a batch": 0.3}, "owner": 25.0},
    ),
    "no_fifo_gap_check": Bug(
        mistakes=(Edit(_results._Turn.take, "if actor.mid > last + 1:", "if False:"),),
        bias={"rare": {"backs_up": 6.0, "is_restored": 6.0, "late_duplicate": 12.0}},
    ),
    "conflict_not_persisted": Bug(
        mistakes=(
            Edit(
                _answers._clashed,
                "conflicts.add(conn, change.change_id, change.kind, change.row_id, clash, reply.now_ms)",
                "pass",
            ),
        )
    ),
    "settle_midpage": Bug(
        mistakes=(
            Edit(_answers.settle, "if not core.complete:", "if False:"),
            Edit(_apply._move_cursor, "if complete and state.name == CORE:", "if state.name == CORE:"),
        ),
        bias={"tiny_pages": True, "luna": 12.0},
    ),
    "notes_overwritten": Bug(
        mistakes=(Edit(backend_stub.push.leads.both, 'f"{here}{BETWEEN}{wanted}"', "wanted"),),
        bias={"work": 40.0},
    ),
    "stage_overwritten": Bug(
        mistakes=(Edit(backend_stub.push.leads._apart, 'not OVER & {row["stage"], wanted}', "True"),),
        bias={"work": 40.0},
    ),
    "no_slot_check": Bug(
        mistakes=(
            Edit(
                backend_stub.push.placing.Diary.in_the_way,
                'if self._takes_more(before, doc, "staff_id"):',
                "if False:",
            ),
            _NO_RESOURCE_CHECK,
        )
    ),
    "no_resource_check": Bug(mistakes=(_NO_RESOURCE_CHECK,)),
    "no_cursor_cas": Bug(
        mistakes=(*_ADMIT_STALE, Edit(_apply.apply_pages, _CAS, "False")),
        bias=_STALE,
    ),
    "no_cas_no_guard": Bug(
        mistakes=(*_ADMIT_STALE, Edit(_apply.apply_pages, _CAS, "False"), *_no_version_guard()),
        bias=_STALE,
    ),
    "version_guard_missing": Bug(
        mistakes=(Edit(_pull.Puller._fetch, _TICKET, "False"), *_no_version_guard()),
        bias=_STALE,
    ),
    "resync_floor_on_page": Bug(
        mistakes=(
            Edit(
                backend_stub.feed.read_page,
                "if position < floor:",
                "if (cursor.done if isinstance(cursor, Filling) else cursor.at) < floor:",
            ),
        ),
    ),
    "no_ticket": Bug(mistakes=(Edit(_pull.Puller._fetch, _TICKET, "False"),), bias=_STALE),
    "cursor_from_last_row": Bug(
        mistakes=(
            Edit(
                backend_stub.feed._follow,
                "rows[-1].version if has_more else upto.seq",
                "rows[-1].version if rows else cursor.at",
            ),
        ),
    ),
}


FOUND_BY = {
    "no_dedupe": 2,
    "ack_deletes_early": 1,
    "cursor_before_rows": 6,
    "no_tombstones": 0,
    "resync_wipes_outbox": 0,
    "mid_reuse": 1,
    "lww_whole_row": 1,
    "dup_result_lost": 2,
    "resync_no_sweep": 2,
    "batch_partial_ack": 0,
    "no_fifo_gap_check": 207,
    "conflict_not_persisted": 0,
    "settle_midpage": 5,
    "notes_overwritten": 4,
    "stage_overwritten": 5,
    "no_slot_check": 1,
    "no_resource_check": 1,
    "no_cursor_cas": 4,
    "no_cas_no_guard": 4,
    "version_guard_missing": 4,
    "resync_floor_on_page": 2,
    "no_ticket": 4,
    "cursor_from_last_row": 1,
}
"""Seeds whose histories notice, as the histories are now."""


def found_by(name: str, seeds: Iterable[int]) -> tuple[int, str] | None:
    """The first of the seeds whose history notices the mistake, and as what; None when it lives through them all."""
    bug = BUGS[name]
    with planted(*bug.mistakes):
        for seed in seeds:
            try:
                tell(seed, biased(bug, seed))
            except Exception as error:
                return seed, f"{type(error).__name__}: {error}"
    return None


def biased(bug: Bug, seed: int) -> Plan:
    """What the seed draws, with what the bug asks for in its place."""
    plan = Plan.of(seed)
    bias = {name: getattr(plan, name) | more if isinstance(more, dict) else more for name, more in bug.bias.items()}
    return replace(plan, **bias)


def main() -> None:
    for name in sys.argv[1:] or BUGS:
        found = found_by(name, range(MOST))
        needed, how = (found[0] + 1, found[1]) if found else (0, "not found")
        print(f"{name:24} {needed:4}  {how[:160]}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
