"""Ids of rows: UUIDv7 (RFC 9562), so that they sort by when the row came to be."""

import random


class Ids:
    """Makes ids with the random bits of one generator; the same generator and instants give the same ids."""

    def __init__(self, rng: random.Random) -> None:
        self._bits = rng.getrandbits

    def at(self, instant_ms: int) -> str:
        """A fresh id for a row created at the instant."""
        text = f"{instant_ms & 0xFFFFFFFFFFFF:012x}7{self._bits(12):03x}{0b10 << 62 | self._bits(62):016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
