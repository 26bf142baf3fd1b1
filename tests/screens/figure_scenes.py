"""Scenes of the figures: every look of the place, one figure, businesses of every size, what goes wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from client.insight.metrics import Metric
from client.insight.periods import Chosen, Period
from client.models.account import Role
from client.models.link import LinkState, Trouble
from client.state.evidence import EvidenceState
from client.state.figures import FiguresState
from client.storage.database import Database
from screens.figure import POINTS
from screens.stores import Stores
from tests import example_data as eg
from tests import figures_book
from tests.screens import scenes

_ALL_AWAY = ",".join(f"-{metric}" for metric in Metric)
LATER = Chosen(period=Period.CUSTOM, first=date(2026, 5, 1), last=date(2026, 5, 31))


def of(database: Callable[[], Database], period: Period = Period.WEEK) -> Callable[[Stores], None]:
    """The figures of this file."""

    def fill(stores: Stores) -> None:
        scenes.full(stores)
        stores.figures.choose(Chosen(period=period))
        scenes.count_from(stores, database())

    return fill


def broken(stores: Stores) -> None:
    scenes.full(stores)
    for query in (stores.figures, stores.evidence):
        query.detach()
    stores.figures.state = FiguresState(broken=True)
    stores.evidence.state = EvidenceState(under=stores.evidence.state.under, broken=True)


def later(stores: Stores) -> None:
    """Days that are still to come."""
    scenes.full(stores)
    stores.figures.choose(LATER)


def front_desk(stores: Stores) -> None:
    scenes.full(stores)
    stores.runtime.identity = replace(eg.IDENTITY, role=Role.FRONT_DESK)  # type: ignore[misc]
    stores.session.look()


def offline(stores: Stores) -> None:
    scenes.figures(Period.MONTH)(stores)
    stores.link.show(eg.link(LinkState.OFFLINE, as_of=eg.at("08:41"), trouble=Trouble.UNREACHABLE, waiting=2))


def as_table(stores: Stores) -> None:
    """A figure whose chart is a table."""
    scenes.figures(Period.MONTH)(stores)
    stores.folds.toggle(POINTS)


ONE = "/figures/revenue_completed"
SCENES: dict[str, tuple[str, Callable[[Stores], None]]] = {
    **{f"figures of the {period}": ("/figures", scenes.figures(period)) for period in Period},
    "figures as a table": ("/figures", scenes.figures(Period.MONTH, look="table")),
    "figures, all put away": ("/figures", scenes.figures(Period.MONTH, kept=_ALL_AWAY)),
    "figures of a newer version": ("/figures", scenes.figures(Period.MONTH, kept="-happiness,joy,missed")),
    "figures of days to come": ("/figures", later),
    "figures of nothing": ("/figures", of(figures_book.bare)),
    "figures of the first day": ("/figures", of(figures_book.first_day)),
    "figures while filling": ("/figures", of(figures_book.filling)),
    "figures broken": ("/figures", broken),
    "figures offline": ("/figures", offline),
    "figures of the front desk": ("/figures", front_desk),
    "market position": ("/figures/market", of(figures_book.told, Period.MONTH)),
    "market position, nothing said": ("/figures/market", of(figures_book.untold)),
    "market position, minutes said": ("/figures/market", of(figures_book.minutes_told, Period.MONTH)),
    "market position while filling": ("/figures/market", of(figures_book.filling)),
    "market position of the front desk": ("/figures/market", front_desk),
    "a figure": (ONE, scenes.figures(Period.MONTH)),
    "a figure, its points": (ONE, as_table),
    "a figure of nothing": (ONE, of(figures_book.bare)),
    "a figure of the first day": ("/figures/answer_rate", of(figures_book.first_day, Period.TODAY)),
    "a figure while filling": (ONE, of(figures_book.filling)),
    "a figure of a newer version": ("/figures/happiness", scenes.full),
    "a figure that is not for this role": (ONE, front_desk),
    "a figure of leads": ("/figures/velocity", scenes.full),
    **{
        f"a figure, {name}": ("/figures/made", of(lambda text=text: figures_book.named(text), Period.YEAR))
        for name, text in (("huge", eg.HUGE), ("arabic", eg.ARABIC), ("emoji", eg.EMOJI), ("markup", eg.MARKUP))
    },
}
