"""What the server is told at start, once."""

from dataclasses import dataclass
from pathlib import Path

VERSION = "0.3.0"
DEFAULT_PORT = 8550


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCost:
    """argon2id's parameters; the defaults are OWASP's, tests take less."""

    time: int = 2
    memory_kib: int = 19_456
    parallelism: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`faults` None: nobody can ask for faults; a text, even an empty one, allows `/v1/_faults`.

    `calls` is a call file to play; `play` False keeps the telephone silent; `concurrent` calls run at once.
    `foretell`: forecasts are made in the background.
    """

    business: str = "salon"
    time_zone: str = "America/Los_Angeles"
    seed: int = 1
    bookings: int | None = None
    calls: Path | None = None
    play: bool = True
    speed: float = 1.0
    concurrent: int = 3
    faults: str | None = None
    limits: bool = True
    foretell: bool = False
    retention_days: int = 90
    password_cost: PasswordCost = PasswordCost()
