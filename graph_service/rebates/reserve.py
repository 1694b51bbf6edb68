"""Lets what rules propose pass their limits, as the graph stands, and evaluates again only what can change.

What comes last in the order of reservations is counted on top of the tallies. What comes late is counted again with
the other entries of its payee's day (month, or all, as the caps ask), and with the days of the rule on which its
budget or caps can bind: a day on which everything passes before and after is only moved, one on which nothing passes
before and after is left.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.business_time import span_of
from graph_service.rebates.gauges import Gauge, State, begin_day, read, told
from graph_service.rebates.limits import Limits, Passed, Reservation, Review
from graph_service.rebates.passing import Day, in_order, pass_payee, place_of, returned_at, run_day
from graph_service.rebates.refunds import Refund
from graph_service.rebates.reservation_rows import proposes_the_same, reservation_of, returns_the_same
from graph_service.rebates.reserving_order import Closings, Segment
from graph_service.rebates.tallies import Tallies, payee_tally, rule_tally, segment_of, tally_id

_ALL = 2**31
_EVER = 2**62


class Reserving:
    """One rule's reservations, some of which are new, changed or gone.

    Args:
        transaction: to read the graph.
        rule: its id.
        limits: over all its versions.
        closings: of periods.
        now: what the rule proposes for some events, by decision.
        before: what the graph holds of these events, by decision.
        tallies: takes what is counted anew.

    Attributes:
        others: reservations for further events that the limits treat differently now, by decision.
    """

    def __init__(
        self,
        transaction: Transaction,
        rule: str,
        limits: Limits,
        closings: Closings,
        now: Mapping[str, Reservation],
        before: Mapping[str, Reservation],
        tallies: Tallies,
    ) -> None:
        self._transaction = transaction
        self._rule = rule
        self._limits = limits
        self._closings = closings
        self._now = now
        self._before = before
        self._tallies = tallies
        self._triggers = {one.proposal.trigger for one in (*now.values(), *before.values())}
        self._known: dict[str, Reservation] = {}
        self._stored: dict[str, tuple[Passed, Passed]] = {}
        self._dirty: set[str] = set()
        """Decisions of which something else comes to the caps and budget of the rule."""
        self._added: set[str] = set()
        self.others: dict[str, Reservation] = {}

    async def run(self) -> None:
        """Lets everything pass that has to pass anew."""
        for key, one in self._now.items():
            stored = self._before.get(key)
            if stored is None:
                self._added.add(key)
            else:
                one.capped, one.reserved = stored.capped, stored.reserved
            if stored is None or not proposes_the_same(one, stored):
                one.capped = (one.proposal.amount_fen, None)
                self._dirty.add(key)
        self._dirty |= self._before.keys() - self._now.keys()
        if self._limits.limits_payees:
            await self._pass_payees()
        if self._limits.limits_rule:
            await self._pass_rule()
        else:
            for one in (*self._now.values(), *self.others.values()):
                one.reserved = one.capped

    async def recount(self) -> None:
        """Counts everything that the graph holds of the rule again, from the beginning."""
        rows = await self._transaction.run("rebates/reserved_between", rule=self._rule, **{"from": -_EVER, "to": _EVER})
        everything = self._others(row["decision"] for row in rows)
        parts: dict[tuple[str, str], list[Reservation]] = defaultdict(list)
        for one in everything:
            one.capped = (one.proposal.amount_fen, None)
            if self._limits.limits_payees and one.group is not None:
                parts[one.group, self._limits.part_of(one.at)].append(one)
        for part, reservations in parts.items():
            self._count(part, {}, reservations)
        if self._limits.limits_rule:
            self._recount_rule(everything)
        else:
            for one in everything:
                one.reserved = one.capped
        self._note_changed(everything)
        rows = await self._transaction.run("rebates/tallies_by_rule", rule=self._rule)
        for stored in (row["tally"] for row in rows):
            if self._tallies.written.get(stored["id"]) == stored:
                del self._tallies.written[stored["id"]]
            elif stored["id"] not in self._tallies.written:
                self._tallies.drop(stored["id"])

    def _recount_rule(self, everything: Sequence[Reservation]) -> None:
        days: dict[Segment, Day] = defaultdict(Day)
        state: State = {}
        for one in everything:
            days[self._segment(one)].reservations.append(one)
            for back, place in self._returns(one):
                days[self._segment_of(place)].returned.append((back, one))
        for segment in sorted(days, key=self._order):
            state = begin_day(state)
            run_day(self._limits, self._closings, state, days[segment])
            self._tallies.put(self._tally_behind(segment, state, days[segment], None))

    def _was(self, key: str) -> Reservation | None:
        return self._before.get(key)

    # --- the caps of payees -----------------------------------------------------------------------------

    async def _pass_payees(self) -> None:
        again: dict[tuple[str, str], bool] = {}  # (group, part) -> whether all of it is counted again
        for key in sorted(self._dirty):
            for one, is_new in ((self._now.get(key), key in self._added), (self._was(key), False)):
                if one is not None and one.group is not None:
                    part = one.group, self._limits.part_of(one.at)
                    again[part] = again.get(part, False) or not is_new
        ours: dict[tuple[str, str], list[Reservation]] = defaultdict(list)
        for one in self._now.values():
            if one.group is not None:
                ours[one.group, self._limits.part_of(one.at)].append(one)
        names = {part: tally_id(self._rule, *part) for part in again}
        stored = {
            row["tally"]["id"]: row["tally"]
            for row in await self._transaction.rows_of("rebates/tallies", sorted(names.values()))
        }
        afresh: set[tuple[str, str]] = set()
        for part, whole in again.items():
            added = [one for one in ours[part] if one.proposal.id in self._dirty]
            tally = stored.get(names[part])
            if whole or tally is None or not self._all_after(tally, added):
                afresh.add(part)
            else:
                self._count(part, read(tally["gauges"]), added)
        await self._count_again(afresh, ours)

    def _all_after(self, tally: Row, added: Iterable[Reservation]) -> bool:
        through = self._closings.place(tally["at"], tally["recordedAt"], tally["event"])
        return all(place_of(self._closings, one) > through for one in added)

    async def _count_again(
        self, parts: set[tuple[str, str]], ours: Mapping[tuple[str, str], Sequence[Reservation]]
    ) -> None:
        rows = []
        for group, part in sorted(parts):
            begin, end = span_of(part)
            rows.append({"rule": self._rule, "group": group, "part": part, "from": begin, "to": end})
        for row in await self._transaction.rows_of("rebates/reserved_of_payees", rows):
            others = self._others(row["decisions"])
            before = {one.proposal.id: one.capped for one in others}
            counted = row["group"], row["part"]
            self._count(counted, {}, [*others, *ours[counted]])
            for one in others:
                if one.capped != before[one.proposal.id]:
                    self._note(one)

    def _count(self, part: tuple[str, str], state: State, reservations: Sequence[Reservation]) -> None:
        name = tally_id(self._rule, *part)
        if not reservations:
            self._tallies.drop(name)
            return
        last = reservations[0]
        for together in in_order(self._closings, reservations):
            for one in together:
                before = one.capped
                pass_payee(self._limits, state, one)
                if one.capped != before and one.proposal.id in self._now:
                    self._dirty.add(one.proposal.id)
            last = together[-1]
        self._tallies.put(payee_tally(name, self._rule, self._limits, state, last))

    def _others(self, rows: Iterable[Row]) -> list[Reservation]:
        """Reservations of the graph for further events, each the same object whenever it is met."""
        found = []
        for row in rows:
            if row["trigger"] not in self._triggers:
                one = self._known.setdefault(row["id"], reservation_of(row))
                self._stored.setdefault(row["id"], (one.capped, one.reserved))
                found.append(one)
        return found

    def _note_changed(self, reservations: Iterable[Reservation]) -> None:
        for one in reservations:
            key = one.proposal.id
            if key in self._stored and (one.capped, one.reserved) != self._stored[key]:
                self.others[key] = one

    def _note(self, one: Reservation) -> None:
        self.others[one.proposal.id] = one
        self._dirty.add(one.proposal.id)

    # --- the caps and the budget of the rule ------------------------------------------------------------

    async def _pass_rule(self) -> None:
        touched = {self._segment(one) for one in self._all_of(self._dirty)}
        returned: set[Segment] = set()
        for key in self._now.keys() | self._before.keys():
            one, stored = self._now.get(key), self._was(key)
            if one is None or stored is None or not returns_the_same(one, stored):
                for each in filter(None, (one, stored)):
                    returned |= {self._segment_of(place) for _, place in self._returns(each)}
        touched |= returned
        if not touched:
            return
        # Where periods were closed, what was seen too late comes last, whatever its day.
        most = _ALL if self._closings.all else 1
        rows = await self._transaction.run("rebates/tallies_of_rule", rule=self._rule, limit=most)
        latest = max((row["tally"] for row in rows), key=lambda tally: self._order(segment_of(tally)), default=None)
        added = [self._now[key] for key in self._dirty if key in self._added]
        only_added = not returned and len(added) == len(self._dirty)
        if latest is not None and only_added and self._all_after(latest, added):
            self._append(latest, added)
            return
        await self._replay(touched)

    def _all_of(self, keys: Iterable[str]) -> list[Reservation]:
        found = []
        for key in keys:
            found += [one for one in (self._now.get(key), self._was(key), self.others.get(key)) if one is not None]
        return found

    def _segment(self, one: Reservation) -> Segment:
        return self._closings.segment(one.at, one.recorded_at)

    def _order(self, segment: Segment) -> tuple[int, str]:
        return self._closings.order(segment)

    def _segment_of(self, place: tuple[int, int]) -> Segment:
        return self._closings.segment(*place)

    def _returns(self, one: Reservation) -> list[tuple[Refund | Review, tuple[int, int]]]:
        """What gives back, each with the instant and the recording by which it is placed."""
        return [
            (
                back,
                (one.at, one.recorded_at)
                if returned_at(self._closings, back, one) == place_of(self._closings, one)
                else (back.at, back.recorded_at),
            )
            for back in one.returning
        ]

    def _append(self, latest: Row, added: Sequence[Reservation]) -> None:
        by_segment: dict[Segment, list[Reservation]] = defaultdict(list)
        for one in added:
            by_segment[self._segment(one)].append(one)
        state, tally = read(latest["gauges"]), latest
        for segment in sorted(by_segment, key=self._order):
            begun = segment == segment_of(tally)
            state = state if begun else begin_day(state)
            day = Day(by_segment[segment])
            run_day(self._limits, self._closings, state, day)
            before = tally if begun else None
            tally = self._tally_behind(segment, state, day, before)
            self._tallies.put(tally)

    async def _replay(self, touched: set[Segment]) -> None:
        rows = await self._transaction.run("rebates/tallies_of_rule", rule=self._rule, limit=_ALL)
        stored = {segment_of(row["tally"]): row["tally"] for row in rows}
        segments = sorted(stored.keys() | touched, key=self._order)
        first = min(touched, key=self._order)
        last = max(self._order(segment) for segment in touched)
        state: State = {}
        was: State = {}
        while segments and self._order(segments[0]) < self._order(first):
            state = was = read(stored[segments[0]]["gauges"])
            segments.pop(0)
        for segment in segments:
            tally = stored.get(segment)
            moved = None if segment in touched or tally is None else self._moved(tally, was, state)
            if moved is not None and tally is not None:
                was, state = read(tally["gauges"]), moved
                self._tallies.put(tally | {"gauges": told(state)})
            else:
                day = await self._day(segment)
                state = begin_day(state)
                run_day(self._limits, self._closings, state, day)
                self._note_changed(day.reservations)
                if tally is not None:
                    was = read(tally["gauges"])
                if day.reservations or day.returned:
                    self._tallies.put(self._tally_behind(segment, state, day, None))
                elif tally is not None:
                    self._tallies.drop(tally["id"])
            # Every day from here on begins as it did.
            if self._order(segment) >= last and tally is not None and _stand(was) == _stand(state):
                break

    def _moved(self, tally: Row, was: State, state: State) -> State | None:
        """How gauges stand behind a day that need not be evaluated again; None for one that must be."""
        behind = read(tally["gauges"])
        if tally["cut"]:
            shut = tally["shut"] and self._is_shut(was) and self._is_shut(state)
            return begin_day(state) if shut else None
        moved: State = {}
        ceilings = self._limits.ceilings()
        for name, gauge in behind.items():
            before = state.get(name)
            if gauge.closed_at is not None or (before is not None and before.closed_at is not None):
                return None
            used = before.used if before is not None else 0
            if name in ceilings and used + gauge.peak > ceilings[name]:
                return None
            moved[name] = Gauge(used + gauge.used - gauge.base, None, used, gauge.peak)
        return begin_day({name: one for name, one in state.items() if name not in moved}) | moved

    def _is_shut(self, state: State) -> bool:
        """Whether nothing passes the budget any more, whatever version asks."""
        budget = state.get("BUDGET")
        highest = max((rule.budget_fen or 0 for rule in self._limits.rules.values()), default=0)
        always = all(rule.budget_fen is not None for rule in self._limits.rules.values())
        return always and budget is not None and budget.left(highest) is None and len(self._limits.ceilings()) == 1

    async def _day(self, segment: Segment) -> Day:
        begin, end = span_of(segment.day)
        rows = await self._transaction.run("rebates/reserved_between", rule=self._rule, **{"from": begin, "to": end})
        near = self._others(row["decision"] for row in rows)
        rows = await self._transaction.rows_of(
            "rebates/returning_between", [{"rule": self._rule, "from": begin, "to": end}]
        )
        returning = self._others(row["decision"] for row in rows)
        ours = list(self._now.values())
        reservations = [one for one in (*near, *ours) if self._segment(one) == segment]
        candidates = {one.proposal.id: one for one in (*near, *returning, *ours)}
        return Day(reservations, self._returned(candidates.values(), segment))

    def _returned(
        self, candidates: Iterable[Reservation], segment: Segment
    ) -> list[tuple[Refund | Review, Reservation]]:
        return [
            (back, one)
            for one in candidates
            for back, place in self._returns(one)
            if self._segment_of(place) == segment
        ]

    def _tally_behind(self, segment: Segment, state: State, day: Day, before: Row | None) -> Row:
        return rule_tally(self._rule, self._limits, self._closings, segment, state, day, before)


def _stand(state: State) -> dict[str, tuple[int, int | None]]:
    return {name: (one.used, one.closed_at) for name, one in state.items() if one.used or one.closed_at is not None}
