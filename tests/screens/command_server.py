"""A hosted API that answers commands."""

import json

import httpx

UNREACHED = 0
UNANSWERED = -1
"""What is asked arrives, and its answer is lost."""


class Server:
    """Answers commands, and keeps what was asked."""

    def __init__(self, status: int = 200, **problem: object) -> None:
        self.status = status
        self.problem = problem
        self.commands: list[dict[str, object]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/health":
            return httpx.Response(
                200, json={"status": "ok", "version": "1", "server_time": 0, "epoch": "e", "demo": True}
            )
        if not request.url.path.endswith("/commands"):
            return httpx.Response(404, json={"code": "not_found", "detail": "no"})
        asked = json.loads(request.content)
        self.commands.append(asked)
        if self.status == UNREACHED:
            raise httpx.ConnectError("cut", request=request)
        if self.status == UNANSWERED:
            raise httpx.ReadTimeout("slow", request=request)
        if self.status != 200:
            return httpx.Response(self.status, json={"detail": "no", **self.problem})
        done = {"command_id": asked["command_id"], "call_id": "call-live", "kind": asked["kind"], "state": "done"}
        return httpx.Response(200, json={**done, "version": 9})
