"""What was really hit, counted over a run: a fault that never came proves nothing."""

from collections import Counter

FAULTS = frozenset(
    {
        "dropped before the server",
        "dropped after the server",
        "late duplicate of a push",
        "killed after sending",
        "part of a batch handled",
        "results for part of a batch",
        "change put off",
        "change the server fails on",
        "change refused",
        "change set aside",
        "stale page",
        "unreadable answer",
        "answer of a newer server",
        "answer after the timeout",
        "401",
        "429",
        "500",
        "503",
        "cursor expired on request",
        "tombstones compacted",
        "newest tombstone compacted",
        "epoch changed",
        "server restored",
        "crash at a statement",
        "crash before a commit",
        "crash after a commit",
        "disk full at a statement",
        "disk full at a commit",
        "edit refused by a full disk",
        "process restarted",
        "process killed",
        "client file restored",
        "client file restored twice",
        "client file cloned",
        "two pushers",
        "tiny pages",
        "first sync",
        "live frame lost",
        "live frame repeated",
        "live frames reordered",
        "live connection cut",
        "network cut",
        "clock days off",
    }
)


def missing(hit: Counter[str]) -> list[str]:
    return sorted(FAULTS - {name for name, count in hit.items() if count})
