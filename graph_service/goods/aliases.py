"""Aliases: several codes of one item, which goes by the first of them.

(:Run)-[:SAME_ITEM_AS]->(:Run)   to the run with the smallest key of the item
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AliasFact:
    """A run that an event says to be one item with the others that it names.

    Attributes:
        event: its id.
        recorded_at: when the log took it, in microseconds.
        run: key of the run.
    """

    event: str
    recorded_at: int
    run: str


class Aliases:
    """Which runs are one item; an alias holds from ever."""

    def __init__(self, facts: Iterable[AliasFact]) -> None:
        self._facts = tuple(facts)
        self._parent: dict[str, str] = {}
        together: dict[str, list[str]] = defaultdict(list)
        for fact in self._facts:
            together[fact.event].append(fact.run)
        for runs in together.values():
            for run in runs:
                self._join(runs[0], run)

    def known_by(self, instant: int) -> "Aliases":
        """The same without what was recorded later."""
        return Aliases(fact for fact in self._facts if fact.recorded_at <= instant)

    def item_of(self, run: str) -> str:
        """The key of a run's item: the smallest of its runs."""
        while (parent := self._parent.get(run, run)) != run:
            run = parent
        return run

    def _join(self, one: str, other: str) -> None:
        first, second = sorted((self.item_of(one), self.item_of(other)))
        self._parent[second] = first
