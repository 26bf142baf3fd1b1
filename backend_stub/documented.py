"""OpenAPI: which problem documents an operation may answer, and the finished document at /openapi.json."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from backend_stub.problems import MEDIA_TYPE, TITLES
from backend_stub.wire import OAuthError, ProblemDocument

OFTEN = (413, 429)
"""Any operation may be refused for its size or its frequency."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that may answer these problems."""
    return {status: {"model": ProblemDocument, "description": TITLES[status]} for status in (*statuses, *OFTEN)}


def oauth_errors() -> dict[int | str, dict[str, Any]]:
    """What the token endpoint answers in OAuth's own form (RFC 6749)."""
    return {400: {"model": OAuthError, "description": "The code or the refresh token is not good"}}


def install(app: FastAPI) -> None:
    """Serve a document in which problems have their own media type."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_media_types(
                get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = openapi


def _with_media_types(document: dict[str, Any]) -> dict[str, Any]:
    for operations in document["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                for body in tuple(response.get("content", {}).values()):
                    if str(body["schema"].get("$ref", "")).endswith("/ProblemDocument"):
                        response["content"] = {MEDIA_TYPE: body}
    return document
