"""How large a request may be: an ASGI layer that refuses more, by what it announces and by what it turns out to be."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend_stub.problems import Problem, too_large

LARGEST_BODY = 1_000_000
LARGEST_PUSH = 256 * 1024
PUSH = "/v1/sync/push"


class BodyLimit:
    """Answers 413 to bodies over 1 MB, on the push over 256 KB."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = LARGEST_PUSH if scope["path"] == PUSH else LARGEST_BODY
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most:
            await _refusal(most).response()(scope, receive, send)
            return
        body = _Body(receive, send, most)
        await self._app(scope, body.receive, body.send)
        if body.is_too_large:
            await _refusal(most).response()(scope, receive, send)


class _Body:
    """Counts what is received; an answer to a body that turned out too large is held back."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive = receive
        self._send = send
        self._most = most
        self._taken = 0

    @property
    def is_too_large(self) -> bool:
        return self._taken > self._most

    async def receive(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self.is_too_large:
            raise _refusal(self._most)
        return message

    async def send(self, message: Message) -> None:
        if not self.is_too_large:
            await self._send(message)


def _refusal(most: int) -> Problem:
    return too_large(f"That is more than {'1 MB' if most == LARGEST_BODY else '256 KB'} at once.")
