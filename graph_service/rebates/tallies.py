"""Tallies: running sums of what caps and budgets had let through, so that nothing is counted from the beginning.

(:Tally {id, rule, limits, gauges, at, recordedAt, event})                 of one payee's day, month, or all
(:Tally {…, day, missed, cut, shut})                                       of the rule, behind a business day
"""

import json
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.gauges import State, told
from graph_service.rebates.limits import REFUSED, Limits, Reservation
from graph_service.rebates.passing import Day, place_of, returned_at
from graph_service.rebates.reserving_order import Closings, Place, Segment


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


def tally_id(rule: str, *about: object) -> str:
    """The id of a tally, a function of what it counts."""
    return json.dumps([rule, *about], ensure_ascii=False)


def segment_of(tally: Row) -> Segment:
    """The day that a tally of a rule is behind."""
    return Segment(tally["day"], tally["missed"])


def payee_tally(name: str, rule: str, limits: Limits, state: State, last: Reservation) -> Row:
    """How the gauges of a payee stand behind its last reservation."""
    return {
        "id": name,
        "rule": rule,
        "limits": limits.fingerprint,
        "gauges": told(state),
        "at": last.at,
        "recordedAt": last.recorded_at,
        "event": last.proposal.trigger,
    }


def rule_tally(
    rule: str, limits: Limits, closings: Closings, segment: Segment, state: State, day: Day, before: Row | None
) -> Row:
    """How the gauges of the rule stand behind a day, and whether it let everything pass, or nothing."""
    steps: list[tuple[Place, tuple[int, int, str]]] = [
        (place_of(closings, one), (one.at, one.recorded_at, one.proposal.trigger)) for one in day.reservations
    ]
    for back, one in day.returned:
        place = returned_at(closings, back, one)
        moment = (back.at, back.recorded_at, back.event)
        late = place == place_of(closings, one)
        steps.append((place, (one.at, one.recorded_at, one.proposal.trigger) if late else moment))
    _, (at, recorded_at, event) = max(steps)
    cut = any(one.reserved != one.capped for one in day.reservations)
    shut = not day.returned and all(
        one.reserved[1] in REFUSED for one in day.reservations if one.capped[1] not in REFUSED
    )
    return {
        "id": tally_id(rule, None, segment.day, segment.missed),
        "rule": rule,
        "limits": limits.fingerprint,
        "day": segment.day,
        "missed": segment.missed,
        "gauges": told(state),
        "at": at,
        "recordedAt": recorded_at,
        "event": event,
        "cut": cut or (before is not None and before["cut"]),
        "shut": shut and (before is None or before["shut"]),
    }


async def write_tallies(transaction: Transaction, tallies: Tallies) -> None:
    """Writes tallies, and deletes those that count nothing any more."""
    await transaction.rows_of("rebates/delete_tallies", sorted(tallies.gone))
    await transaction.rows_of("rebates/write_tallies", [tallies.written[key] for key in sorted(tallies.written)])
