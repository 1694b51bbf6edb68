"""Tallies: running sums of what caps and budgets had let through, so that nothing is counted from the beginning.

(:Tally {id, rule, gauges, at, recordedAt, event})                         of one payee's day, month, or all
(:Tally {…, day, missed, returns, cutAt, passedAt})                        of the rule, behind a business day

`rule` is the key of the limits: the rule and what kinds of limits it has. `returns`: whether something gave back that
day; `cutAt`: when the first was cut, none where all passed; `passedAt`: when the first passed, none where nothing did.
"""

import json
from collections.abc import AsyncIterator, Set
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.gauges import State, told
from graph_service.rebates.limits import REFUSED, Reservation
from graph_service.rebates.passing import Day, place_of, returned_at, returned_by
from graph_service.rebates.reserving_order import Closings, Place, Segment

_PAGE = 5_000
_FORGOTTEN_AT_ONCE = 100_000


@dataclass(slots=True)
class Tallies:
    """Tallies to be written, as properties by id, and ids of those that count nothing any more."""

    written: dict[str, Row] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def put(self, row: Row) -> None:
        """Writes a tally."""
        self.written[row["id"]] = row
        self.gone.discard(row["id"])

    def drop(self, tally: str) -> None:
        """Deletes a tally."""
        self.written.pop(tally, None)
        self.gone.add(tally)


async def fetch_closings(transaction: Transaction) -> Closings:
    """The closings of periods in force."""
    rows = await transaction.run("rebates/closings")
    return Closings(tuple(sorted((row["recordedAt"], row["at"], row["event"], row["period"]) for row in rows)))


def tally_id(key: str, *about: object) -> str:
    """The id of a tally, a function of what it counts; `key` is that of the limits."""
    return json.dumps([key, *about], ensure_ascii=False)


def segment_of(tally: Row) -> Segment:
    """The day that a tally of a rule is behind."""
    return Segment(tally["day"], tally["missed"])


def payee_tally(name: str, key: str, state: State, last: Reservation) -> Row:
    """How the gauges of a payee stand behind its last reservation."""
    return {
        "id": name,
        "rule": key,
        "gauges": told(state),
        "at": last.at,
        "recordedAt": last.recorded_at,
        "event": last.proposal.trigger,
    }


def rule_tally(key: str, closings: Closings, segment: Segment, state: State, day: Day, before: Row | None) -> Row:
    """How the gauges of the rule stand behind a day, and whether it let everything pass, or nothing.

    Args:
        key: that of the limits.
        closings: of periods.
        segment: the day.
        state: the gauges behind it.
        day: what happened on it beside what `before` counts; not empty.
        before: the tally behind another part of that day.
    """
    steps: list[tuple[Place, tuple[int, int, str]]] = [
        (place_of(closings, one), (one.at, one.recorded_at, one.proposal.trigger)) for one in day.reservations
    ]
    steps += [(returned_at(closings, back, one), returned_by(closings, back, one)) for back, one in day.returned]
    earlier = before or {}
    if "at" in earlier:
        moment = (earlier["at"], earlier["recordedAt"], earlier["event"])
        steps.append((closings.place(*moment), moment))
    _, (at, recorded_at, event) = max(steps)
    cut = [one.at for one in day.reservations if one.reserved != one.capped]
    passed = [one.at for one in day.reservations if one.reserved[1] not in REFUSED]
    returned = earlier.get("returns", False) or bool(day.returned)
    row = {
        "id": tally_id(key, None, segment.day, segment.missed),
        "rule": key,
        "day": segment.day,
        "missed": segment.missed,
        "gauges": told(state),
        "at": at,
        "recordedAt": recorded_at,
        "event": event,
        "returns": returned,
        "cutAt": min([*cut, *([earlier["cutAt"]] if "cutAt" in earlier else [])], default=None),
        "passedAt": min([*passed, *([earlier["passedAt"]] if "passedAt" in earlier else [])], default=None),
    }
    return {name: value for name, value in row.items() if value is not None}


async def write_tallies(transaction: Transaction, tallies: Tallies) -> None:
    """Writes tallies, and deletes those that count nothing any more."""
    await transaction.rows_of("rebates/delete_tallies", sorted(tallies.gone))
    await transaction.rows_of("rebates/write_tallies", [tallies.written[key] for key in sorted(tallies.written)])


async def old_tallies(transaction: Transaction, rule: str, counted: Set[str]) -> AsyncIterator[Tallies]:
    """The tallies of a rule that count nothing any more, those under other kinds of limits included, page by page.

    Args:
        transaction: to read the graph.
        rule: its id.
        counted: ids of the tallies that count.
    """
    after = ""
    while True:
        rows = await transaction.run("rebates/tallies_after", **_whose(rule), after=after, limit=_PAGE)
        if gone := {row["id"] for row in rows} - counted:
            yield Tallies(gone=gone)
        if len(rows) < _PAGE:
            return
        after = rows[-1]["id"]


async def forget_tallies(transaction: Transaction, rule: str, key: str | None) -> None:
    """Deletes what was counted under other kinds of limits than a rule has now.

    What is too much for one transaction stays; nobody reads it, and deriving everything anew deletes it.
    """
    await transaction.run("rebates/forget_tallies", **_whose(rule), key=key or "", limit=_FORGOTTEN_AT_ONCE)


def _whose(rule: str) -> Row:
    """With what the ids of the tallies of a rule begin, and how many parts the keys of its limits have."""
    begin = json.dumps([f"{rule}:"], ensure_ascii=False)[:-2]
    return {"begin": begin, "parts": rule.count(":") + 2}
