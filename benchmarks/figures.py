"""What was measured: figures by measure, size and side."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

SERVICE, BARE, POSTGRES = "service", "bare driver", "PostgreSQL"
SIDES = (SERVICE, BARE, POSTGRES)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        measure: a key of `report.MEASURES`.
        units: the size of the data.
        side: who did the work.
        value: in the measure's unit.
        by: how, where a side has several ways; the best is shown first.
    """

    measure: str
    units: int
    side: str
    value: float
    by: str = ""


@dataclass(slots=True)
class Figures:
    """All figures of a run, and what is to be said about them."""

    all: list[Figure] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, measure: str, units: int, side: str, value: float, by: str = "") -> None:
        """Adds one."""
        self.all.append(Figure(measure, units, side, value, by))

    def of(self, measure: str, units: int, side: str) -> list[Figure]:
        """Those of one place in the table."""
        return [one for one in self.all if (one.measure, one.units, one.side) == (measure, units, side)]

    def value(self, measure: str, units: int, side: str, *, more_is_better: bool) -> float | None:
        """The best of them."""
        values = [one.value for one in self.of(measure, units, side)]
        if not values:
            return None
        return max(values) if more_is_better else min(values)

    @property
    def sizes(self) -> list[int]:
        """The sizes that were measured."""
        return sorted({one.units for one in self.all})

    def as_rows(self) -> Iterator[dict[str, Any]]:
        """All as JSON values."""
        return (asdict(one) for one in self.all)
