"""Why two identifiers are one person, or why they are not."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from tests.model.evidence import Pair, pair_of
from tests.model.identity import Identity, Refused
from tests.model.log import Fact
from tests.model.policy import Identifier, Policy, by_text


@dataclass(frozen=True)
class Proof:
    """The evidence for one pair."""

    a: Identifier
    b: Identifier
    events: tuple[str, ...]
    """In order of history; their number is the count."""
    sources: tuple[str, ...]
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Together:
    path: tuple[Proof, ...]
    """From the one asked about first to the other; each step from its `a` to its `b`."""
    by_device_alone: bool
    """Every path leads through a device between the two."""


@dataclass(frozen=True)
class Apart:
    reasons: tuple[str, ...]
    """Of one alone (`never_seen`, `blocked`, `shared_identifier`, `evicted_over_max_identifiers`), or of the pair
    (`unlinked`, `two_values_of_unique_namespace`)."""
    refused: tuple[Refused, ...]
    """The pairs that would have joined the two members."""


def proof(identity: Identity, a: Identifier, b: Identifier) -> Proof:
    facts: list[Fact] = identity.evidence.pairs[pair_of(a, b)]
    sources = {fact.body["source"] for fact in facts if "source" in fact.body}
    return Proof(a, b, tuple(fact.id for fact in facts), tuple(sorted(sources)), facts[0].at, facts[-1].at)


def why(identity: Identity, policy: Policy, a: Identifier, b: Identifier) -> Together | Apart:
    ours, theirs = identity.member_of(a), identity.member_of(b)
    if ours is None or theirs is None or ours != theirs:
        return apart(identity, a, b)
    without = shortest(identity.linked, a, b, lambda one: not policy.is_device(one))
    # Evicted identifiers have no member, but the evidence that led through them stands.
    path = without or shortest(identity.linked, a, b, lambda one: True)
    assert path is not None, "what is one member is connected"
    steps = tuple(proof(identity, one, next_) for one, next_ in pairwise(path))
    return Together(steps, by_device_alone=without is None)


def shortest(
    pairs: set[Pair], start: Identifier, end: Identifier, passable: Callable[[Identifier], bool]
) -> list[Identifier] | None:
    """The way with the fewest steps; of equal ones the one whose texts are smaller, from the start on."""
    ways = deque([[start]])
    met = {start}
    while ways:
        way = ways.popleft()
        if way[-1] == end:
            return way
        if way[-1] != start and not passable(way[-1]):
            continue
        neighbours = {b if a == way[-1] else a for a, b in pairs if way[-1] in (a, b)} - met
        met |= neighbours
        ways += [[*way, one] for one in sorted(neighbours, key=by_text)]
    return None


def apart(identity: Identity, a: Identifier, b: Identifier) -> Apart:
    pair = pair_of(a, b)
    reasons = [identity.nobody[one] for one in dict.fromkeys(pair) if one in identity.nobody]
    reasons += ["never_seen" for one in dict.fromkeys(pair) if one not in identity.evidence.seen]
    if pair in identity.evidence.apart:
        reasons.append("unlinked")
    if identity.evidence.spoiled(pair):
        reasons.append("two_values_of_unique_namespace")
    mine, others = identity.group_of(a), identity.group_of(b)
    refused = [
        one for one in identity.refused if (one.a in mine and one.b in others) or (one.a in others and one.b in mine)
    ]
    return Apart(tuple(dict.fromkeys(reasons)), tuple(refused))
