"""The log: facts gathered in any order, then numbered as they happened and handed out as they arrived."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .knobs import Knobs

Fields = dict[str, Any]
# By how many minutes late things are late: phones without a signal, receipts entered at the weekend.
LATENESS = {"goods.scanned": (60, 3 * 1440), "goods.received": (120, 5 * 1440)}
USUAL_LATENESS = (10, 720)


@dataclass(eq=False)
class Event:
    """One fact. Its id is known when all facts are; a void names the event itself until then."""

    type: str
    at: datetime
    fields: Fields
    arrives: datetime | None
    is_numbered_last: bool = False
    id: str = ""

    def line(self) -> Fields:
        """The event as the contract writes it."""
        fields = {key: value.id if isinstance(value, Event) else value for key, value in self.fields.items()}
        return {"id": self.id, "type": self.type, "at": self.at.isoformat(), **fields}


class Log:
    """Gathers the facts of the network; what lies after the last day has not happened yet and is left out."""

    def __init__(self, knobs: Knobs, start: datetime) -> None:
        self.start = start
        self.end = start + timedelta(days=knobs.days)
        self._knobs = knobs
        self._chance = knobs.chance("arrival")
        self._events: list[Event] = []

    def add(
        self,
        kind: str,
        at: datetime,
        fields: Fields,
        arrives: datetime | None = None,
        *,
        is_numbered_last: bool = False,
    ) -> Event:
        """Note a fact; one with a given arrival arrives then and once, the others by chance."""
        event = Event(kind, at, fields, arrives, is_numbered_last)
        if at < self.end:
            self._events.append(event)
        return event

    def void(self, target: Event, at: datetime, reason: str, arrives: datetime | None = None) -> Event:
        """Take a fact back."""
        return self.add("event.voided", at, {"voids": target, "reason": reason}, arrives)

    def lines(self) -> Iterator[Fields]:
        """The events in order of arrival, duplicates included."""
        # Facts of one second keep the order in which they were noted: a cause comes before its effect.
        numbered = sorted(self._events, key=lambda event: (event.is_numbered_last, event.at))
        for number, event in enumerate(numbered, start=1):
            event.id = f"evt-{number:06d}"
        arrivals = [arrival for event in self._events for arrival in self._arrivals(event)]
        for _, event in sorted(arrivals, key=lambda arrival: (arrival[0], arrival[1].id)):
            yield event.line()

    def _arrivals(self, event: Event) -> Iterator[tuple[datetime, Event]]:
        if event.arrives:
            yield event.arrives, event
            return
        chance = self._chance
        arrives = event.at + timedelta(seconds=chance.randint(1, 60))
        if chance.random() < self._knobs.late_share:
            arrives += timedelta(minutes=chance.randint(*LATENESS.get(event.type, USUAL_LATENESS)))
        yield arrives, event
        if chance.random() < self._knobs.duplicate_share:
            yield arrives + timedelta(seconds=chance.randint(5, 2 * 86_400)), event
