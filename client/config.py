"""What is decided once, at start: where the API is and where the device keeps its data."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

DEFAULT_API_URL = "http://127.0.0.1:8550"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`api_url` has no trailing slash.  `data_dir` holds everything the device remembers, one folder an account."""

    api_url: str
    data_dir: Path
    vault_passphrase: str | None = None

    def __repr__(self) -> str:
        return f"Config(api_url={self.api_url!r}, data_dir={str(self.data_dir)!r})"


def read_config(api_url: str | None = None, data_dir: Path | None = None) -> Config:
    """Arguments win over CHATTY_API and CHATTY_DATA, those over the platform's defaults.

    Flet names the app's own folder in FLET_APP_STORAGE_DATA (in built apps and under `flet run`).
    """
    folder = data_dir or os.environ.get("CHATTY_DATA") or os.environ.get("FLET_APP_STORAGE_DATA")
    return Config(
        api_url=(api_url or os.environ.get("CHATTY_API") or DEFAULT_API_URL).rstrip("/"),
        data_dir=Path(folder) if folder else user_data_path("TheChattyAI", appauthor=False),
        vault_passphrase=os.environ.get("CHATTY_VAULT_PASSPHRASE") or None,
    )
