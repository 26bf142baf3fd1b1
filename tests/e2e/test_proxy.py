"""The tests' own network: what is cut must really be gone and what is bad really bad, or the tests prove nothing."""

import http.server
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.proxy import Proxy
from tests.e2e.trouble import Plan, Trouble, Troubles

BODY = b"an answer of some length " * 40


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class Planned(Troubles):
    """Every connection gets the same trouble, on the way back, in the middle of the answer."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(0, 100)
        self.plan = Plan(trouble, False, 300)

    def next_plan(self) -> Plan:
        return self.plan


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    between = Proxy(server.server_address[1])
    yield between
    between.close()
    server.shutdown()
    serving.join()
    server.server_close()


def test_a_cut_ends_what_runs_and_refuses_what_comes_until_it_is_mended(proxy: Proxy) -> None:
    with httpx.Client(base_url=proxy.url, trust_env=False) as http:
        assert http.get("/").status_code == 200
        proxy.cut()
        with pytest.raises(httpx.TransportError):
            http.get("/")
        with pytest.raises(httpx.ConnectError):
            http.get("/")
        proxy.mend()
        assert http.get("/").status_code == 200


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.DROP, httpx.ReadTimeout),
        (Trouble.HALF_CLOSE, httpx.RemoteProtocolError),
        (Trouble.RESET, httpx.ReadError),
        (Trouble.TRUNCATE, httpx.RemoteProtocolError),
    ],
)
def test_a_bad_network_breaks_the_answer_in_its_own_way(proxy: Proxy, trouble: Trouble, error: type[Exception]) -> None:
    proxy.troubles = Planned(trouble)
    with httpx.Client(base_url=proxy.url, trust_env=False, timeout=0.5) as http:
        with pytest.raises(error):
            http.get("/")
        assert proxy.troubles.met[trouble] == 1
        proxy.troubles = None
        assert http.get("/").content == BODY


@pytest.mark.parametrize("trouble", [Trouble.DELAY, Trouble.DRIBBLE])
def test_a_slow_network_only_takes_longer(proxy: Proxy, trouble: Trouble) -> None:
    proxy.troubles = Planned(trouble)
    with httpx.Client(base_url=proxy.url, trust_env=False) as http:
        begun = time.monotonic()
        assert http.get("/").content == BODY
        assert time.monotonic() - begun > 0.2
        assert proxy.troubles.met[trouble] >= 1


def test_the_same_seed_plans_the_same_troubles() -> None:
    one, other = Troubles(7, 60), Troubles(7, 60)
    plans = [one.next_plan() for _ in range(50)]
    assert plans == [other.next_plan() for _ in range(50)]
    assert {plan.trouble for plan in plans if plan} == set(Trouble)
    assert any(plan is None for plan in plans)
