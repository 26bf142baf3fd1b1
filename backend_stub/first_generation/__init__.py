"""Today's deployment, in its own shapes (camelCase, ISO 8601, `{"error"}`), read from the same store.

Its JWT lives for a year and names an account and an API key.  Whoever comes without a token to /get-availability asks
for the one business of the deployment: the demo account.
"""

from fastapi import APIRouter

from backend_stub.first_generation import calendar, calls, clients, figures
from backend_stub.first_generation.door import Refusal, issue_token, refuse

__all__ = ["Refusal", "issue_token", "refuse", "router"]

router = APIRouter()
for part in (calendar, clients, figures, calls):
    router.include_router(part.router)
