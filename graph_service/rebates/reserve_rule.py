"""Lets what passed the caps of payees pass the caps and the budget of the rule as a whole, day by day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.business_time import span_of
from graph_service.rebates.changes import Changes
from graph_service.rebates.gauges import Gauge, State, begin_day, read, stand, told
from graph_service.rebates.limits import Reservation, Review
from graph_service.rebates.passing import Day, in_order, pass_rule, returned_by, run_day
from graph_service.rebates.refunds import Refund
from graph_service.rebates.reservation_rows import returns_the_same
from graph_service.rebates.reserving_order import Place, Segment
from graph_service.rebates.rewinding import rule_before
from graph_service.rebates.tallies import Tallies, rule_tally, segment_of

_ALL_TIME = 2**62


@dataclass(slots=True)
class _Touched:
    """What changes on a day.

    Attributes:
        first: the place of the first change.
        added: what is new, where nothing else changes.
        only_added: whether nothing else changes.
        returns: whether something else gives back on it.
    """

    first: Place | None = None
    at: int = 0
    added: list[Reservation] = field(default_factory=list)
    only_added: bool = True
    returns: bool = False


class RuleReserving:
    """The caps and the budget of the rule as a whole."""

    def __init__(self, transaction: Transaction, changes: Changes, tallies: Tallies) -> None:
        self._transaction = transaction
        self._changes = changes
        self._limits = changes.limits
        self._closings = changes.closings
        self._tallies = tallies
        self._ours: dict[Segment, list[Reservation]] = defaultdict(list)
        for one in changes.now.values():
            self._ours[self._segment(one)].append(one)

    async def run(self) -> None:
        """Lets everything pass that has to pass anew."""
        touched = self._touched()
        if not touched:
            return
        first = min(touched, key=self._order)
        # Where periods were closed, what was seen too late comes last, whatever its day.
        since = "" if self._closings.all else first.day
        stored = await self._stored(since)
        latest = stored[max(stored, key=self._order)] if stored else None
        is_grown = all(one.only_added and not one.returns for one in touched.values())
        added = [one for on_day in touched.values() for one in on_day.added]
        if latest is not None and is_grown and self._changes.all_after(latest, added):
            self._append(latest, added)
        else:
            await self._replay(touched, stored)

    def _touched(self) -> dict[Segment, _Touched]:
        changes = self._changes
        touched: dict[Segment, _Touched] = defaultdict(_Touched)
        for name in changes.dirty:
            is_new = name in changes.added
            for one in changes.versions(name):
                on_day, place = touched[self._segment(one)], changes.place(one)
                if on_day.first is None or place < on_day.first:
                    on_day.first, on_day.at = place, one.at
                on_day.only_added = on_day.only_added and is_new
                if is_new:
                    on_day.added.append(one)
        for name in changes.now.keys() | changes.before.keys():
            is_now, was = changes.now.get(name), changes.before.get(name)
            if is_now is None or was is None or not returns_the_same(is_now, was):
                for each in filter(None, (is_now, was)):
                    for _, segment in self._returns(each):
                        touched[segment].returns = True
        return touched

    async def _stored(self, since: str) -> dict[Segment, Row]:
        """The tallies of days from one on, and the last before it."""
        rows = await self._transaction.run("rebates/tallies_of_rule", rule=self._changes.key, since=since)
        return {segment_of(row["tally"]): row["tally"] for row in rows}

    def _segment(self, one: Reservation) -> Segment:
        return self._closings.segment(one.at, one.recorded_at)

    def _order(self, segment: Segment) -> tuple[int, str]:
        return self._closings.order(segment)

    def _returns(self, one: Reservation) -> list[tuple[Refund | Review, Segment]]:
        """What gives back, each with the day on which it does."""
        found = []
        for back in one.returning:
            at, recorded_at, _ = returned_by(self._closings, back, one)
            found.append((back, self._closings.segment(at, recorded_at)))
        return found

    def _append(self, latest: Row, added: Sequence[Reservation]) -> None:
        by_segment: dict[Segment, list[Reservation]] = defaultdict(list)
        for one in added:
            by_segment[self._segment(one)].append(one)
        state, through = read(latest["gauges"]), segment_of(latest)
        for segment in sorted(by_segment, key=self._order):
            is_begun = segment == through
            state = state if is_begun else begin_day(state)
            day = Day(by_segment[segment])
            run_day(self._limits, self._closings, state, day)
            self._put(segment, state, day, latest if is_begun else None)

    async def _replay(self, touched: dict[Segment, _Touched], stored: dict[Segment, Row]) -> None:
        segments = sorted(stored.keys() | touched.keys(), key=self._order)
        first = min(touched, key=self._order)
        last = max(self._order(segment) for segment in touched)
        state: State = {}
        was: State = {}
        while self._order(segments[0]) < self._order(first):
            state = was = read(stored[segments[0]]["gauges"])
            segments.pop(0)
        for segment in segments:
            tally, on_day = stored.get(segment), touched.get(segment)
            state = await self._pass_day(segment, tally, on_day, was, state)
            if tally is not None:
                was = read(tally["gauges"])
            # Every day from here on begins as it did.
            if self._order(segment) >= last and tally is not None and stand(was) == stand(state):
                break

    async def _pass_day(
        self, segment: Segment, tally: Row | None, on_day: _Touched | None, was: State, state: State
    ) -> State:
        """How the gauges stand behind a day; they stood at `was` before it and stand at `state` now."""
        if tally is None:
            # The graph holds nothing of this day.
            return self._pass_whole(segment, state, Day(self._ours[segment], self._returned((), segment)), None)
        moved = self._moved(tally, was, state)
        if moved is not None and on_day is None:
            self._tallies.put(tally | {"gauges": told(moved)})
            return moved
        if moved is not None and on_day is not None and self._fits(on_day, tally, moved):
            for together in in_order(self._closings, on_day.added):
                pass_rule(self._limits, moved, together)
            self._put(segment, moved, Day(on_day.added), tally)
            return moved
        if on_day is not None and not on_day.returns and not tally["returns"] and stand(was) == stand(state):
            behind = await self._pass_rest(segment, tally, on_day)
            if behind is not None:
                return behind
        begin, end = span_of(segment.day)
        near = await self._near(segment, begin, end)
        rows = await self._transaction.rows_of(
            "rebates/returning_between", [{"rule": self._changes.key, "from": begin, "to": end}]
        )
        returning = self._changes.of_others(row["decision"] for row in rows)
        day = Day([*near, *self._ours[segment]], self._returned((*near, *returning), segment))
        return self._pass_whole(segment, state, day, tally)

    def _pass_whole(self, segment: Segment, state: State, day: Day, tally: Row | None) -> State:
        """Counts a day from its beginning; of one that is empty now the tally goes."""
        state = begin_day(state)
        run_day(self._limits, self._closings, state, day)
        self._changes.note_changed(day.reservations)
        if day.reservations or day.returned:
            self._put(segment, state, day, None)
        elif tally is not None:
            self._tallies.drop(tally["id"])
        return state

    def _fits(self, on_day: _Touched, tally: Row, moved: State) -> bool:
        """Whether what comes to a day changes nothing of what came behind: all of it passes, or nothing did anyway."""
        if on_day.returns or tally["returns"] or not on_day.only_added:
            return False
        if "cutAt" in tally:
            return True
        more: dict[str, int] = defaultdict(int)
        for one in on_day.added:
            more["BUDGET"] += one.capped[0]
            for _, role in self._limits.counted_by(("RULE",), one.proposal.role):
                more[f"RULE/{role or '*'}"] += one.capped[0]
        return all(
            moved.get(name, Gauge()).used + more[name] <= ceiling and moved.get(name, Gauge()).closed_at is None
            for name, ceiling in self._limits.ceilings.items()
        )

    def _moved(self, tally: Row, was: State, state: State) -> State | None:
        """How gauges stand behind a day that need not be evaluated again; None for one that must be."""
        behind = read(tally["gauges"])
        if "cutAt" in tally:
            shut = "passedAt" not in tally and not tally["returns"] and self._is_shut(was) and self._is_shut(state)
            return begin_day(state) if shut else None
        moved: State = {}
        ceilings = self._limits.ceilings
        for name, gauge in behind.items():
            before = state.get(name)
            if gauge.closed_at is not None or (before is not None and before.closed_at is not None):
                return None
            used = before.used if before is not None else 0
            if name in ceilings and used + gauge.peak > ceilings[name]:
                return None
            moved[name] = Gauge(used + gauge.used - gauge.base, None, None, used, gauge.peak)
        return begin_day({name: one for name, one in state.items() if name not in moved}) | moved

    def _is_shut(self, state: State) -> bool:
        """Whether nothing passes the budget any more, whatever version asks."""
        budget = state.get("BUDGET")
        highest = max((rule.budget_fen or 0 for rule in self._limits.rules.values()), default=0)
        always = all(rule.budget_fen is not None for rule in self._limits.rules.values())
        return always and budget is not None and budget.left(highest) is None and len(self._limits.ceilings) == 1

    async def _pass_rest(self, segment: Segment, tally: Row, on_day: _Touched) -> State | None:
        """Counts a day again from the first change on; None where it must be from its beginning."""
        place, first = self._changes.place, on_day.first
        unclear = {tally.get("cutAt"), tally.get("passedAt")}
        if first is None or on_day.at in unclear or not self._closings.is_open(on_day.at):
            return None
        near = await self._near(segment, on_day.at, span_of(segment.day)[1])
        near = [one for one in near if place(one) >= first]
        mine = [one for one in self._ours[segment] if place(one) >= first]
        held = [one for one in self._changes.before.values() if self._segment(one) == segment and place(one) >= first]
        state = rule_before(self._limits, read(tally["gauges"]), on_day.at, [*near, *held])
        if state is None or not (near or mine):
            return None
        day = Day([*near, *mine])
        run_day(self._limits, self._closings, state, day)
        self._changes.note_changed(near)
        earlier = {name: tally[name] for name in ("cutAt", "passedAt") if tally.get(name, _ALL_TIME) < on_day.at}
        self._put(segment, state, day, earlier)
        return state

    def _put(self, segment: Segment, state: State, day: Day, before: Row | None) -> None:
        tally = rule_tally(self._changes.key, self._closings, segment, state, day, before)
        self._tallies.put(tally)

    async def _near(self, segment: Segment, begin: int, end: int) -> list[Reservation]:
        """What the graph holds of further events between two instants of a day."""
        rows = await self._transaction.run(
            "rebates/reserved_between", rule=self._changes.key, **{"from": begin, "to": end}
        )
        near = self._changes.of_others(row["decision"] for row in rows)
        return [one for one in near if self._segment(one) == segment]

    def _returned(self, others: Iterable[Reservation], segment: Segment) -> list[tuple[Refund | Review, Reservation]]:
        """What gives back on a day, of further events and of ours."""
        candidates = {one.proposal.id: one for one in (*others, *self._changes.now.values())}
        return [(back, one) for one in candidates.values() for back, day in self._returns(one) if day == segment]
