"""Which events are in force: an event is void while a void in force names it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_service.graph.driver import Transaction


@dataclass(frozen=True, slots=True)
class Void:
    """An `event.voided`: its position in time, and the event that it voids."""

    at: int
    event: str
    target: str


def voided(events: Iterable[str], voids: Iterable[Void]) -> dict[str, bool]:
    """Whether each of the events is void.

    A void may itself be void. Where voids void each other in a circle, the last of them by (`at`, `id`) is in force
    and the others follow.

    Args:
        events: ids.
        voids: all that name one of them, directly or through other voids.
    """
    against: dict[str, list[Void]] = defaultdict(list)
    for void in voids:
        against[void.target].append(void)
    ordered = sorted(voids, key=lambda void: (void.at, void.event))
    in_force: dict[str, bool] = {}

    def settle(event: str) -> None:
        said = [in_force.get(void.event) for void in against[event]]
        if True in said:
            in_force[event] = False
        elif None not in said:
            in_force[event] = True

    while undecided := [void.event for void in ordered if void.event not in in_force]:
        for event in undecided:
            settle(event)
        if all(event not in in_force for event in undecided):
            in_force[undecided[-1]] = True
    for event in events:
        # A void stands as it was settled: the last of a circle is in force, whatever names it.
        if event not in in_force:
            settle(event)
    return {event: not in_force[event] for event in events}


async def derive_voids(
    transaction: Transaction, events: Iterable[str], *, all_marks: bool = False, write: bool = True
) -> set[str]:
    """Marks what events void or restore, and whether they are void themselves.

    Args:
        transaction: to read and write in.
        events: ids; new ones are not marked yet.
        all_marks: whether to look at the marks of events that no void speaks of.
        write: whether to change marks.

    Returns:
        ids of the events whose mark changed.
    """
    new = set(events)
    voids: dict[str, Void] = {}
    seen: set[str] = set()
    waiting = set(new)
    while waiting:
        seen |= waiting
        rows = await transaction.rows_of("intake/voids_around", sorted(waiting))
        found = {row["event"]: Void(row["at"], row["event"], row["voids"]) for row in rows}
        voids |= found
        waiting = {void.event for void in found.values()} | {void.target for void in found.values()}
        waiting -= seen
    if not voids and not all_marks:
        return set()
    targets = {void.target for void in voids.values()}
    marks = await _marks(transaction, targets | new if all_marks else targets)
    now = voided(marks, voids.values())
    changed = {event for event, mark in now.items() if marks[event] != mark}
    if write:
        await transaction.rows_of(
            "intake/mark_voided", [{"event": event, "voided": now[event]} for event in sorted(changed)]
        )
    return changed


async def _marks(transaction: Transaction, events: Iterable[str]) -> Mapping[str, bool]:
    return {row["event"]: row["voided"] for row in await transaction.rows_of("intake/voided", sorted(events))}
