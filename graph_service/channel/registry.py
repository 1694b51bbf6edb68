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
    """Registrations of parties or of products, as far as they were recorded by an instant."""

    def __init__(self, registrations: Iterable[Registration] = (), limit: int | None = None) -> None:
        self._entries: dict[str, list[Registration]] = defaultdict(list)
        self._limit = limit
        self.learn(registrations)

    def learn(self, registrations: Iterable[Registration]) -> list[Registration]:
        """Takes in all registrations of further subjects; of those it knows it has all already.

        Returns:
            those that it did not know.
        """
        new = [entry for entry in registrations if entry.subject not in self._entries]
        for entry in sorted(new, key=lambda entry: (entry.at, entry.event)):
            self._entries[entry.subject].append(entry)
        return new

    def known_by(self, instant: int) -> "Registry":
        """The registry without what was recorded later; it shares the rest."""
        early = Registry((), instant)
        early._entries = self._entries
        return early

    def get(self, subject: str | None, at: int) -> Mapping[str, Any]:
        """What was registered by then, else the earliest; empty for what nobody registered."""
        state: dict[str, Any] = {}
        for entry in self._entries.get(subject or "", ()):
            if self._limit is not None and entry.recorded_at > self._limit:
                continue
            if entry.at <= at or not state:
                state |= entry.fields
        return state

    def holders_of(self, field: str) -> Mapping[str, set[str]]:
        """By each value of a field the subjects that were ever said to have it."""
        return holders_in((entry for entries in self._entries.values() for entry in entries), field)


def holders_in(registrations: Iterable[Registration], field: str) -> Mapping[str, set[str]]:
    """By each value of a field the subjects that registrations say to have it."""
    holders: dict[str, set[str]] = defaultdict(set)
    for entry in registrations:
        if entry.fields.get(field) is not None:
            holders[entry.fields[field]].add(entry.subject)
    return holders
