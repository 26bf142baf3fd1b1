"""All the luck of a history comes from its seed, the server's ids and keys included."""

import contextlib
import random
from collections.abc import Iterator
from unittest.mock import patch

import backend_stub.clock
import backend_stub.sessions
import backend_stub.store


class SeededSecrets:
    """Takes the place of the module `secrets` where the server asks it."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def randbits(self, count: int) -> int:
        return self._chance.getrandbits(count)

    def token_hex(self, count: int) -> str:
        return self._chance.randbytes(count).hex()

    def token_urlsafe(self, count: int) -> str:
        return self._chance.randbytes(count).hex()


@contextlib.contextmanager
def seeded(chance: random.Random) -> Iterator[None]:
    """While this lasts the server's ids, tokens and epochs are drawn from `chance`."""
    secrets = SeededSecrets(chance)
    with contextlib.ExitStack() as stack:
        for module in (backend_stub.clock, backend_stub.sessions, backend_stub.store):
            stack.enter_context(patch.object(module, "secrets", secrets))
        yield
