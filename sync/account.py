"""Whose data this is: nothing goes in or out for another account than the database's."""

from client.models.ids import AccountId
from client.storage import meta
from client.storage.database import Database


class WrongAccount(Exception):
    """The server says this session belongs to another account than the database does."""


def require_account(db: Database, account_id: str) -> None:
    """Raises WrongAccount."""
    identity = db.read(meta.identity)
    if identity is not None and identity.account_id != AccountId(account_id):
        raise WrongAccount
