"""Which identifiers are one member (`contract/identity.md`, 4 to 6): a function of evidence and policy, no database."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from graph_service.members.identifiers import TextOrder
from graph_service.members.policy import Policy
from graph_service.members.sightings import Pair

LIMIT_EXCEEDED = "limit_exceeded"
UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier that was seen and is not shared; times in microseconds."""

    id: str
    type: str
    first_seen: int
    last_seen: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Two identifiers that something links; times in microseconds.

    Attributes:
        pair: their ids.
        first: the first evidence, an operator's link included.
        last: the latest.
        by_operator: whether an operator linked them.
    """

    pair: Pair
    first: int
    last: int
    by_operator: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A pair that was not linked.

    Attributes:
        pair: the ids.
        reason: `limit_exceeded` or `unlinked`.
        namespace: of which the union would hold too many.
        rivals: the identifiers that stand against it: those of the namespace that the union would hold, or the two
            that an operator keeps apart; told where they are asked for.
    """

    pair: Pair
    reason: str
    namespace: str | None
    rivals: tuple[str, ...]


@dataclass(slots=True)
class Outcome:
    """What became of identifiers.

    Attributes:
        member: the seed by identifier; evicted ones are not in it.
        evicted: those that their member is too large for.
        refused: pairs that were not linked.
        linked: ties that joined two sets, in the order in which they were taken.
        sets: the identifiers that ended together, evicted ones included.
    """

    member: dict[str, str] = field(default_factory=dict)
    evicted: set[str] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)
    linked: list[Tie] = field(default_factory=list)
    sets: list[set[str]] = field(default_factory=list)


def decide(
    known: Mapping[str, Known],
    ties: Iterable[Tie],
    apart: Iterable[Pair],
    policy: Policy,
    order_of: Callable[[str], TextOrder],
    *,
    rivals: bool = False,
) -> Outcome:
    """Decides which identifiers are one member.

    Args:
        known: whole raw components of them, by id.
        ties: between them.
        apart: pairs that an operator keeps apart.
        policy: in force.
        order_of: what orders identifiers by text; asked only for what nothing else tells apart.
        rivals: whether refused pairs are to name theirs.
    """
    outcome = Outcome()
    sets = _Sets(known, apart, policy, order_of)
    for tie in _in_order([tie for tie in ties if _links(tie, known, policy)], known, policy, order_of):
        a, b = sets.root(tie.pair[0]), sets.root(tie.pair[1])
        if a == b:
            continue
        against = sets.against(a, b)
        if against is None:
            sets.unite(a, b)
            outcome.linked.append(tie)
        else:
            reason, namespace = against
            told = sets.rivals(a, b, namespace) if rivals else ()
            outcome.refused.append(Refused(tie.pair, reason, namespace, told))
    for members in sets.all():
        outcome.sets.append(members)
        kept, evicted = _cut([known[one] for one in members], policy, order_of)
        outcome.evicted |= {one.id for one in evicted}
        outcome.member |= dict.fromkeys((one.id for one in kept), seed_of(kept, policy, order_of))
    return outcome


def _links(tie: Tie, known: Mapping[str, Known], policy: Policy) -> bool:
    """What the policy does not name links nothing."""
    return all(one in known and policy.names(known[one].type) for one in tie.pair)


def _in_order(
    ties: list[Tie], known: Mapping[str, Known], policy: Policy, order_of: Callable[[str], TextOrder]
) -> list[Tie]:
    def rank(tie: Tie) -> tuple[bool, bool, int, int]:
        kinds = [known[one].type for one in tie.pair]
        return (
            not tie.by_operator,
            any(policy.is_device(kind) for kind in kinds),
            -tie.last if policy.latest_wins else tie.first,
            sum(policy.priority(kind) for kind in kinds),
        )

    def text(tie: Tie) -> tuple[tuple[str, str], list[TextOrder]]:
        smaller, larger = sorted(map(order_of, tie.pair))
        return (smaller[0], larger[0]), [smaller, larger]

    ranked = sorted(((rank(tie), tie) for tie in ties), key=itemgetter(0))
    return [tie for _, same in groupby(ranked, itemgetter(0)) for tie in _tied([tie for _, tie in same], text)]


def _tied(items: list[Any], text: Callable[[Any], Any]) -> list[Any]:
    """Equals in the order of their text, which must be opened for it."""
    return items if len(items) == 1 else sorted(items, key=text)


def seed_of(members: Iterable[Known], policy: Policy, order_of: Callable[[str], TextOrder]) -> str:
    """The identifier that a member goes by: seen first, then the strongest, then the smallest text."""
    ranked = [((one.first_seen, policy.priority(one.type)), one.id) for one in members]
    best = min(rank for rank, _ in ranked)
    found = _tied([one for rank, one in ranked if rank == best], order_of)
    return str(found[0])


def _cut(members: list[Known], policy: Policy, order_of: Callable[[str], TextOrder]) -> tuple[list[Known], list[Known]]:
    """What a member keeps and loses: devices first, then those seen longest ago, then by text."""
    surplus = len(members) - policy.max_identifiers
    if surplus <= 0:
        return members, []

    def rank(one: Known) -> tuple[bool, int]:
        return not policy.is_device(one.type), one.last_seen

    ranked = sorted(members, key=rank)
    ordered = [one for _, same in groupby(ranked, rank) for one in _tied(list(same), lambda one: order_of(one.id))]
    return ordered[surplus:], ordered[:surplus]


class _Sets:
    """Identifiers that are together so far, with what their union is tested by."""

    def __init__(
        self,
        known: Mapping[str, Known],
        apart: Iterable[Pair],
        policy: Policy,
        order_of: Callable[[str], TextOrder],
    ) -> None:
        self._order_of = order_of
        self._known = known
        self._policy = policy
        self._parent = {one: one for one in known}
        self._members = {one: {one} for one in known}
        self._limited = {
            one: Counter([known[one].type] if policy.most(known[one].type) is not None else []) for one in known
        }
        self._apart: dict[str, set[str]] = defaultdict(set)
        for a, b in apart:
            self._apart[a].add(b)
            self._apart[b].add(a)

    def root(self, one: str) -> str:
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def against(self, a: str, b: str) -> tuple[str, str | None] | None:
        """Why two sets can't be one: reason and namespace; an operator's word goes before limits."""
        if self._kept_apart(a, b):
            return UNLINKED, None
        few, many = sorted((self._limited[a], self._limited[b]), key=len)
        full = [kind for kind in few if few[kind] + many[kind] > (self._policy.most(kind) or 0)]
        if not full:
            return None
        namespace = min(full, key=lambda kind: (self._policy.priority(kind), kind))
        return LIMIT_EXCEEDED, namespace

    def rivals(self, a: str, b: str, namespace: str | None) -> tuple[str, ...]:
        """Who stands against the union of two sets: those of a namespace, else the first two that are kept apart."""
        if namespace is None:
            return tuple(sorted(min(self._kept_apart(a, b), key=lambda pair: sorted(map(self._order_of, pair)))))
        return tuple(sorted(x for x in self._members[a] | self._members[b] if self._known[x].type == namespace))

    def _kept_apart(self, a: str, b: str) -> list[Pair]:
        if not self._apart:
            return []
        small, large = sorted((self._members[a], self._members[b]), key=len)
        return [(one, other) for one in small & self._apart.keys() for other in self._apart[one] & large]

    def unite(self, a: str, b: str) -> None:
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        self._parent[b] = a
        self._members[a] |= self._members.pop(b)
        self._limited[a] += self._limited.pop(b)

    def all(self) -> Iterable[set[str]]:
        return self._members.values()
