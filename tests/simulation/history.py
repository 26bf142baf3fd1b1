"""One history from one seed: devices, a server, owners, Luna, a bad network, failing disks and dying processes.

Each step somebody does something and some time passes; after it every promise is checked.  At the end all faults stop,
and within bounded time everybody has to agree.  Where histories are staged is stage.py.
"""

import asyncio
import contextlib
import hashlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.storage import answers, conflicts, cursors, meta, outbox
from tests.simulation.audit import Violation
from tests.simulation.device import Device
from tests.simulation.disk import AFTER_COMMIT, BEFORE_COMMIT, STATEMENT, Killed
from tests.simulation.hosted import KINDS, Hosted
from tests.simulation.network import Weather
from tests.simulation.owner import Owner
from tests.simulation.plan import LUNA, Plan
from tests.simulation.premises import DEVICES, Premises
from tests.simulation.witness import Witness

_ROUNDS, _ROUND_S = 60, 20.0
"""At rest within twenty minutes."""


@dataclass(kw_only=True)
class Told:
    """What came of a history.  `digest` is the same for the same seed, everywhere."""

    seed: int
    hit: Counter[str]
    steps: int
    digest: str
    virtual_s: float


Say = Callable[[str], None]


class History:
    def __init__(self, seed: int, folder: Path, ground: Premises, plan: Plan, say: Say | None) -> None:
        self.seed = seed
        self.hit: Counter[str] = Counter()
        self._say = say
        self._digest = hashlib.sha256()
        self.chance = random.Random(seed)
        self.plan = plan
        self.hosted = Hosted(ground, self.chance)
        self.owner = Owner(self.chance, ground)
        self.devices = [self._device(name, folder, ground) for name in DEVICES[: self.plan.devices]]
        self.witnesses = {device.name: Witness(device, self.hosted.audit) for device in self.devices}
        self.steps = 0
        self.unknown: list[Exception] = []
        self._folder = folder
        self._copies: list[list[Any]] = []
        self._down_until: dict[str, int] = {}
        self.broken: list[Exception] = []
        self._acting: set[str] = set()
        """Whose owner has done something that was not looked at since."""
        self._open = contextlib.ExitStack()

    def _device(self, name: str, folder: Path, ground: Premises) -> Device:
        device = Device(name, folder, self.hosted, self.chance, self._hits)
        device.fast_s = self.plan.fast_s[DEVICES.index(name)]
        if device.fast_s:
            self._hits("clock days off")
        if self.plan.tiny_pages:
            device.page_limit = self.chance.choice((1, 3, 4, 7))
        if self.chance.random() < self.plan.first_sync:
            self._hits("first sync")
        else:
            device.begins_with(ground.folder / f"{name}.db")
        device.network.weather = Weather(chances=self.plan.chances)
        device.on_commit = lambda: self._after_a_commit(device)
        return device

    def _hits(self, name: str) -> None:
        self.hit[name] += 1
        self.note(f"    ! {name}")

    def note(self, line: str) -> None:
        self._digest.update(line.encode())
        if self._say:
            self._say(line)

    # --- the course of it --------------------------------------------------------------------------------------------
    async def play(self) -> Told:
        await self.opens()
        try:
            for _ in range(self.plan.steps):
                await self.step()
            await self.comes_to_rest()
            return self._told()
        finally:
            await self.closes()

    async def opens(self) -> None:
        self._open.enter_context(self.hosted.running())
        for device in self.devices:
            device.start()

    async def closes(self) -> None:
        with self._open:
            for device in self.devices:
                if device.is_running:
                    device.disk.heal()
                    await device.kill()

    async def step(self) -> None:
        kinds = {"owner": self.plan.owner, "luna": self.plan.luna, "work": self.plan.work, **self.plan.rare}
        what = self.chance.choices(list(kinds), list(kinds.values()))[0]
        device = self.chance.choice(self.devices)
        await self.do(what, device, self.chance.choice(self.plan.pauses))

    async def do(self, what: str, device: Device, pause_s: float, action: str | None = None) -> None:
        """One step.  `action`: which of what an owner or Luna can do."""
        self.steps += 1
        match what:
            case "owner" | "work" if device.is_running:
                action = action or self.chance.choice(Owner.ACTIONS if what == "owner" else Owner.WORK)
                self._acting.add(device.name)
                outcome = await self._acts(device, action)
                line = f"{device.name} {action}: {outcome}"
            case "owner" | "work":
                line = f"{device.name} is off"
            case "luna":
                action = action or self.chance.choice(LUNA)
                line = f"{action}: {getattr(self.hosted, action)()}"
            case _:
                line = f"{device.name} {what}: {await getattr(self, what)(device)}"
        self.note(f"{self.steps:3} {asyncio.get_running_loop().time():8.1f} {line}")
        self.check()
        self._acting = {each.name for each in self.devices if each.name in self._acting and each.disk.is_dead}
        await asyncio.sleep(pause_s)
        await self._afterwards()
        self.check()

    async def _acts(self, device: Device, action: str, **more: Any) -> str:
        try:
            return await self.owner.acts(device, action, **more)
        except Killed:
            return "dies"

    async def _afterwards(self) -> None:
        """Processes that died are noticed; some start again at once, some later."""
        for device in self.devices:
            if device.is_running and device.disk.is_dead:
                await device.kill()
                self._down_until[device.name] = self.steps + self.chance.choice((0, 0, 3))
            if not device.is_running and self._down_until.get(device.name, 0) <= self.steps:
                device.start()
            if device.is_running and device.has_ended:
                raise Violation(f"the engine of {device.name} has ended: {device.fault()!r} {device.engine.status}")
        if self.unknown:
            raise Violation(f"sync met what it does not know: {self.unknown[0]!r}") from self.unknown[0]

    def check(self) -> None:
        for device in self.devices:
            self._look(device)
        if self.broken:
            raise self.broken[0]

    def _look(self, device: Device) -> None:
        if device.is_running and not device.disk.is_dead:
            owner = device.name in self._acting
            self.witnesses[device.name].look(owner=owner, restored=self.hosted.restored)

    def _after_a_commit(self, device: Device) -> None:
        """What is so for a moment only is looked at, too."""
        try:
            self._look(device)
        except Exception as error:
            self.broken.append(error)

    # --- what happens ------------------------------------------------------------------------------------------------
    async def compacts(self, _: Device) -> object:
        if count := self.hosted.compacts():
            self._hits("tombstones compacted")
        return count

    async def compacts_newest(self, _: Device) -> object:
        if done := self.hosted.compacts_newest():
            self._hits("newest tombstone compacted")
        return done

    async def changes_epoch(self, _: Device) -> object:
        self.hosted.changes_epoch()
        self._hits("epoch changed")
        return self.hosted.store.epoch

    async def backs_up(self, _: Device) -> object:
        return self.hosted.backs_up()

    async def is_restored(self, _: Device) -> object:
        if done := self.hosted.is_restored():
            self._hits("server restored")
        return done

    async def cuts(self, device: Device) -> object:
        device.network.cut()
        self._hits("network cut")
        return None

    async def mends(self, device: Device) -> object:
        device.network.restore()
        if device.is_running:
            device.engine.kick()
        return None

    async def kicks(self, device: Device) -> object:
        if device.is_running:
            device.engine.kick()
        return device.is_running

    async def restarts(self, device: Device) -> object:
        if device.is_running and not device.disk.is_dead:
            await device.stop()
            self._hits("process restarted")
            device.start()
        return device.is_running

    async def dies(self, device: Device) -> object:
        if device.is_running:
            await device.kill()
            self._hits("process killed")
            self._down_until[device.name] = self.steps + self.chance.choice((0, 1, 4))
        return device.is_running

    async def crashes(self, device: Device) -> object:
        if device.is_running:
            at = self.chance.choice((STATEMENT, BEFORE_COMMIT, AFTER_COMMIT))
            device.disk.crash(at, self.chance.randrange(12 if at == STATEMENT else 2))
        return device.is_running

    async def runs_full(self, device: Device) -> object:
        if device.is_running:
            at = self.chance.choice((STATEMENT, "commit"))
            device.disk.fill(at, self.chance.randrange(6 if at == STATEMENT else 2), self.chance.choice((1, 2, 5)))
        return device.is_running

    async def saves_file(self, device: Device) -> object:
        if device.is_running and not device.disk.is_dead:
            folder = self._folder / f"copy-{len(self._copies)}"
            device.copy_to(folder)
            self._copies.append([device.name, folder, 0])
        return len(self._copies)

    async def restores_file(self, device: Device) -> object:
        mine = [copy for copy in self._copies if copy[0] == device.name]
        if not mine:
            return None
        copy = self.chance.choice(mine)
        await self._takes_the_place(device, copy[1])
        copy[2] += 1
        self._hits("client file restored" if copy[2] == 1 else "client file restored twice")
        if self.chance.random() < 0.4:
            await asyncio.sleep(self.chance.choice((0.5, 5.0)))
            await self._takes_the_place(device, copy[1])
            self._hits("client file restored twice")
        return copy[1].name

    async def clones(self, device: Device) -> object:
        other = self.chance.choice([each for each in self.devices if each is not device])
        if not other.is_running or other.disk.is_dead:
            return None
        folder = self._folder / f"clone-{self.steps}"
        other.copy_to(folder)
        await self._takes_the_place(device, folder)
        self._hits("client file cloned")
        return other.name

    async def _takes_the_place(self, device: Device, folder: Path) -> None:
        if device.is_running:
            await device.kill()
        device.becomes(folder)
        self.hosted.audit.files_were_copied = True
        device.start()

    async def pushes_beside(self, device: Device) -> object:
        if device.is_running and not device.disk.is_dead:
            device.push_beside()
        return device.is_running

    async def breaks_on(self, device: Device) -> object:
        """The server fails on the next change of this device, however often it is asked."""
        if not device.is_running or device.disk.is_dead:
            return None
        client_id, number = device.read(meta.client_id), device.read(lambda conn: meta.get(conn, "next_mid"))
        self.hosted.fails_on.add((client_id, int(number or 1)))
        return number

    async def late_duplicate(self, device: Device) -> object:
        if done := await device.network.arrives_late(device.access):
            self._hits("late duplicate of a push")
        return done

    # --- the end -----------------------------------------------------------------------------------------------------
    async def comes_to_rest(self) -> None:
        """7: with nothing going wrong any more, everybody agrees within bounded time."""
        self.note("from here on nothing goes wrong")
        self.hosted.fails_on.clear()
        for device in self.devices:
            device.network.weather = Weather()
            device.network.restore()
            if not device.is_running:
                device.start()
            device.disk.heal()
        await self._afterwards()
        for device in self.devices:
            device.engine.kick()
        for number in range(_ROUNDS):
            await asyncio.sleep(1.0 if number < 4 else _ROUND_S)
            await self._afterwards()
            self.check()
            for device in self.devices:
                await self._decides(device, giving_in=number >= 4)
            unrest = self.unrest()
            self.note(f"    {asyncio.get_running_loop().time():8.1f} {unrest or 'at rest'}")
            if not unrest:
                break
        else:
            raise Violation(f"no rest: {self.unrest()}")
        self.agree()

    async def _decides(self, device: Device, *, giving_in: bool) -> None:
        """The owner decides what waits for them; after a while as the server has it."""
        for _ in range(10):
            open_now = device.read(answers.undecided)
            stuck = device.read(outbox.stuck)
            if not (open_now or stuck):
                return
            again = not giving_in and self.chance.random() < 0.5
            action = "resolves" if open_now else "tries_again" if again else "dismisses"
            self._acting.add(device.name)
            outcome = await self._acts(device, action, giving_in=giving_in)
            self.note(f"    {device.name} {action}: {outcome}")
            self.check()
            self._acting.discard(device.name)

    def unrest(self) -> str:
        """What still differs, in a word; empty at rest."""
        server = self.hosted.versions()
        for device in self.devices:
            if left := device.read(outbox.entries):
                return f"{device.name} has {[(each.op, each.state.value, each.mid) for each in left]} in its outbox"
            if device.read(conflicts.open_conflicts):
                return f"{device.name} has open conflicts"
            here = device.read(
                lambda conn: {kind: dict(conn.execute(f"SELECT id, version FROM {kind}").fetchall()) for kind in KINDS}
            )
            for kind in KINDS:
                if here[kind] != server[kind]:
                    return f"{device.name} differs in {kind}: {sorted(here[kind].items() ^ server[kind].items())[:4]}"
            for state in device.read(streams_of):
                if not state.complete or state.cursor != self.hosted.newest_cursor():
                    return f"the stream {state.name} of {device.name} is not at its end"
        return ""

    def agree(self) -> None:
        for device in self.devices:
            device.read(self._same_words)
        self.hosted.audit.no_double_booking(self.hosted.rows("bookings"))
        self.hosted.audit.messages(self.hosted.rows("messages"))

    def _same_words(self, conn: Any) -> None:
        for kind in KINDS:
            cursor = conn.execute(f"SELECT * FROM {kind} ORDER BY id")
            names = [column[0] for column in cursor.description]
            here = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
            for doc in self.hosted.rows(kind):
                for name, value in doc.items():
                    if name in names and not isinstance(value, dict | list) and here[doc["id"]][name] != value:
                        raise Violation(f"{kind} {doc['id']} says {name} = {here[doc['id']][name]!r}, not {value!r}")

    def _told(self) -> Told:
        rows = {kind: self.hosted.rows(kind) for kind in KINDS}
        self._digest.update(json.dumps(rows, sort_keys=True).encode())
        return Told(
            seed=self.seed,
            hit=self.hit,
            steps=self.steps,
            digest=self._digest.hexdigest(),
            virtual_s=asyncio.get_running_loop().time(),
        )


def streams_of(conn: sqlite3.Connection) -> list[cursors.StreamState]:
    return [cursors.stream(conn, name) for name in ("core", "transcripts")]


# --- running one -----------------------------------------------------------------------------------------------------
