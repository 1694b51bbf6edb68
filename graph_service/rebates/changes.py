"""Reservations of one rule that are new, changed or gone, and those of further events that follow from them."""

from collections.abc import Iterable, Mapping

from graph_service.graph.driver import Row
from graph_service.rebates.limits import Limits, Passed, Reservation
from graph_service.rebates.nodes import decision_in
from graph_service.rebates.passing import place_of
from graph_service.rebates.reservation_rows import proposes_the_same, reservation_of
from graph_service.rebates.reserving_order import Closings, Place


class Changes:
    """What changes under the limits of a rule.

    Args:
        key: of the limits.
        limits: over all versions of the rule.
        closings: of periods.
        now: what the rule proposes for some events, by decision.
        before: what the graph holds of these events, by decision.

    Attributes:
        dirty: decisions of which something else comes to the caps and budget of the rule.
        added: those of them that the graph does not hold.
        others: reservations for further events that the limits treat differently now, by decision.
    """

    def __init__(
        self,
        key: str,
        limits: Limits,
        closings: Closings,
        now: Mapping[str, Reservation],
        before: Mapping[str, Reservation],
    ) -> None:
        self.key = key
        self.limits = limits
        self.closings = closings
        self.now = now
        self.before = before
        self.dirty: set[str] = set()
        self.added: set[str] = now.keys() - before.keys()
        self.others: dict[str, Reservation] = {}
        self._triggers = {one.proposal.trigger for one in (*now.values(), *before.values())}
        self._known: dict[str, Reservation] = {}
        self._stored: dict[str, tuple[Passed, Passed]] = {}
        for name, one in now.items():
            stored = before.get(name)
            if stored is not None:
                one.capped, one.reserved = stored.capped, stored.reserved
            if stored is None or not proposes_the_same(one, stored):
                one.capped = (one.proposal.amount_fen, None)
                self.dirty.add(name)
        self.dirty |= before.keys() - now.keys()

    def place(self, one: Reservation) -> Place:
        """Where a reservation stands in the order of reservations."""
        return place_of(self.closings, one)

    def all_after(self, tally: Row, added: Iterable[Reservation]) -> bool:
        """Whether reservations come behind the last that a tally counts."""
        through = self.closings.place(tally["at"], tally["recordedAt"], tally["event"])
        return all(self.place(one) > through for one in added)

    def versions(self, name: str) -> list[Reservation]:
        """A reservation as it was and as it is, as far as it was and is."""
        found = (self.now.get(name), self.before.get(name), self.others.get(name))
        return [one for one in found if one is not None]

    def of_others(self, nodes: Iterable[Row]) -> list[Reservation]:
        """Reservations of the graph for further events, each the same object whenever it is met."""
        found = []
        for node in nodes:
            if node["trigger"] not in self._triggers:
                row = decision_in(node)
                one = self._known.setdefault(row["id"], reservation_of(row))
                self._stored.setdefault(row["id"], (one.capped, one.reserved))
                found.append(one)
        return found

    def note_changed(self, reservations: Iterable[Reservation]) -> None:
        """Notes those of the graph that passed otherwise than before."""
        for one in reservations:
            name = one.proposal.id
            if name in self._stored and (one.capped, one.reserved) != self._stored[name]:
                self.others[name] = one

    def note_capped(self, reservations: Iterable[Reservation]) -> None:
        """Notes those of the graph of which something else comes to the rule as a whole."""
        for one in reservations:
            name = one.proposal.id
            if one.capped != self._stored[name][0]:
                self.others[name] = one
                self.dirty.add(name)

    def reserved_before(self, one: Reservation) -> Passed | None:
        """What a reservation reserved until now; None for one that the graph does not hold."""
        name = one.proposal.id
        if name in self._stored:
            return self._stored[name][1]
        stored = self.before.get(name)
        return stored.reserved if stored is not None else None
