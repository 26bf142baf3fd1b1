"""How this device stands with the hosted API, as the strip shows it."""

from datetime import datetime

import flet as ft

from client.models.link import LinkState, LinkStatus

UNKNOWN_LINK = LinkStatus(
    state=LinkState.CONNECTING, as_of=None, filling=None, trouble=None, retry_at=None, skew_s=None, waiting=0
)


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
