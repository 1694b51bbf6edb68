"""The world that a log tells of, and every question that the contract lets one ask about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.model import ownership as owning
from tests.model import rebates
from tests.model.channel import Channel, Time
from tests.model.goods import Goods
from tests.model.log import Event, Fact, Key, Log, after, clock, instant
from tests.model.members import Members
from tests.model.rules import Rules


@dataclass(frozen=True)
class JourneyStep:
    event: str
    type: str
    at: datetime
    code: str
    sender: str | None = None
    receiver: str | None = None


class World:
    """A pure function of the set of accepted events."""

    def __init__(self, events: Iterable[Event], stamp: str | datetime | None = None) -> None:
        self._begin(Log(events).facts(stamp))

    def _begin(self, facts: list[Fact]) -> None:
        self.facts = facts
        self.clock = clock(facts)
        self.channel = Channel(facts)
        self._narrower: dict[int, World] = {}

    @cached_property
    def goods(self) -> Goods:
        return Goods(self.facts)

    @cached_property
    def members(self) -> Members:
        return Members(self.facts)

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.facts)

    def known_by(self, deadline: datetime) -> World:
        """The same world without what was recorded later; voids act whenever they were recorded."""
        facts = [fact for fact in self.facts if fact.recorded <= deadline]
        if len(facts) == len(self.facts):
            return self
        known = len(facts)  # deadlines that let in as many facts let in the same ones
        if known not in self._narrower:
            self._narrower[known] = narrower = World.__new__(World)
            narrower._begin(facts)
        return self._narrower[known]

    def ownership(
        self, code: str, at: Time = None, before: Key | None = None, known_by: datetime | None = None
    ) -> owning.Ownership:
        """As of a time, that moment's facts included; or for the question of an event: before its key."""
        if known_by:
            return self.known_by(known_by).ownership(code, at, before)
        moment = before[0] if before else instant(at)
        return owning.ownership(self.goods, self.channel, code, moment, before or after(at))

    def container(self, code: str, at: Time = None) -> str | None:
        return self.goods.container(code, after(at))

    def item(self, code: str) -> dict[str, Any]:
        """Level, sku and batch as its latest commissioning tells them."""
        made = self.goods.story(code).commissioning(after(None))
        return {name: made.body[name] if made else None for name in ("level", "sku", "batch")}

    def journey(self, code: str, at: Time = None) -> list[JourneyStep]:
        """Hand-overs, this item's own containers (not theirs), and all scans."""
        story, end = self.goods.story(code), after(at)
        steps = [(one.fact, one.via(code), one.sender, one.receiver) for one in story.hand_overs]
        steps += [(move.fact, move.container, None, None) for move in story.moves]
        steps += [(scan, scan.body["code"], None, None) for scan in story.scans]
        return [
            JourneyStep(fact.id, fact.type, fact.at, via, sender, receiver)
            for fact, via, sender, receiver in sorted(steps, key=lambda step: step[0].key)
            if fact.key < end
        ]

    def decisions(self) -> list[rebates.Decision]:
        return list(rebates.decisions(self))
