"""The shortest way from one party to another over links in force, walked up or down.

Both ends grow towards each other, a layer at a time, so that a way between two stores of a distributor never looks at
the rest of the network. Where several ways are shortest, the one that goes by the smallest ids is taken; of several
links between the same two, the smallest relation. The ways are never listed one by one: in a network where every tier
has two suppliers their number doubles with each tier.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.channel.questions import DatedLink, parties_by_id, storable
from graph_service.errors import ServiceError
from graph_service.graph.driver import Row, Transaction

LONGEST_WAY = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A link as one of its ends sees it."""

    here: str
    there: str
    relation: str
    upwards: bool
    since: int
    since_event: str
    until: int | None

    @property
    def parent(self) -> str:
        """Who supplies, employs or serves."""
        return self.there if self.upwards else self.here

    @property
    def child(self) -> str:
        """Whom."""
        return self.here if self.upwards else self.there


class _End:
    """What was found from one end of the way, in layers of equal distance."""

    def __init__(self, start: str) -> None:
        self.layers = [{start}]
        self.steps: dict[str, list[Step]] = defaultdict(list)
        self._seen = {start}

    @property
    def layer(self) -> set[str]:
        return self.layers[-1]

    def grow(self, steps: Iterable[Step]) -> None:
        """Adds the layer that steps out of the last one lead to."""
        for step in steps:
            self.steps[step.here].append(step)
        reached = {step.there for here in self.layer for step in self.steps[here]}
        self.layers.append(reached - self._seen)
        self._seen |= reached


async def chain_path(transaction: Transaction, start: str, end: str, at: int) -> Sequence[DatedLink]:
    """The links of the shortest way; none when there is no way.

    A link at a party that nobody registered is walked but not shown.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, when the way would be longer than `LONGEST_WAY`.
    """
    if start == end or not (storable(start) and storable(end)):
        return []
    near, far = _End(start), _End(end)
    while near.layer and far.layer and not near.layer & far.layer:
        if len(near.layers) + len(far.layers) - 2 >= LONGEST_WAY:
            raise ServiceError(
                "LIMIT_EXCEEDED",
                f"The way is longer than {LONGEST_WAY} links, which is as far as it is followed.",
                remedy="Ask for parts of the way, between parties nearer to each other.",
            )
        growing = min(near, far, key=lambda one: len(one.layer))
        rows = await transaction.rows_of("channel/neighbours", sorted(growing.layer), at=at)
        growing.grow(_step(row) for row in rows)
    steps = _smallest(start, near, far) if near.layer and far.layer else []
    known = await parties_by_id(transaction, {party for step in steps for party in (step.parent, step.child)})
    return [
        DatedLink(step.relation, known[step.parent], known[step.child], step.since, step.since_event, step.until)
        for step in steps
        if step.parent in known and step.child in known
    ]


def _step(row: Row) -> Step:
    return Step(
        row["party"], row["other"], row["relation"], row["upwards"], row["from"], row["fromEvent"], row["until"]
    )


def _smallest(start: str, near: _End, far: _End) -> list[Step]:
    """The way by the smallest ids, of all that are shortest."""
    out = _steps_out(near, far)
    here, way = start, []
    for _ in range(len(near.layers) + len(far.layers) - 2):
        step = min(out[here], key=lambda step: (step.there, step.relation, step.parent))
        way.append(step)
        here = step.there
    return way


def _steps_out(near: _End, far: _End) -> Mapping[str, list[Step]]:
    """The steps of all shortest ways, by the party that they lead away from."""
    out: dict[str, list[Step]] = defaultdict(list)
    leading = near.layer & far.layer
    for layer in reversed(near.layers[:-1]):
        for here in layer:
            out[here] = [step for step in near.steps[here] if step.there in leading]
        leading = {here for here in layer if out[here]}
    for closer, layer in zip(far.layers[:-1], far.layers[1:], strict=True):
        for step in (step for there in closer for step in far.steps[there] if step.there in layer):
            back = Step(
                step.there, step.here, step.relation, not step.upwards, step.since, step.since_event, step.until
            )
            out[back.here].append(back)
    return out
