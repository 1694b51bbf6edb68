"""Lets what rules propose pass their limits, as the graph stands, and evaluates again only what can change.

What comes last in the order of reservations is counted on top of the tallies. What comes late is counted again with
what came behind it: for its payee in the same day (month, or all, as the caps ask), and for the rule on the days on
which its budget or caps can bind. A day on which everything passes before and after is only moved, one on which nothing
passes before and after is left.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.business_time import span_of
from graph_service.rebates.changes import Changes
from graph_service.rebates.gauges import State, read
from graph_service.rebates.limits import Limits, Reservation
from graph_service.rebates.passing import in_order, pass_payee
from graph_service.rebates.reserve_rule import RuleReserving
from graph_service.rebates.reserving_order import Closings, Place
from graph_service.rebates.rewinding import payee_before
from graph_service.rebates.tallies import Tallies, payee_tally, tally_id

Part = tuple[str, str]
"""Of whom and of what time something is counted: a group, and a day, a month or all."""


async def reserve(
    transaction: Transaction,
    rule: str,
    limits: Limits,
    closings: Closings,
    now: Mapping[str, Reservation],
    before: Mapping[str, Reservation],
    tallies: Tallies,
) -> list[Reservation]:
    """Lets everything of a rule pass that has to pass anew.

    Args:
        transaction: to read the graph.
        rule: its id.
        limits: over all its versions.
        closings: of periods.
        now: what the rule proposes for some events, by decision; is told what passes.
        before: what the graph holds of these events, by decision.
        tallies: takes what is counted anew.

    Returns:
        the reservations for further events that the limits treat differently now.
    """
    changes = Changes(limits.key(rule), limits, closings, now, before)
    if limits.limits_payees:
        await _Payees(transaction, changes, tallies).run()
    if limits.limits_rule:
        await RuleReserving(transaction, changes, tallies).run()
    else:
        for one in (*now.values(), *changes.others.values()):
            one.reserved = one.capped
    return list(changes.others.values())


class _Payees:
    """What passes the caps of payees."""

    def __init__(self, transaction: Transaction, changes: Changes, tallies: Tallies) -> None:
        self._transaction = transaction
        self._changes = changes
        self._tallies = tallies

    async def run(self) -> None:
        changes = self._changes
        changed: dict[Part, list[Reservation]] = defaultdict(list)
        is_grown: dict[Part, bool] = defaultdict(lambda: True)
        for name in sorted(changes.dirty):
            for one in changes.versions(name):
                if one.group is not None:
                    part = one.group, changes.limits.part_of(one.at)
                    changed[part].append(one)
                    is_grown[part] = is_grown[part] and name in changes.added
        ours: dict[Part, list[Reservation]] = defaultdict(list)
        for one in changes.now.values():
            if one.group is not None:
                ours[one.group, changes.limits.part_of(one.at)].append(one)
        names = {part: tally_id(changes.key, *part) for part in changed}
        stored = {
            row["tally"]["id"]: row["tally"]
            for row in await self._transaction.rows_of("rebates/tallies", sorted(names.values()))
        }
        late: dict[Part, tuple[Row, Reservation]] = {}
        for part, of_part in changed.items():
            tally = stored.get(names[part])
            if tally is None:
                self._count(part, {}, ours[part])
            elif is_grown[part] and changes.all_after(tally, of_part):
                self._count(part, read(tally["gauges"]), of_part)
            else:
                late[part] = tally, min(of_part, key=changes.place)
        await self._count_late(late, ours)

    async def _count_late(
        self, late: Mapping[Part, tuple[Row, Reservation]], ours: Mapping[Part, Sequence[Reservation]]
    ) -> None:
        """Counts parts again from the first change on, or from their beginning where that is not possible."""
        changes = self._changes
        again = {part for part, (_, first) in late.items() if not changes.closings.is_open(first.at)}
        behind = {part: first for part, (_, first) in late.items() if part not in again}
        for (group, part), found in (await self._others({one: first.at for one, first in behind.items()})).items():
            tally, first = late[group, part]
            since = changes.place(first)
            others = [one for one in found if changes.place(one) >= since]
            counted = [*others, *(one for one in changes.before.values() if self._is_of(one, (group, part), since))]
            state = payee_before(changes.limits, read(tally["gauges"]), first.at, counted)
            mine = [one for one in ours[group, part] if changes.place(one) >= since]
            if state is None or not (others or mine):
                again.add((group, part))
            else:
                self._count((group, part), state, [*others, *mine])
                changes.note_capped(others)
        for (group, part), others in (await self._others(dict.fromkeys(again))).items():
            self._count((group, part), {}, [*others, *ours[group, part]])
            changes.note_capped(others)

    def _is_of(self, one: Reservation, part: Part, since: Place) -> bool:
        changes = self._changes
        return (one.group, changes.limits.part_of(one.at)) == part and changes.place(one) >= since

    async def _others(self, since: Mapping[Part, int | None]) -> dict[Part, list[Reservation]]:
        """What the graph holds of further events, of each part from an instant on or from its beginning."""
        rows = []
        for (group, part), at in sorted(since.items()):
            begin, end = span_of(part)
            rows.append(
                {
                    "rule": self._changes.key,
                    "group": group,
                    "part": part,
                    "from": begin if at is None else at,
                    "to": end,
                }
            )
        found = await self._transaction.rows_of("rebates/reserved_of_payees", rows)
        return {(row["group"], row["part"]): self._changes.of_others(row["decisions"]) for row in found}

    def _count(self, part: Part, state: State, reservations: Sequence[Reservation]) -> None:
        changes = self._changes
        name = tally_id(changes.key, *part)
        if not reservations:
            self._tallies.drop(name)
            return
        last = reservations[0]
        for together in in_order(changes.closings, reservations):
            for one in together:
                before = one.capped
                pass_payee(changes.limits, state, one)
                if one.capped != before and one.proposal.id in changes.now:
                    changes.dirty.add(one.proposal.id)
            last = together[-1]
        self._tallies.put(payee_tally(name, changes.key, state, last))
