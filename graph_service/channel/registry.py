"""Who parties were, and what products were, at a time: registrations replayed.

What a party is at a time is what its registrations up to then say together, a later one replacing what it names
(`attributes` as a whole); before the first, what the first says (`events.md`, small print). Products likewise.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Registration:
    """What an event says that a party or product is.

    Attributes:
        subject: id of the party, or SKU.
        at: since when, in microseconds.
        event: its id.
        recorded_at: when the log took it, in microseconds.
        fields: the fields that it names, as in the contract.
    """

    subject: str
    at: int
    event: str
    recorded_at: int
    fields: Mapping[str, Any]


class Registry:
    """Registrations of parties or of products."""

    def __init__(self, registrations: Iterable[Registration]) -> None:
        self._entries: dict[str, list[Registration]] = defaultdict(list)
        for entry in sorted(registrations, key=lambda entry: (entry.at, entry.event)):
            self._entries[entry.subject].append(entry)

    def known_by(self, instant: int) -> "Registry":
        """The registry without what was recorded later."""
        return Registry(
            entry for entries in self._entries.values() for entry in entries if entry.recorded_at <= instant
        )

    def get(self, subject: str | None, at: int) -> Mapping[str, Any]:
        """What was registered by then, else the earliest; empty for what nobody registered."""
        entries = self._entries.get(subject or "", ())
        state: dict[str, Any] = {}
        for entry in entries:
            if entry.at <= at or not state:
                state |= entry.fields
        return state

    def subjects(self) -> Iterable[str]:
        """All ids that have a registration."""
        return self._entries.keys()
