"""The tests' own network: what is cut must really be gone, or an offline test proves nothing."""

import http.server
import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.proxy import Proxy


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
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
