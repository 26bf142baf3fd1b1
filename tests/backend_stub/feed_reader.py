"""A client of the feed for tests: keeps rows by version, as the app does."""

from typing import Any

import httpx

Row = dict[str, Any]


class Reader:
    """One stream.  `rows` are the latest copies by kind and id, `gone` what was deleted, `pages` every answer."""

    def __init__(self, http: httpx.AsyncClient, stream: str = "core", limit: int = 2000) -> None:
        self._http = http
        self._stream = stream
        self._limit = limit
        self.cursor = ""
        self.rows: dict[tuple[str, str], Row] = {}
        self.gone: set[tuple[str, str]] = set()
        self.pages: list[Row] = []

    async def page(self, **more: Any) -> httpx.Response:
        params = {"stream": self._stream, "cursor": self.cursor, "limit": self._limit, **more}
        return await self._http.get("/v1/sync/changes", params=params)

    async def step(self) -> bool:
        """One page; whether there is more."""
        answer = await self.page()
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert document["since"] == self.cursor
        self.pages.append(document)
        for kind, rows in document["changes"].items():
            for row in rows:
                known = self.rows.get((kind, row["id"]))
                if known is None or row["version"] >= known["version"]:
                    self.rows[kind, row["id"]] = row
                    self.gone.discard((kind, row["id"]))
        for kind, rows in document["deleted"].items():
            for row in rows:
                self.rows.pop((kind, row["id"]), None)
                self.gone.add((kind, row["id"]))
        self.cursor = document["cursor"]
        return document["has_more"]

    async def drain(self, most: int = 500) -> None:
        for _ in range(most):
            if not await self.step():
                return
        raise AssertionError("the feed never came to an end")
