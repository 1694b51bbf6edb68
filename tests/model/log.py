"""The log: what was accepted, what is void, what time it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Event = dict[str, Any]
Key = tuple[datetime, str]
"""Where a fact stands in history: its `at`, and among equals its `id`, by code point."""

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
AFTER_ALL_IDS = "\U0010ffff" * 129


def instant(time: str | datetime | None) -> datetime:
    """An RFC 3339 time as a moment (to the microsecond); no time at all is the end of time."""
    if time is None:
        return END_OF_TIME
    return (datetime.fromisoformat(time) if isinstance(time, str) else time).astimezone(UTC)


def after(time: str | datetime | None) -> Key:
    """Behind every fact of that time, before any later one."""
    return instant(time), AFTER_ALL_IDS


@dataclass(frozen=True, eq=False)
class Fact:
    at: datetime
    id: str
    recorded: datetime
    type: str
    body: Event

    @property
    def key(self) -> Key:
        return self.at, self.id


def same_json(a: Any, b: Any) -> bool:
    """Equal JSON values: the order of keys is no difference, `true` and `1` are one."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    return bool(a == b)


class Log:
    """Valid events in order of arrival; which of them happened is decided only when it is read."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: dict[str, Event] = {}
        for event in events:
            self.receive(event)

    def receive(self, event: Event) -> str:
        """`accepted`, `duplicate` or `ID_CONFLICT`: what was accepted first stays."""
        known = self.events.setdefault(event["id"], event)
        if known is event:
            return "accepted"
        # `recordedAt` is content where the sender sent it: another one is another event.
        return "duplicate" if same_json(known, event) else "ID_CONFLICT"

    def facts(self, stamp: str | datetime | None = None) -> list[Fact]:
        """What happened, in order of history: every event that no void takes back.

        Events without a `recordedAt` were all recorded at `stamp` (default: the latest `at` there is).
        """
        facts = self.facts_with_voided(stamp)
        void = voided(facts)
        return [fact for fact in facts if fact.id not in void]

    def facts_with_voided(self, stamp: str | datetime | None = None) -> list[Fact]:
        """The same with what voids take back."""
        ats = {id_: instant(event["at"]) for id_, event in self.events.items()}
        stamped = instant(stamp) if stamp else max(ats.values(), default=END_OF_TIME)
        facts = [
            Fact(
                ats[id_],
                id_,
                instant(event["recordedAt"]) if "recordedAt" in event else stamped,
                event["type"],
                event,
            )
            for id_, event in self.events.items()
        ]
        facts.sort(key=lambda fact: fact.key)
        return facts


def voided(facts: list[Fact]) -> set[str]:
    """An event is void while an event in force voids it; a void may itself be void, or come first."""
    voids_of: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.type == "event.voided":
            voids_of[fact.body["voids"]].append(fact)
    in_force: dict[str, bool] = {fact.id: True for fact in facts if fact.id not in voids_of}
    open_ = [fact for fact in facts if fact.id in voids_of]
    while open_:
        for fact in open_:
            said = [in_force.get(void.id) for void in voids_of[fact.id]]
            if True in said:
                in_force[fact.id] = False
            elif None not in said:
                in_force[fact.id] = True
        left = [fact for fact in open_ if fact.id not in in_force]
        if len(left) == len(open_):
            # A void has one target, so whoever is left stands in a circle of voids. The contract is
            # silent; the last word is in force, and the others follow from it.
            in_force[left.pop().id] = True
        open_ = left
    return {id_ for id_, stands in in_force.items() if not stands}


def clock(facts: list[Fact]) -> datetime:
    """The log's own time: the latest moment it recorded, or was told of."""
    told = [instant(fact.body["through"]) for fact in facts if "through" in fact.body]
    return max([fact.recorded for fact in facts] + told, default=END_OF_TIME)
