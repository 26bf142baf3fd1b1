"""The page of benchmarks: what is measured here, and beside it, told apart, what was measured of others."""

from bench import yardstick
from bench.result import OURS, PEERS, table


def test_figures_of_ours_stand_beside_those_of_others_and_are_told_apart() -> None:
    kept = {
        bench: {"what": bench, "measured_on": "2026-01-01", "measures": [_measure(n + 0.25) for n in range(3)]}
        for bench in ("first_sync", "changes")
    }
    page = table(kept)
    (ours,) = [line for line in page.splitlines() if line.startswith("| **this program**")]
    assert [cell.strip() for cell in ours.strip("|").split("|")][1:] == [
        "0.25",
        "see above",
        "see above",
        "0.25",
        "1.25",
    ]
    assert "**not measured here**" in page
    assert all(f"| {' | '.join(peer)} |" in page for peer in PEERS)


def test_the_page_says_how_fast_the_machine_was() -> None:
    assert "The machine meanwhile" not in table({"old": _entry()})
    kept = {"one": _entry(40.0, 0.1), "two": _entry(60.0, 0.3), "old": _entry()}
    (line,) = [line for line in table(kept).splitlines() if line.startswith("The machine meanwhile")]
    assert "took 40 to 60 (median 50) ms" in line and "sync 0.1 to 0.3 (median 0.2) ms." in line
    assert "took 40 ms" in table({"one": _entry(40.0, 0.1)})


def test_a_yardstick_is_measured() -> None:
    found = yardstick.measure()
    assert found.loop_ms > 0 and found.sync_ms > 0


def _entry(*found: float) -> dict[str, object]:
    entry: dict[str, object] = {"what": "it", "measured_on": "2026-01-01", "measures": [_measure(1.0)]}
    return entry | ({"yardstick": dict(zip(("loop_ms", "sync_ms"), found, strict=True))} if found else {})


def test_a_figure_that_was_not_measured_is_not_made_up() -> None:
    page = table({})
    assert page.count("not measured yet") == len(OURS)


def _measure(value: float) -> dict[str, object]:
    return {"name": "m", "value": value, "unit": "x", "must": 2.0, "aim": None, "detail": ""}
