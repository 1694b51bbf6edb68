"""How a member came to be: which identifiers appeared, merged and split, as the facts tell it now.

It is told from the log by the policy in force, so late events and voids change it: it says what was so, not when the
service learned it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_service.errors import ServiceError
from graph_service.graph.driver import Transaction
from graph_service.members.as_of import fetch_as_of
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.people import Person
from graph_service.members.policy import Policy
from graph_service.moments import now

MOST_MOMENTS = 200
_LAST_ID = "\U0010ffff"

Groups = dict[str, frozenset[str]]
"""Who is together with whom, by identifier."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed at a moment; the time in microseconds.

    Attributes:
        at: when.
        kind: `APPEARED`, `MERGED`, or `SPLIT`.
        identifiers: the ids that are together since; of those that appeared, these alone.
        before: the groups that they were in before.
    """

    at: int
    kind: str
    identifiers: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()


async def history_of(transaction: Transaction, person: Person, policy: Policy, keys: IdentifierKeys) -> list[Change]:
    """The changes of whom a member's identifiers were one with, oldest first.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, when it was shown at more moments than can be told.
    """
    around = await fetch_as_of(transaction, person.ids, (now(), _LAST_ID), policy)
    watched = sorted(around.rows.keys() - around.shared)
    events = await transaction.rows_of("members/held_events", watched)
    moments = sorted({row["at"] for row in events if not row["voided"]})
    if len(moments) > MOST_MOMENTS:
        raise ServiceError(
            "LIMIT_EXCEEDED",
            f"history: {len(moments)} moments concern the member, at most {MOST_MOMENTS} are told.",
            remedy="Ask why two of its identifiers are one: whyOneMember.",
        )
    changes: list[Change] = []
    before: Groups = {}
    related = set(person.ids)
    for at in moments:
        around = await fetch_as_of(transaction, watched, (at, _LAST_ID), policy)
        groups: Groups = {}
        for together in around.decided(policy, keys).sets:
            groups |= dict.fromkeys(together, frozenset(together))
        related |= {one for one, group in groups.items() if group.intersection(person.ids)}
        changes += _changes(at, before, groups)
        before = groups
    return [change for change in changes if related.intersection(change.identifiers)]


def _changes(at: int, before: Groups, after: Groups) -> list[Change]:
    found: list[Change] = []
    appeared = sorted(after.keys() - before.keys())
    if appeared:
        found.append(Change(at, "APPEARED", tuple(appeared)))
    for group in _distinct(after):
        parts = {before[one] for one in group if one in before}
        if len(parts) > 1:
            found.append(Change(at, "MERGED", tuple(sorted(group)), _told(parts)))
    for group in _distinct(before):
        if len({after[one] for one in group if one in after}) > 1:
            parts = {after[one] for one in group if one in after}
            found += [Change(at, "SPLIT", tuple(sorted(part)), _told([group])) for part in sorted(parts, key=sorted)]
    return found


def _distinct(groups: Groups) -> list[frozenset[str]]:
    return sorted(set(groups.values()), key=sorted)


def _told(groups: Sequence[frozenset[str]] | set[frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(tuple(sorted(group)) for group in groups))
