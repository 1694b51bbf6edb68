"""Who is who: a partition of the identifiers, by one policy, on some evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tests.model.evidence import NEVER, Evidence, Pair
from tests.model.log import END_OF_TIME
from tests.model.policy import Identifier, Policy, by_text


class Refused(NamedTuple):
    a: Identifier
    b: Identifier
    reason: str
    """`limit:` and the namespace that would hold too much, or `unlinked`."""
    rival: Identifier | None
    """Who stands in the way: of the values there are too many of, or of the two kept apart, the first by text that is
    not of the pair itself; None where the pair itself is all there is."""


@dataclass(frozen=True)
class Member:
    seed: Identifier
    """The service's id is a keyed function of it."""
    identifiers: tuple[Identifier, ...]
    """By text. Each has an id, and all of these resolve to the member: `formerIds` lists them, the seed's included."""

    @property
    def formers(self) -> tuple[Identifier, ...]:
        return self.identifiers


class Identity:
    def __init__(self, evidence: Evidence, policy: Policy) -> None:
        self.evidence = evidence
        self.policy = policy
        self.shared = self._shared()
        self.nobody: dict[Identifier, str] = dict.fromkeys(self.shared, "shared_identifier")
        """Who was seen and belongs to no member, and why."""
        self.linked: set[Pair] = set()
        """The pairs that hold members together."""
        self.refused: list[Refused] = []
        self._group = {one: {one} for one in evidence.seen if one not in self.shared}
        for pair in sorted(filter(self._links, evidence.pairs), key=self._rank):
            self._link(pair)
        groups = {id(group): group for group in self._group.values()}.values()
        self._member: dict[Identifier, Member] = {}
        for group in groups:
            kept = self._within_size(group)
            member = Member(min(kept, key=self._seniority), tuple(sorted(kept, key=by_text)))
            self._member |= dict.fromkeys(kept, member)
            self.nobody |= dict.fromkeys(group - kept, "evicted_over_max_identifiers")

    def members(self) -> list[Member]:
        return sorted(set(self._member.values()), key=lambda member: by_text(member.seed))

    def member_of(self, identifier: Identifier) -> Member | None:
        return self._member.get(identifier)

    def group_of(self, identifier: Identifier) -> set[Identifier]:
        """All that were linked, evicted ones included."""
        return self._group.get(identifier, {identifier})

    # --- shared identifiers -------------------------------------------------------------------------------

    def _shared(self) -> set[Identifier]:
        return {one for one, others in self.evidence.company().items() if self._is_shared(one, others)}

    def _is_shared(self, identifier: Identifier, others: set[Identifier]) -> bool:
        most = self.policy.max_members(identifier)
        types = [type_ for type_, _, _ in others if self.policy.is_unique(type_)]
        return most is not None and any(types.count(type_) > most for type_ in types)

    # --- linking ------------------------------------------------------------------------------------------

    def _links(self, pair: Pair) -> bool:
        """What the policy does not name links nothing, by an operator's word neither."""
        return all(one in self._group and self.policy.names(one) for one in pair)

    def _rank(self, pair: Pair) -> tuple[object, ...]:
        facts = self.evidence.pairs[pair]
        # A pair has one first and one last time, an operator's link among them.
        age = END_OF_TIME - facts[-1].at if self.policy.latest_first else facts[0].at - NEVER
        return (
            pair not in self.evidence.by_operator,
            any(map(self.policy.is_device, pair)),
            age,
            sum(map(self.policy.priority, pair)),
            *zip(*sorted(map(by_text, pair)), strict=True),
        )

    def _link(self, pair: Pair) -> None:
        a, b = pair
        union = self._group[a] | self._group[b]
        refused = self._refusal(pair, union)
        if refused:
            self.refused.append(refused)
        else:
            self.linked.add(pair)
            self._group |= dict.fromkeys(union, union)

    def _refusal(self, pair: Pair, union: set[Identifier]) -> Refused | None:
        """An operator's word first, then the namespaces by priority and name: one reason is told."""
        apart = sorted(self.evidence.apart, key=lambda each: [by_text(one) for one in each])
        found = [("unlinked", set(each)) for each in apart if set(each) <= union]
        for one in sorted(union, key=lambda one: (self.policy.priority(one), one[0])):
            values = {other for other in union if other[0] == one[0]}
            limit = self.policy.limit(one[0])
            if limit is not None and len(values) > limit:
                found.append((f"limit:{one[0]}", values))
        if not found:
            return None
        reason, against = found[0]
        return Refused(*pair, reason, min(against - set(pair), key=by_text, default=None))

    # --- size and seed ------------------------------------------------------------------------------------

    def _within_size(self, group: set[Identifier]) -> set[Identifier]:
        first_to_go = sorted(
            group, key=lambda one: (not self.policy.is_device(one), self.evidence.last_seen(one), by_text(one))
        )
        return set(first_to_go[max(0, len(group) - self.policy.max_identifiers) :])

    def _seniority(self, identifier: Identifier) -> tuple[object, ...]:
        return self.evidence.first_seen(identifier), self.policy.priority(identifier), by_text(identifier)
