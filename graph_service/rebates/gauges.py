"""Gauges: what a cap or a budget has let through. Each is a cut in a running sum."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

State = dict[str, "Gauge"]
"""Gauges by name, as they stand behind an event."""


@dataclass(slots=True)
class Gauge:
    """What a cap or budget has let through, in fen (of a running sum, in ten-thousandths of a fen).

    Attributes:
        used: in all.
        closed_at: the limit that something did not fit; a version with a higher one opens it again.
        closed_since: when that happened, in microseconds.
        base: `used` at the beginning of the day that is looked at.
        peak: how far `used` went above `base` on that day.
    """

    used: int = 0
    closed_at: int | None = None
    closed_since: int | None = None
    base: int = 0
    peak: int = 0

    def left(self, limit: int) -> int | None:
        """What still fits; None once it is closed."""
        if self.closed_at is not None and limit <= self.closed_at:
            return None
        return max(limit - self.used, 0)

    def close(self, limit: int, at: int) -> None:
        """Something did not fit a limit."""
        self.closed_at, self.closed_since = limit, at

    def take(self, fen: int) -> None:
        """Lets something through."""
        self.used += fen
        self.peak = max(self.peak, self.used - self.base)

    def give_back(self, fen: int) -> None:
        """What a refund or review returns opens it again."""
        if fen:
            self.used -= fen
            self.closed_at = self.closed_since = None

    def begin_day(self) -> None:
        """From here on `base` and `peak` tell of another day."""
        self.base, self.peak = self.used, 0


def gauge(state: State, name: str) -> Gauge:
    """A gauge by name; one that nothing went through yet stands at 0."""
    return state.setdefault(name, Gauge())


def begin_day(state: State) -> State:
    """A copy in which every gauge stands at the beginning of a day."""
    begun = {name: Gauge(one.used, one.closed_at, one.closed_since) for name, one in state.items()}
    for one in begun.values():
        one.begin_day()
    return begun


def stand(state: Mapping[str, Gauge]) -> dict[str, tuple[int, int | None, int | None]]:
    """What later events depend on: what was let through, and what is closed."""
    return {
        name: (one.used, one.closed_at, one.closed_since)
        for name, one in state.items()
        if one.used or one.closed_at is not None
    }


def told(state: Mapping[str, Gauge]) -> list[str]:
    """Gauges as a list of text, for the graph: the name behind its numbers. Untouched ones are left out."""
    return [
        "|".join(
            "" if number is None else str(number)
            for number in (one.used, one.closed_at, one.closed_since, one.base, one.peak)
        )
        + f"|{name}"
        for name, one in sorted(state.items())
        if one != Gauge()
    ]


def read(texts: Iterable[str]) -> State:
    """The gauges that `told` wrote."""
    state: State = {}
    for text in texts:
        used, closed_at, closed_since, base, peak, name = text.split("|", 5)
        state[name] = Gauge(int(used), _optional(closed_at), _optional(closed_since), int(base), int(peak))
    return state


def _optional(text: str) -> int | None:
    return int(text) if text else None
