"""Whatever arrives twice, late, out of order or from another age: a complete stream is the server at its seq."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import sync.apply
from client.api import wire
from client.storage import cursors, schema
from sync.apply import STREAMS, Ask, apply_delta, apply_pages, apply_snapshot, begin_resync
from tests.sync.feed_model import CLOCK_MS, STREAM_OF, FeedModel, State

KEYS = [(kind, f"{kind[0]}{number}") for kind in STREAM_OF for number in range(4)]
keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True)
streams = st.sampled_from(STREAMS)


class Device:
    """A database in memory and the requests that are on their way."""

    def __init__(self) -> None:
        self.conn = sqlite3.connect(":memory:", isolation_level=None)
        schema.migrate(self.conn)

    def do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        self.conn.execute("BEGIN")
        result = work(self.conn, *arguments)
        self.conn.execute("COMMIT")
        return result

    def state(self, stream: str) -> cursors.StreamState:
        return cursors.stream(self.conn, stream)

    def ask(self, stream: str) -> Ask:
        state = self.state(stream)
        return Ask(stream=stream, cursor=state.cursor, gen=state.gen, epoch=state.epoch, seq=state.seq)

    def rows(self, stream: str) -> State:
        found: State = {}
        if stream == "core":
            for row_id, version, name in self.conn.execute("SELECT id, version, customer_name FROM bookings"):
                assert name == f"v{version}"
                found["bookings", row_id] = version
            for kind, row_id, version, text in self.conn.execute("SELECT kind, id, version, row FROM unknown_rows"):
                assert f'"v{version}"' in text
                found[kind, row_id] = version
        else:
            for row_id, version, text in self.conn.execute("SELECT id, version, text FROM turns"):
                assert text == f"v{version}"
                found["turns", row_id] = version
        return found

    def drain(self, server: FeedModel, stream: str, limit: int, apply: Any = sync.apply) -> None:
        for _ in range(500):
            ask = self.ask(stream)
            page = server.page(stream, ask.cursor, limit)
            if page is None:
                self.do(apply.begin_resync, ask)
            else:
                assert self.do(apply.apply_pages, ask, [page])
                if self.state(stream).complete:
                    return
        raise AssertionError("the pull does not end")


class Interleavings(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.server = FeedModel()
        self.device = Device()
        self.pages: list[tuple[Ask, wire.Page[wire.Rows]]] = []
        self.snapshots: list[wire.Snapshot[wire.Rows]] = []
        self.seen: dict[str, tuple[object, State]] = {}

    @rule(puts=keys, removes=keys)
    def server_commits(self, puts: list[tuple[str, str]], removes: list[tuple[str, str]]) -> None:
        self.server.commit(puts, [key for key in removes if key not in puts])

    @rule()
    def server_compacts(self) -> None:
        self.server.compact()

    @rule()
    def server_is_restored(self) -> None:
        self.server.restore()

    @rule(stream=streams, limit=st.integers(1, 4))
    def device_asks(self, stream: str, limit: int) -> None:
        ask = self.device.ask(stream)
        page = self.server.page(stream, ask.cursor, limit)
        if page is None:
            self.device.do(begin_resync, ask)
        elif not ask.cursor or page.epoch == ask.epoch:
            self.pages.append((ask, page))

    @rule(data=st.data())
    def a_page_arrives(self, data: st.DataObject) -> None:
        if self.pages:
            ask, page = data.draw(st.sampled_from(self.pages))
            self.device.do(apply_pages, ask, [page])

    @rule(data=st.data())
    def a_delta_arrives(self, data: st.DataObject) -> None:
        if self.server.deltas:
            delta = data.draw(st.sampled_from(self.server.deltas[-6:]))
            self.device.do(apply_delta, delta, CLOCK_MS)

    @rule()
    def the_newest_delta_arrives(self) -> None:
        if self.server.deltas:
            self.device.do(apply_delta, self.server.deltas[-1], CLOCK_MS)

    @rule(some=keys)
    def server_takes_a_snapshot(self, some: list[tuple[str, str]]) -> None:
        self.snapshots.append(self.server.snapshot(some))

    @rule(data=st.data())
    def a_snapshot_arrives(self, data: st.DataObject) -> None:
        if self.snapshots:
            self.device.do(apply_snapshot, data.draw(st.sampled_from(self.snapshots)))

    @rule(stream=streams, limit=st.integers(1, 4))
    def device_drains(self, stream: str, limit: int) -> None:
        self.device.drain(self.server, stream, limit)

    @invariant()
    def a_complete_stream_is_the_server_at_its_seq(self) -> None:
        """Except for rows ahead of the feed, which are newer than that."""
        for stream in STREAMS:
            state = self.device.state(stream)
            if state.complete:
                history = self.server.history[str(state.epoch), state.seq]
                then = {key: version for key, version in history.items() if STREAM_OF[key[0]] == stream}
                here = self.device.rows(stream)
                ahead = {key: version for key, version in here.items() if version > state.seq}
                assert here == then | ahead

    @invariant()
    def no_row_goes_back_in_time(self) -> None:
        for stream in STREAMS:
            state, rows = self.device.state(stream), self.device.rows(stream)
            age = (state.epoch, state.gen)
            before = self.seen.get(stream, (None, {}))
            if before[0] == age:
                assert all(rows[key] >= version for key, version in before[1].items() if key in rows)
            self.seen[stream] = age, rows

    def teardown(self) -> None:
        for stream in STREAMS:
            self.device.drain(self.server, stream, 2)
            now = {key: version for key, version in self.server.rows.items() if STREAM_OF[key[0]] == stream}
            assert self.device.rows(stream) == now
        self.device.conn.close()


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


# --- single rules, named -------------------------------------------------------------------------------------------
B0, B1, T0 = ("bookings", "b0"), ("bookings", "b1"), ("turns", "t0")


@pytest.fixture
def rules() -> Any:
    return sync.apply


def filled(rules: Any) -> tuple[FeedModel, Device]:
    """A device that has everything: two bookings and a turn."""
    server, device = FeedModel(), Device()
    server.commit([B0, B1, T0], [])
    for stream in STREAMS:
        device.drain(server, stream, 10, rules)
    return server, device


def test_a_page_applied_twice_is_applied_once(rules: Any) -> None:
    server, device = filled(rules)
    server.commit([B0], [])
    ask = device.ask("core")
    page = server.page("core", ask.cursor, 10)
    assert page is not None
    assert device.do(rules.apply_pages, ask, [page])
    before = device.rows("core"), device.state("core")
    assert not device.do(rules.apply_pages, ask, [page])
    assert (device.rows("core"), device.state("core")) == before


def test_the_delta_path_and_the_pull_path_end_equal(rules: Any) -> None:
    server, live = filled(rules)
    _, pulled = filled(rules)
    for change in (([B0, T0], []), ([], [B1]), ([B1], [T0])):
        server.commit(*change)
        assert live.do(rules.apply_delta, server.deltas[-1], CLOCK_MS) == frozenset()
    for stream in STREAMS:
        pulled.drain(server, stream, 2, rules)
        assert live.rows(stream) == pulled.rows(stream)
        assert live.state(stream).cursor == pulled.state(stream).cursor


def test_a_delta_with_a_gap_writes_nothing_and_says_so(rules: Any) -> None:
    server, device = filled(rules)
    server.commit([B0], [])
    server.commit([B1], [])
    before = device.rows("core")
    assert device.do(rules.apply_delta, server.deltas[-1], CLOCK_MS) == frozenset(STREAMS)
    assert device.rows("core") == before


def test_an_old_delta_is_no_gap(rules: Any) -> None:
    server, device = filled(rules)
    assert device.do(rules.apply_delta, server.deltas[0], CLOCK_MS) == frozenset()


def test_old_rows_stay_on_screen_until_a_resync_is_complete(rules: Any) -> None:
    server, device = filled(rules)
    server.commit([], [B0])
    server.compact()
    ask = device.ask("core")
    assert server.page("core", ask.cursor, 1) is None
    device.do(rules.begin_resync, ask)
    assert device.state("core").usable
    assert B0 in device.rows("core")
    for _ in range(2):
        ask = device.ask("core")
        page = server.page("core", ask.cursor, 1)
        assert page is not None and B0 in device.rows("core")
        device.do(rules.apply_pages, ask, [page])
    assert device.state("core").complete
    assert set(device.rows("core")) == {B1}


def test_a_restored_server_with_lower_versions_wins(rules: Any) -> None:
    server, device = filled(rules)
    for _ in range(5):
        server.commit([B0], [])
    device.drain(server, "core", 10, rules)
    server.restore()
    device.drain(server, "core", 10, rules)
    assert device.rows("core") == {B0: server.rows[B0]}


def test_rows_ahead_of_the_feed_wait_for_its_first_page(rules: Any) -> None:
    server, device = FeedModel(), Device()
    server.commit([B0], [])
    device.do(rules.apply_snapshot, server.snapshot([B0]))
    assert device.rows("core") == {}
    server.commit([B1], [])
    ask = device.ask("core")
    page = server.page("core", "", 1)
    assert page is not None
    device.do(rules.apply_pages, ask, [page])
    device.do(rules.apply_snapshot, server.snapshot([B0, B1]))
    assert set(device.rows("core")) == {B0, B1}
    assert not device.state("core").complete


def test_a_resync_does_not_touch_what_only_the_device_knows(rules: Any) -> None:
    server, device = filled(rules)
    device.conn.execute(
        "INSERT INTO outbox (op, v, kind, id, payload, undo, state, created_at) "
        "VALUES ('op', 1, 'bookings', 'b0', '{}', '{}', 'queued', 0)"
    )
    device.do(rules.begin_resync, device.ask("core"))
    device.drain(server, "core", 1, rules)
    assert device.conn.execute("SELECT count(*) FROM outbox").fetchone()[0] == 1


def test_a_page_of_an_earlier_generation_is_stale(rules: Any) -> None:
    server, device = FeedModel(), Device()
    server.commit([B0, B1], [])
    ask = device.ask("core")
    page = server.page("core", "", 1)
    assert page is not None
    device.do(rules.begin_resync, ask)
    assert not device.do(rules.apply_pages, ask, [page])
    assert device.rows("core") == {}


def test_an_older_page_does_not_undo_a_row_ahead_of_the_feed(rules: Any) -> None:
    server, device = FeedModel(), Device()
    server.commit([B0, B1], [])
    first, ask = server.page("core", "", 1), device.ask("core")
    assert first is not None
    device.do(rules.apply_pages, ask, [first])
    ask = device.ask("core")
    second = server.page("core", ask.cursor, 5)
    assert second is not None
    server.commit([B1], [])
    device.do(rules.apply_delta, server.deltas[-1], CLOCK_MS)
    device.do(rules.apply_pages, ask, [second])
    assert device.rows("core")[B1] == server.rows[B1]


def test_consecutive_pages_are_applied_together_or_not_at_all(rules: Any) -> None:
    server, device = filled(rules)
    for _ in range(3):
        server.commit([B0, B1], [])
    ask = device.ask("core")
    one = server.page("core", ask.cursor, 1)
    assert one is not None and one.has_more
    two = server.page("core", one.cursor, 5)
    assert two is not None and not two.has_more
    assert device.do(rules.apply_pages, ask, [one, two])
    assert device.state("core").complete
    assert device.rows("core") == {key: version for key, version in server.rows.items() if key != T0}


def test_rows_older_than_the_fill_are_not_written_ahead(rules: Any) -> None:
    server, device = FeedModel(), Device()
    server.commit([B0, B1, ("bookings", "b2")], [])
    old = server.snapshot([B0])
    server.commit([], [B0])
    begin(server, device, rules)
    device.do(rules.apply_snapshot, old)
    device.drain(server, "core", 1, rules)
    assert B0 not in device.rows("core")


def test_the_fill_is_as_old_as_its_first_page(rules: Any) -> None:
    server, device = FeedModel(), Device()
    server.commit([B0, B1, ("bookings", "b2")], [])
    begin(server, device, rules)
    server.commit([B1], [])
    begin(server, device, rules)
    assert device.state("core").snap == 3


def test_rows_are_not_written_ahead_once_tombstones_come(rules: Any) -> None:
    server, device = FeedModel(), Device()
    server.commit([B0, B1], [])
    begin(server, device, rules, limit=5)
    old = server.snapshot([B0])
    server.commit([], [B0])
    server.commit([B1], [])
    begin(server, device, rules, limit=1)
    assert not device.state("core").complete
    device.do(rules.apply_snapshot, old)
    device.drain(server, "core", 1, rules)
    assert device.rows("core") == {B1: server.rows[B1]}


def test_a_delta_of_another_epoch_is_a_gap(rules: Any) -> None:
    server, device = filled(rules)
    server.commit([B0], [])
    delta = server.deltas[-1]
    delta.epoch = "elsewhere"
    before = device.rows("core")
    assert device.do(rules.apply_delta, delta, CLOCK_MS) == frozenset(STREAMS)
    assert device.rows("core") == before


def begin(server: FeedModel, device: Device, rules: Any, *, limit: int = 1) -> None:
    """One page."""
    ask = device.ask("core")
    page = server.page("core", ask.cursor, limit)
    assert page is not None
    assert device.do(rules.apply_pages, ask, [page])


def test_a_stream_that_fills_is_behind_every_delta(rules: Any) -> None:
    server, device = FeedModel(), Device()
    server.commit([B0, B1], [])
    begin(server, device, rules)
    server.commit([B0], [])
    assert device.do(rules.apply_delta, server.deltas[-1], CLOCK_MS) == frozenset(STREAMS)
    assert device.rows("core")[B0] == server.rows[B0]
