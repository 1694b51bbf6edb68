"""Sightings: the identifiers that an event shows, list by list, and what the policy makes of them.

    (:Event)-[:SHOWS {list, place, sent, unfit, erased}]->(:Identifier {id, type, app, sealed})

`sent` holds other spellings than the compared one, sealed, because what the policy blocks is tested before a phone is
normalised. `place` is the identifier's place in its list by text, kept because a leaving erases the values. `unfit`
says why a sighting links nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from graph_service.graph.driver import Row
from graph_service.intake.fields import Identifier
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier, plain
from graph_service.members.policy import BLOCKED, TWO_VALUES, Policy

OPERATOR_TYPES = frozenset({"member.linked", "member.unlinked", "member.released"})
"""Events in which an operator speaks of two identifiers, its two lists of one."""

SHOW_NOBODY = frozenset({"member.unlinked", "member.released"})
"""Those that are no sightings: whom only they name is no member. They hold whatever was erased."""

Pair = tuple[str, str]
"""Ids of two identifiers, the smaller one first."""


class Sighting(NamedTuple):
    """An identifier in a list of an event.

    Attributes:
        list: the list's number.
        place: in the list, by text.
        identifier: its id.
        compared: as it is compared.
        spellings: as it was sent, trimmed.
        row: what the graph gets of it.
        is_blocked: of one that was erased, and so has no spellings: whether it is blocked by what is remembered of it.
    """

    list: int
    place: int
    identifier: str
    compared: PlainIdentifier
    spellings: tuple[str, ...]
    row: Row
    is_blocked: bool = False


def sightings(event: str, lists: Sequence[Sequence[Identifier]], keys: IdentifierKeys) -> list[Sighting]:
    """The identifiers that an event shows, each once a list, sealed."""
    made: list[Sighting] = []
    for number, shown in enumerate(lists):
        spelt: dict[PlainIdentifier, list[str]] = defaultdict(list)
        for one in shown:
            spelt[plain(one.type, one.value, one.app)].append(one.value.strip())
        for place, (compared, spellings) in enumerate(sorted(spelt.items(), key=lambda one: one[0].order)):
            identifier = keys.id_of(compared)
            row: Row = {
                "event": event,
                "list": number,
                "place": place if len(spelt) > 1 else None,
                "identifier": identifier,
                "type": compared.type,
                "app": compared.app,
                "sealed": keys.seal(compared.value),
            }
            if set(spellings) != {compared.value}:
                row["sent"] = [keys.seal(spelling) for spelling in spellings]
            made.append(Sighting(number, place, identifier, compared, tuple(spellings), row))
    return made


def unfit_of(shown: Sequence[Sighting], policy: Policy) -> dict[tuple[int, str], str]:
    """Which sightings of an event link nothing, and why, by list and identifier.

    What is blocked in each of its spellings was not even seen; two values of a unique namespace in one of its lists
    spoil the event.
    """
    unfit: dict[tuple[int, str], str] = {}
    kinds: dict[int, list[str]] = defaultdict(list)
    for one in shown:
        if one.is_blocked or (one.spellings and all(policy.blocks(spelling) for spelling in one.spellings)):
            unfit[one.list, one.identifier] = BLOCKED
        else:
            kinds[one.list].append(one.compared.type)
    if any(policy.has_two_values(listed) for listed in kinds.values()):
        return {(one.list, one.identifier): TWO_VALUES for one in shown} | unfit
    return unfit


def pairs_of(event_type: str, shown: Iterable[tuple[int, str]]) -> set[Pair]:
    """The pairs of identifiers that an event says something about.

    Args:
        event_type: as in the contract.
        shown: (list, identifier) of its sightings that are not blocked.
    """
    lists: dict[int, set[str]] = defaultdict(set)
    for number, identifier in shown:
        lists[number].add(identifier)
    if event_type in OPERATOR_TYPES:
        return {pair_of(a, b) for a in lists[0] for b in lists[1] if a != b}
    return {pair for listed in lists.values() for pair in combinations(sorted(listed), 2)}


def pair_of(a: str, b: str) -> Pair:
    """Two identifiers in the order in which a pair names them."""
    return (a, b) if a < b else (b, a)


def strongest(kinds: Mapping[str, str], policy: Policy, place_of: Callable[[str], int]) -> str | None:
    """The identifier whose account an entry goes to: by priority, then by text; None when there is none.

    Args:
        kinds: the type of each identifier that is not blocked, by id.
        policy: in force.
        place_of: where identifiers stand by text; asked only where priorities are equal.
    """
    if not kinds:
        return None
    best = min(policy.priority(kind) for kind in kinds.values())
    tied = [identifier for identifier, kind in kinds.items() if policy.priority(kind) == best]
    return tied[0] if len(tied) == 1 else min(tied, key=place_of)


def account_in(
    shown: Iterable[Sighting], number: int, unfit: Mapping[tuple[int, str], str], policy: Policy
) -> str | None:
    """The account of the member that a list names; None where all of it is blocked."""
    there = {
        one.identifier: one for one in shown if one.list == number and unfit.get((number, one.identifier)) != BLOCKED
    }
    return strongest({key: one.compared.type for key, one in there.items()}, policy, lambda key: there[key].place)
