"""The OpenAPI document, and schemathesis holding the running app against it."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings

from backend_stub.accounts import find_user
from backend_stub.app import create_app
from backend_stub.demo import demo_first_generation_token
from backend_stub.sessions import access_token, open_session
from backend_stub.settings import Settings
from backend_stub.store import Store
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import CHEAP, Business, Hosted, add_business

EXAMPLES = 15
CHECKS = list(HealthCheck)


class PassingClock:
    """Time passes as fast as somebody sleeps."""

    def __init__(self) -> None:
        self._elapsed = 0.0

    def now_ms(self) -> int:
        return eg.NOON + int(self._elapsed * 1000)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self._elapsed += seconds


class Served:
    """An app with one row of each kind, and tokens made without a request."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = PassingClock()
        self.business: Business = add_business(store, demo=True)
        call = eg.ended_call()
        rows = [
            ("calls", call),
            ("turns", eg.turn(call["id"], 0)),
            ("bookings", eg.booking()),
            ("customers", eg.customer()),
            ("leads", eg.lead()),
        ]
        store.write_now(lambda tx: [tx.put(self.business.number, kind, doc) for kind, doc in rows])
        self.app = create_app(store, self.clock, Settings(play=False, limits=False, password_cost=CHEAP))

    def token_for(self, path: str) -> str | None:
        if not path.startswith("/v1"):
            return demo_first_generation_token(self.store, self.clock)
        user = self.store.peek(lambda connection: find_user(connection, email=self.business.emails["owner"]))
        assert user is not None
        now_ms = self.clock.now_ms()
        grant = self.store.write_now(
            lambda tx: open_session(tx, user, device_name="Fuzz", platform="linux", now_ms=now_ms)
        )
        return access_token(grant, self.app.state.services.keys)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    store = Store(None)
    yield Served(store)
    store.close()


@pytest.mark.slow
def test_the_app_keeps_to_its_document(served: Served) -> None:
    """Every operation, with requests that fit the document and requests that do not.

    A request may fit and still be refused for what it says: a time zone nobody knows, a whisper without words.
    """
    # Here, because every worker gathers every test, and one runs this.
    import schemathesis
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    document = schemathesis.openapi.from_asgi("/openapi.json", served.app)
    # What nobody knows in a query is ignored, as it comes from a newer app; and every request here is signed in.
    document.config.generation.update(allow_extra_parameters=False)
    operations = [found.ok() for found in document.get_all_operations()]
    paths = {operation.path for operation in operations}
    for operation in operations:

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=CHECKS)
        @given(
            case=operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
        )
        def keeps_to_it(case: schemathesis.Case) -> None:
            # An id that reads like another path of the document means that path, as OpenAPI has it.
            assume(case.formatted_path == case.operation.path or case.formatted_path not in paths)
            headers = {"Authorization": f"Bearer {served.token_for(case.operation.path)}"}
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        keeps_to_it()


async def test_every_operation_is_named_described_and_may_be_refused(hosted: Hosted) -> None:
    document = (await hosted.http.get("/openapi.json")).json()
    names: list[str] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            assert operation.get("description"), (method, path)
            assert {"413", "429"} <= set(operation["responses"]), (method, path)
            for status, response in operation["responses"].items():
                if path.startswith("/v1") and int(status) >= 400:
                    assert set(response["content"]) & {"application/problem+json", "text/html", "application/json"}
    assert len(names) == len(set(names))
    assert "/v1/_faults" not in document["paths"]


async def test_every_signed_in_operation_says_so(hosted: Hosted) -> None:
    document = (await hosted.http.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            asks_for_passwords = operation["operationId"] in ("sign_in", "authorize", "decide")
            needs_token = "401" in operation["responses"] and not asks_for_passwords
            assert needs_token == ("security" in operation), path
