"""Errors as RFC 9457 documents: the one exception the routes raise, and how every error becomes such a document."""

import math
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Content too large",
    422: "Unprocessable content",
    426: "Upgrade required",
    429: "Too many requests",
    500: "Internal server error",
    503: "Service unavailable",
}
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal the app is meant to understand.  `detail` is one sentence an owner can read."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more

    def document(self) -> dict[str, Any]:
        title = TITLES.get(self.status, "Error")
        head = {"type": "about:blank", "title": title, "status": self.status, "code": self.code, "detail": self.detail}
        return head | self.more

    def response(self) -> Response:
        return JSONResponse(self.document(), self.status, headers=self.headers, media_type=MEDIA_TYPE)


def not_found() -> Problem:
    return Problem(404, "not_found", "There is nothing here by that name.")


def forbidden() -> Problem:
    return Problem(403, "forbidden", "Your role does not allow this.")


def unauthorized(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


def session_revoked() -> Problem:
    return unauthorized("session_revoked", "You were signed out on this device. Please sign in again.")


def device_revoked() -> Problem:
    return unauthorized("device_revoked", "This device was signed out from another one, and its data is removed.")


def invalid(path: str, message: str) -> Problem:
    return Problem(
        422, "invalid", "Something in the request is not right.", errors=[{"path": path, "message": message}]
    )


def rate_limited(retry_after_s: int) -> Problem:
    count, unit = (retry_after_s, "second") if retry_after_s < 100 else (math.ceil(retry_after_s / 60), "minute")
    return Problem(
        429,
        "rate_limited",
        f"That was too often. Please try again in {count} {unit}{'' if count == 1 else 's'}.",
        headers={"Retry-After": str(retry_after_s)},
        retry_after_s=retry_after_s,
    )


def too_large(detail: str) -> Problem:
    return Problem(413, "too_large", detail)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document, or the older `{"error"}` on first-generation paths."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


def is_first_generation(path: str) -> bool:
    return not path.startswith("/v1")


async def _problem(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Problem)
    if is_first_generation(request.url.path):
        body = {"error": TITLES.get(exc.status, "Error"), "message": exc.detail}
        return JSONResponse(body, exc.status, headers=exc.headers)
    return exc.response()


async def _validation(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)
    errors = [{"path": ".".join(str(part) for part in error["loc"]), "message": error["msg"]} for error in exc.errors()]
    if is_first_generation(request.url.path):
        return JSONResponse({"error": "Invalid request", "details": errors}, 400)
    return Problem(422, "invalid", "Something in the request is not right.", errors=errors).response()


async def _http(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    if exc.status_code == 400:
        return await _problem(request, invalid("body", str(exc.detail)))
    codes = {404: "not_found", 405: "method_not_allowed", 401: "token_invalid", 403: "forbidden"}
    details = {404: "There is nothing here by that name.", 405: "This cannot be done here."}
    code = codes.get(exc.status_code, "invalid" if exc.status_code < 500 else "server_fault")
    detail = details.get(exc.status_code, str(exc.detail))
    return await _problem(request, Problem(exc.status_code, code, detail, headers=exc.headers))


async def _fault(request: Request, _exc: Exception) -> Response:
    return await _problem(request, Problem(500, "server_fault", "Something went wrong on our side."))
