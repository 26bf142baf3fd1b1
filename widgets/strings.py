"""Every sentence an owner reads, by key, in English and Spanish.

The catalogues are data (`catalogue/*.json`); a key with a count has the forms `.one` and `.other`.  How times and money
are written is in `format.py`.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

LANGUAGES: Final = ("en", "es")


@cache
def catalogue(language: str) -> dict[str, str]:
    """The sentences of one language, key to text with `{named}` gaps."""
    return json.loads(resources.files("widgets").joinpath("catalogue", f"{language}.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The language on screen and the zone and currency its figures are written in.

    Called with a key it gives the sentence; `n` picks singular or plural.  A key that is not there is a programming
    error and raises KeyError (a test looks every key up).
    """

    language: str
    zone: ZoneInfo
    currency: str = "USD"
    hours: int = field(default=24)
    """12 or 24."""

    def __call__(self, key: str, /, **gaps: object) -> str:
        texts = catalogue(self.language)
        if "n" in gaps and key not in texts:
            key = f"{key}.one" if gaps["n"] == 1 else f"{key}.other"
        return texts[key].format_map(gaps) if gaps else texts[key]

    def has(self, key: str) -> bool:
        return key in catalogue(self.language)


ENGLISH: Final = Words(language="en", zone=ZoneInfo("UTC"))


def language_of(locale: str | None) -> str:
    """The catalogue for a locale such as "es-MX"; English for what is not there."""
    language = (locale or "en").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else "en"
