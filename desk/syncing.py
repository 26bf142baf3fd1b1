"""Bringing the data up to date, once or for as long as somebody watches."""

import asyncio

from client.config import Config
from client.models.calls import PartialTurn
from client.models.link import LinkState, LinkStatus, Trouble
from desk.documents import Standing, json_of
from desk.terminal import Refusal, Terminal
from desk.way import REVOKED, filled_from_server, signed_in, standing_of
from sync.once import SyncReport


async def pull(config: Config, terminal: Terminal) -> None:
    async with signed_in(config, terminal) as (device, database):
        report = await filled_from_server(device, database, terminal)
        standing = standing_of(device, offline=False)
        document = {
            "pushed": report.pushed,
            "pulled": sum(report.rows.values()),
            "refused": report.refused,
            "conflicts": report.conflicts,
            "rows": report.rows,
            "pages": report.pages,
            "seconds": round(report.seconds, 3),
            "elsewhere": report.elsewhere,
        }
        terminal.answer(document | standing.document(), _lines(report, standing))


def _lines(report: SyncReport, standing: Standing) -> list[str]:
    rows = sum(report.rows.values())
    told = [f"{report.pushed} {_noun('change', report.pushed)} sent"] if report.pushed else []
    told.append("the app that runs here does the fetching" if report.elsewhere else f"{rows:,} rows fetched")
    lines = [f"Up to date: {', '.join(told)}, in {report.seconds:.1f} s. {standing.sentence()}."]
    if report.refused:
        lines.append(f"{report.refused} {_noun('change', report.refused)} refused: `chatty outbox` says why.")
    if report.conflicts:
        lines.append(f"{report.conflicts} {_noun('conflict', report.conflicts)} to decide: `chatty conflicts`.")
    return lines


def _noun(noun: str, n: int) -> str:
    return noun if n == 1 else f"{noun}s"


async def follow(config: Config, terminal: Terminal) -> None:
    """Until Ctrl-C: one line, or one JSON object, for each change of how things stand."""
    ended = asyncio.Event()

    class Watching:
        def __init__(self) -> None:
            self.last: tuple[object, ...] = ()

        def account_changed(self) -> None:
            if device.identity is None:
                ended.set()

        def partial_heard(self, partial: PartialTurn) -> None: ...

        def link_changed(self, link: LinkStatus) -> None:
            told = (link.state, link.trouble, link.waiting, link.filling and link.filling.done)
            if told != self.last:
                self.last = told
                terminal.answer(_link_document(link, standing), [_link_line(link, standing)])

    async with signed_in(config, terminal) as (device, _):
        standing = standing_of(device, offline=False)
        device.listen(Watching())
        device.start()
        await ended.wait()
        if device.link.trouble is Trouble.DEVICE_REVOKED:
            raise Refusal(REVOKED, code="device_revoked")
        raise Refusal("You were signed out. Sign in again with `chatty login`.", code="signed_out")


def _link_document(link: LinkStatus, standing: Standing) -> dict[str, object]:
    filling = link.filling
    return {
        "state": link.state.value,
        "trouble": link.trouble.value if link.trouble else None,
        "filling": {"done": filling.done, "total": filling.total, "usable": filling.usable} if filling else None,
        "as_of": json_of(link.as_of, standing.zone),
        "offline": link.state is LinkState.OFFLINE,
        "waiting": link.waiting,
    }


def _link_line(link: LinkStatus, standing: Standing) -> str:
    line = link.state.value.replace("_", " ")
    if link.filling:
        line += f" · {link.filling.done:,} of {link.filling.total:,} rows"
    if link.as_of:
        line += f" · data from {link.as_of.astimezone(standing.zone):%d %b %H:%M:%S}"
    return line + (f" · {link.trouble.value.replace('_', ' ')}" if link.trouble else "")
