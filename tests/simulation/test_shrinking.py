"""The same world led by Hypothesis, which finds the shortest way to whatever breaks."""

import contextlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.simulation.history import History
from tests.simulation.network import ON_FRAMES, ON_REQUESTS, Weather
from tests.simulation.owner import Owner
from tests.simulation.plan import LUNA, RARE, Plan
from tests.simulation.stage import staged
from tests.simulation.virtual_loop import VirtualLoop, fresh_loop

DEVICES = st.integers(0, 1)
PAUSES = st.sampled_from((0.0, 0.1, 1.0, 5.0, 40.0))


class AnyHistory(RuleBasedStateMachine):
    """Each rule is a step of a history, with every promise checked after it; at the end all have to agree."""

    history: History
    loop: VirtualLoop

    def __init__(self) -> None:
        super().__init__()
        self.stage = contextlib.ExitStack()
        self.is_sound = False

    @initialize(seed=st.integers(0, 999), first_sync=st.sampled_from((0.0, 1.0)), tiny=st.booleans())
    def begins(self, seed: int, first_sync: float, tiny: bool) -> None:
        plan = Plan(first_sync=first_sync, tiny_pages=tiny)
        self.history = self.stage.enter_context(staged(seed, plan))
        self.loop = self.stage.enter_context(fresh_loop())
        self.loop.run_until_complete(self.history.opens())
        self.is_sound = True

    def _do(self, what: str, device: int, pause_s: float, action: str | None = None) -> None:
        self.is_sound = False
        self.loop.run_until_complete(self.history.do(what, self.history.devices[device], pause_s, action))
        self.is_sound = True

    @rule(device=DEVICES, action=st.sampled_from((*Owner.ACTIONS, *Owner.WORK)), pause_s=PAUSES)
    def the_owner_acts(self, device: int, action: str, pause_s: float) -> None:
        self._do("owner", device, pause_s, action)

    @rule(action=st.sampled_from(LUNA), pause_s=PAUSES)
    def luna_acts(self, action: str, pause_s: float) -> None:
        self._do("luna", 0, pause_s, action)

    @rule(device=DEVICES, what=st.sampled_from(tuple(RARE)), pause_s=PAUSES)
    def something_happens(self, device: int, what: str, pause_s: float) -> None:
        self._do(what, device, pause_s)

    @rule(device=DEVICES, fault=st.sampled_from((*ON_REQUESTS, *ON_FRAMES)))
    def the_line_gets_worse(self, device: int, fault: str) -> None:
        network = self.history.devices[device].network
        network.weather = Weather(chances={**network.weather.chances, fault: 0.4})

    def teardown(self) -> None:
        with self.stage:
            if self.is_sound:
                try:
                    self.loop.run_until_complete(self.history.comes_to_rest())
                finally:
                    self.loop.run_until_complete(self.history.closes())


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
