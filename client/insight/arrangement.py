"""In which order the owner has the figures, and which of them are put away; kept as one line of text on the device.

What a newer version of the app wrote and this one does not know keeps its place in the text and is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from client.insight.metrics import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """`names` in their order, those of a newer version among them.  What is not named comes last and is shown."""

    names: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()

    @staticmethod
    def parse(text: str) -> "Arrangement":
        """ "missed,-hours,answered": those with a dash are put away.  Whatever was kept gives an arrangement."""
        pieces = [(piece.strip().startswith("-"), _bare(piece)) for piece in text.split(",")]
        names = tuple(dict.fromkeys(name for _, name in pieces if name))
        return Arrangement(names=names, hidden=frozenset(name for away, name in pieces if away and name))

    def __str__(self) -> str:
        return ",".join(f"-{name}" if name in self.hidden else name for name in self.names)

    def order(self, metrics: Sequence[Metric]) -> list[Metric]:
        """These figures in the owner's order, those put away among them."""
        places = {name: place for place, name in enumerate(self.names)}
        return sorted(metrics, key=lambda metric: (places.get(metric, len(places)), metrics.index(metric)))

    def shown(self, metrics: Sequence[Metric]) -> list[Metric]:
        return [metric for metric in self.order(metrics) if metric not in self.hidden]

    def put_away(self, metrics: Sequence[Metric]) -> list[Metric]:
        return [metric for metric in self.order(metrics) if metric in self.hidden]

    def hide(self, metric: Metric, metrics: Sequence[Metric]) -> "Arrangement":
        return replace(self._naming(metrics), hidden=self.hidden | {metric.value})

    def show(self, metric: Metric) -> "Arrangement":
        return replace(self, hidden=self.hidden - {metric.value})

    def move(self, metric: Metric, by: int, metrics: Sequence[Metric]) -> "Arrangement":
        """Before the one above it, or behind the one below, among those shown."""
        shown = self.shown(metrics)
        place = shown.index(metric) + by
        if not 0 <= place < len(shown):
            return self
        named = self._naming(metrics)
        names = list(named.names)
        names.remove(metric)
        names.insert(names.index(shown[place]) + (by > 0), metric.value)
        return replace(named, names=tuple(names))

    def _naming(self, metrics: Sequence[Metric]) -> "Arrangement":
        """The same with all of these named."""
        missing = [metric.value for metric in self.order(metrics) if metric not in self.names]
        return replace(self, names=(*self.names, *missing))


def _bare(piece: str) -> str:
    """The name in it, which neither begins nor ends with what stands around one."""
    while (bare := piece.strip().lstrip("-")) != piece:
        piece = bare
    return piece
