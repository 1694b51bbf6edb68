"""The order in which money is reserved: what a settlement saw before what it did not, then (`at`, `id`)."""

from dataclasses import dataclass
from typing import NamedTuple

from graph_service.rebates.business_time import day_of
from graph_service.rebates.periods import month_of

Place = tuple[int, int, str]
"""Where something stands in the order of reservations: how many settlements came before it, `at`, id."""


@dataclass(frozen=True, slots=True)
class Closings:
    """The closings of periods, each (recorded at, at, event, month), in the order in which they were recorded."""

    all: tuple[tuple[int, int, str, str], ...] = ()

    def place(self, at: int, recorded_at: int, event: str) -> Place:
        """Where something stands in the order of reservations: what a settlement saw comes before what came later."""
        month = month_of(at) if self.all else ""
        for number, (closed, _, _, period) in enumerate(self.all):
            if month <= period and recorded_at <= closed:
                return number, at, event
        return len(self.all), at, event

    def is_open(self, at: int) -> bool:
        """Whether no settlement saw the month of an instant or a later one: from then on, order is that of time."""
        return not self.all or month_of(at) > max(period for *_, period in self.all)

    def segment(self, at: int, recorded_at: int) -> "Segment":
        """The day of something, apart from what of that day an earlier settlement saw or a later one sees."""
        day = day_of(at)
        missed = sum(day[:7] <= period and recorded_at > closed for closed, _, _, period in self.all)
        return Segment(day, missed)

    def order(self, segment: "Segment") -> tuple[int, str]:
        """Where a segment stands among the others of its rule."""
        covering = [number for number, (*_, period) in enumerate(self.all) if segment.day[:7] <= period]
        return (covering[segment.missed] if segment.missed < len(covering) else len(self.all)), segment.day


class Segment(NamedTuple):
    """What is counted as one day; `missed`: how many settlements of the day came too early to see it."""

    day: str
    missed: int
