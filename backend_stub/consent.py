"""`/v1/auth/authorize`: OAuth 2 authorization code with PKCE, as a small page in the owner's browser.

asked ──> page ──┬─ allow + right password ──> redirect with a code
                 ├─ allow + wrong password ──> the page again, with a sentence
                 └─ deny ────────────────────> redirect with access_denied
A redirect address that is not the app's own is never redirected to; the page says so instead.
"""

import re
import secrets
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import HTMLResponse, RedirectResponse, Response

from backend_stub import sessions
from backend_stub.auth import check_password
from backend_stub.documented import problems
from backend_stub.pages import pages
from backend_stub.problems import Problem
from backend_stub.services import Here

router = APIRouter(prefix="/v1/auth", tags=["auth"])

LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]):\d{1,5}/callback")
DEEP_LINK = "ai.thechatty.owner://callback"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")

Word = Annotated[str, StringConstraints(max_length=600)]


class Authorization(BaseModel):
    """What the app asks the owner to allow (RFC 6749, RFC 7636)."""

    model_config = ConfigDict(extra="ignore")

    response_type: Word = ""
    client_id: Word = ""
    redirect_uri: Word = ""
    state: Word = ""
    code_challenge: Word = ""
    code_challenge_method: Word = ""
    scope: Word = ""

    @property
    def comes_from_the_app(self) -> bool:
        own = LOOPBACK.fullmatch(self.redirect_uri) is not None or self.redirect_uri == DEEP_LINK
        return own and self.client_id == sessions.AUDIENCE

    @property
    def error(self) -> str | None:
        """OAuth's word for what is wrong with the request; None when it is in order."""
        if self.response_type != "code":
            return "unsupported_response_type"
        if self.code_challenge_method != "S256" or not CHALLENGE.fullmatch(self.code_challenge):
            return "invalid_request"
        return None

    def back(self, **answer: str) -> Response:
        parameters = urlencode(answer | ({"state": self.state} if self.state else {}))
        return RedirectResponse(f"{self.redirect_uri}?{parameters}", 303, headers={"Cache-Control": "no-store"})


class Decision(Authorization):
    email: Word = ""
    password: Word = ""
    decision: Word = ""


HTML: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {"text/html": {"schema": {"type": "string"}}}}
    for status, words in (
        (200, "The consent page"),
        (400, "Not the app's own request"),
        (401, "The page again: wrong e-mail address or password"),
        (429, "The page again: too many attempts"),
    )
}
BACK: dict[int | str, dict[str, Any]] = {303: {"description": "Back to the app, with `code` or `error`, and `state`"}}


@router.get("/authorize", response_class=HTMLResponse, responses=problems(422) | HTML | BACK, operation_id="authorize")
async def ask(asked: Annotated[Authorization, Query()]) -> Response:
    """The consent page."""
    return _refused(asked) or _page(asked)


@router.post("/authorize", response_class=HTMLResponse, responses=problems(422) | HTML | BACK, operation_id="decide")
async def decide(decided: Annotated[Decision, Form()], request: Request, here: Here) -> Response:
    """The owner's decision: allow (with e-mail and password) or deny."""
    if refused := _refused(decided):
        return refused
    if decided.decision != "allow":
        return decided.back(error="access_denied")
    try:
        user = await check_password(here, request, decided.email.strip(), decided.password)
    except Problem as problem:
        return _page(decided, wrong=problem.detail, status=problem.status, headers=problem.headers)
    if user is None:
        return _page(decided, wrong="The e-mail address or the password is not right.", status=401)
    now_ms = here.clock.now_ms()
    code = await here.store.write(
        lambda tx: sessions.new_code(
            tx, user, challenge=decided.code_challenge, redirect_uri=decided.redirect_uri, now_ms=now_ms
        )
    )
    return decided.back(code=code)


def _refused(asked: Authorization) -> Response | None:
    if not asked.comes_from_the_app:
        wrong = "This link does not come from the app, so nothing was allowed. Please start again in the app."
        return _html({"title": "That did not work", "wrong": wrong}, status=400)
    return asked.back(error=asked.error) if asked.error else None


def _page(
    asked: Authorization, *, wrong: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    values = {
        "title": "Sign in to your business",
        "asked": {name: getattr(asked, name) for name in Authorization.model_fields},
        "email": asked.email if isinstance(asked, Decision) else "",
        "wrong": wrong,
    }
    return _html(values, status=status, target=asked.redirect_uri, headers=headers)


def _html(values: dict[str, Any], *, status: int, target: str = "", headers: dict[str, str] | None = None) -> Response:
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self' {_source(target)}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    guards = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(
        pages.get_template("consent.html").render(nonce=nonce, **values), status, guards | (headers or {})
    )


def _source(target: str) -> str:
    """The redirect's origin for `form-action`, which a browser also applies to what the form redirects to.

    A policy cannot name an IPv6 address, so that one is allowed by its scheme.
    """
    parts = urlsplit(target)
    if parts.hostname == "127.0.0.1":
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else ""
