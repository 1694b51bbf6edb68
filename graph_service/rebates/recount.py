"""Counts all that a rule reserves from the beginning, a page at a time: to check, or because the order is another."""

import heapq
from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.business_time import day_of
from graph_service.rebates.gauges import State, begin_day, gauge
from graph_service.rebates.limits import Limits, Reservation, Review
from graph_service.rebates.nodes import decision_in
from graph_service.rebates.passing import Day, in_order, pass_payee, pass_rule, place_of, returned_at, returned_by
from graph_service.rebates.refunds import Refund
from graph_service.rebates.reservation_rows import reservation_of
from graph_service.rebates.reserving_order import Closings, Place, Segment
from graph_service.rebates.tallies import payee_tally, rule_tally, tally_id

PAGE = 5_000
"""Decisions that are held at once, besides those with refunds or reviews to come."""

_EVER = -(2**62)

Part = tuple[str, str]
_Return = tuple[Place, int, Refund | Review, Reservation]


class Recount:
    """The gauges of a rule while all that it reserves passes in the order of reservations.

    Args:
        key: of the limits.
        limits: over all versions of the rule.
        closings: of periods.

    Attributes:
        tallies: that are complete; whoever reads them takes them out.
    """

    def __init__(self, key: str, limits: Limits, closings: Closings) -> None:
        self.tallies: dict[str, Row] = {}
        self._key = key
        self._limits = limits
        self._closings = closings
        self._payees: dict[Part, tuple[State, Reservation]] = {}
        self._state: State = {}
        self._segment: Segment | None = None
        self._tally: Row | None = None
        self._day = Day()
        self._returns: list[_Return] = []
        self._numbers = count()

    def take(self, events: Sequence[Sequence[Reservation]]) -> None:
        """Lets events pass that come behind all that passed before, each with its entries in declared order."""
        for together in events:
            place = place_of(self._closings, together[0])
            self._give_back(until=place)
            for one in together:
                self._pass_payee(one)
            if self._limits.limits_rule:
                self._enter(self._closings.segment(together[0].at, together[0].recorded_at))
                pass_rule(self._limits, self._state, together)
                self._day.reservations += together
                for one in together:
                    for back in one.returning:
                        placed = returned_at(self._closings, back, one)
                        heapq.heappush(self._returns, (placed, next(self._numbers), back, one))
            else:
                for one in together:
                    one.reserved = one.capped
        self._note_day()

    def end(self) -> None:
        """Nothing comes any more."""
        self._give_back(until=None)
        self._note_day()
        self._leave_segment()
        self._leave_payees("")

    def _pass_payee(self, one: Reservation) -> None:
        one.capped = (one.proposal.amount_fen, None)
        if not self._limits.limits_payees or one.group is None:
            return
        part = one.group, self._limits.part_of(one.at)
        state, _ = self._payees.get(part, ({}, one))
        pass_payee(self._limits, state, one)
        self._payees[part] = state, one

    def _give_back(self, until: Place | None) -> None:
        """Lets returns give back that come before an event, or all."""
        while self._returns and (until is None or self._returns[0][0] < until):
            _, _, back, one = heapq.heappop(self._returns)
            at, recorded_at, _ = returned_by(self._closings, back, one)
            self._enter(self._closings.segment(at, recorded_at))
            gauge(self._state, "BUDGET").give_back(one.given_back(back))
            self._day.returned.append((back, one))

    def _enter(self, segment: Segment) -> None:
        if segment != self._segment:
            self._note_day()
            self._leave_segment()
            self._segment, self._state = segment, begin_day(self._state)

    def _note_day(self) -> None:
        """Counts what passed of a day so far into its tally, so that it need not be kept."""
        if self._segment is not None and (self._day.reservations or self._day.returned):
            self._tally = rule_tally(self._key, self._closings, self._segment, self._state, self._day, self._tally)
            self._day = Day()

    def _leave_segment(self) -> None:
        if self._tally is not None:
            self.tallies[self._tally["id"]] = self._tally
            self._tally = None

    def leave_days(self, before: int) -> None:
        """Completes the tallies of payees for days before that of an instant: nothing of them comes any more."""
        if self._limits.part_of(before) == day_of(before):
            self._leave_payees(day_of(before))

    def _leave_payees(self, day: str) -> None:
        for part in [part for part in self._payees if not day or part[1] < day]:
            state, last = self._payees.pop(part)
            row = payee_tally(tally_id(self._key, *part), self._key, state, last)
            self.tallies[row["id"]] = row


async def in_pages(transaction: Transaction, key: str, closings: Closings) -> AsyncIterator[list[list[Reservation]]]:
    """All that the graph holds of a rule, event by event in the order of reservations, a page at a time.

    What was recorded after the settlement of its month comes later than its time; it is kept until then.
    """
    since, waiting, numbers = _EVER, list[tuple[Place, int, list[Reservation]]](), count()
    while True:
        rows = await _decisions(transaction, "rebates/reserved_from", rule=key, limit=PAGE, **{"from": since})
        is_last = len(rows) < PAGE
        if not is_last and rows[0]["at"] == rows[-1]["at"]:
            span = {"from": since, "to": rows[0]["at"] + 1}
            rows = await _decisions(transaction, "rebates/reserved_between", rule=key, **span)
            since = rows[0]["at"] + 1
        elif not is_last:
            # The last moment may go on behind the page.
            since = rows[-1]["at"]
            rows = [row for row in rows if row["at"] < since]
        for together in in_order(closings, map(reservation_of, rows)):
            heapq.heappush(waiting, (place_of(closings, together[0]), next(numbers), together))
        until = None if is_last else closings.place(since, _EVER, "")
        page: list[list[Reservation]] = []
        while waiting and (until is None or waiting[0][0] < until):
            page.append(heapq.heappop(waiting)[2])
        yield page
        if is_last:
            return


async def _decisions(transaction: Transaction, statement: str, **parameters: Any) -> list[Row]:
    return [decision_in(row["decision"]) for row in await transaction.run(statement, **parameters)]
