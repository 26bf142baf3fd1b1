"""How this device stands with the hosted API, as the strip shows it."""

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
