"""How this device stands with the hosted API, as the strip shows it."""

from datetime import datetime, timedelta
from typing import Final

import flet as ft

from client.models.link import LinkState, LinkStatus

UNKNOWN_LINK = LinkStatus(
    state=LinkState.CONNECTING, as_of=None, filling=None, trouble=None, retry_at=None, skew_s=None, waiting=0
)


LIVE_FOR: Final = timedelta(minutes=15)
"""Longer than a call: of one that was in progress so long ago nobody can say that it goes on."""


class LinkStore(ft.Observable):
    def __init__(self, state: LinkStatus = UNKNOWN_LINK) -> None:
        self.state = state

    def show(self, link: LinkStatus) -> None:
        self.state = link


def is_stale(link: LinkStatus) -> bool:
    """Whether figures should be shown as old: the device does not follow the server now."""
    return link.state not in (LinkState.ONLINE, LinkState.STANDBY)


def heard_until(link: LinkStatus, now: datetime) -> datetime:
    """Until when this device knows what was said.  Both on the server's clock."""
    return min(link.as_of, now) if link.as_of and is_stale(link) else now


def lost_since(link: LinkStatus, now: datetime) -> datetime | None:
    """When calls in progress were heard of last, where that is so long ago that they are over, as far as is known."""
    if link.as_of is None or not is_stale(link) or now - link.as_of <= LIVE_FOR:
        return None
    return link.as_of
