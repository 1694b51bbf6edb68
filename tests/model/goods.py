"""The goods replayed: what each code went through, and what that means for who owns it.

One pass over history moves the items in and out of containers and tells each fact to the items that it
reaches; a question then only reads one item's story up to its moment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tests.model.codes import Commissioning, Items, named_codes
from tests.model.log import Fact, Key
from tests.model.policy import Policy

OWNERSHIP = {"goods.commissioned", "goods.received", "goods.transferred", "goods.returned", "goods.destroyed"}
HAND_OVERS = OWNERSHIP | {"goods.shipped", "goods.sold"}


@dataclass(frozen=True)
class HandOver:
    fact: Fact
    named: tuple[str, ...]
    """The codes by which the fact named this item, or else the nearest container that held it; smallest first."""

    def via(self, asked: str) -> str:
        """The code that the fact named: of several the one asked about, else the smallest."""
        return asked if asked in self.named else self.named[0]

    @property
    def key(self) -> Key:
        return self.fact.key

    @property
    def sender(self) -> str | None:
        sender: str | None = self.fact.body.get("store" if self.fact.type == "goods.sold" else "from")
        return sender

    @property
    def receiver(self) -> str | None:
        fields = {"goods.commissioned": "holder", "goods.received": "party"}
        receiver: str | None = self.fact.body.get(fields.get(self.fact.type, "to"))
        return receiver


@dataclass(frozen=True)
class Move:
    """Into a container, or out of it."""

    fact: Fact
    container: str
    inside: bool


@dataclass
class Story:
    """What counts for one item, oldest first."""

    born: Key | None = None
    destroyed: Key | None = None
    opened: Fact | None = None
    """The first valid scan."""
    commissionings: list[Fact] = field(default_factory=list)
    hand_overs: list[HandOver] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    scans: list[Fact] = field(default_factory=list)
    """All of them, whether they count or not."""

    @property
    def alive(self) -> bool:
        return self.born is not None and self.destroyed is None

    def commissioning(self, before: Key) -> Fact | None:
        """Of several, the latest by then tells sku, batch and level; before the first, the first does."""
        by_then = [fact for fact in self.commissionings if fact.key < before]
        return next(iter(by_then[-1:] or self.commissionings), None)


class Goods:
    def __init__(self, facts: list[Fact], policy: Policy) -> None:
        self._policy = policy
        self.items = Items(facts)
        self.stories: dict[str, Story] = defaultdict(Story)
        self.verdicts: dict[str, str | None] = {}
        """Of every scan, by its id: why it is not valid; None for a valid one."""
        self._commissionings = [Commissioning(fact) for fact in facts if fact.type == "goods.commissioned"]
        self._parent: dict[str, str] = {}
        self._contents: dict[str, set[str]] = defaultdict(set)
        names = set(named_codes(facts))
        self._codes_of = {
            made.fact.id: [*made.codes, *(code for code in names if made.range and code in made.range)]
            for made in self._commissionings
        }
        self._with_papers = {self.items.of(code) for codes in self._codes_of.values() for code in codes}
        for name in names:
            self.stories[self.items.of(name)]  # from here on, an item without a story was named by nobody
        for fact in facts:
            if fact.type in {"goods.packed", "goods.unpacked"}:
                self._move(fact)
            elif fact.type == "goods.scanned":
                self._scan(fact)
            elif fact.type in HAND_OVERS:
                self._hand_over(fact)

    def story(self, code: str) -> Story:
        item = self.items.of(code)
        if item in self.stories:
            return self.stories[item]
        made = [one.fact for one in self._commissionings if code in one]
        return Story(
            born=made[0].key if made else None,
            commissionings=made,
            hand_overs=[HandOver(fact, (code,)) for fact in made],
        )

    def container(self, code: str, before: Key) -> str | None:
        """The code of the container, as the packing named it."""
        moves = [move for move in self.story(code).moves if move.fact.key < before]
        return moves[-1].container if moves and moves[-1].inside else None

    def scan_count(self, code: str) -> int:
        return len(self.story(code).scans)

    def _move(self, fact: Fact) -> None:
        container = self.items.of(fact.body["parent"])
        holder = self.stories[container]
        if fact.type == "goods.packed" and container not in self._with_papers and not holder.born:
            # Its first packing, whether or not any child may go in.
            holder.born = fact.key
        for code in fact.body["children"]:
            item = self.items.of(code)
            story = self.stories[item]
            inside = self._parent.get(item)
            if not story.alive:
                continue
            if fact.type == "goods.unpacked":
                if inside != container:
                    continue
                del self._parent[item]
                self._contents[container].discard(item)
            else:
                if not holder.alive or self._holds(item, container):
                    continue
                if inside is not None:
                    self._contents[inside].discard(item)
                # Packing into the container that holds it already is a packing that changes nothing.
                self._parent[item] = container
                self._contents[container].add(item)
            story.moves.append(Move(fact, fact.body["parent"], fact.type == "goods.packed"))

    def _holds(self, outer: str, inner: str | None) -> bool:
        while inner is not None and inner != outer:
            inner = self._parent.get(inner)
        return inner == outer

    def _hand_over(self, fact: Fact) -> None:
        codes = self._codes_of.get(fact.id) or fact.body.get("codes", [])
        if fact.type == "goods.commissioned":
            for item in dict.fromkeys(map(self.items.of, codes)):
                story = self.stories[item]
                if not story.destroyed:  # what was destroyed is not made again
                    story.born = story.born or fact.key
                    story.commissionings.append(fact)
        for item, named in self._reach(codes).items():
            story = self.stories[item]
            if story.alive:
                story.hand_overs.append(HandOver(fact, named))
                if fact.type == "goods.destroyed":
                    story.destroyed = fact.key

    def _reach(self, codes: list[str]) -> dict[str, tuple[str, ...]]:
        """Every item named or inside, and by which codes: its own, else the nearest container's."""
        named: dict[str, list[str]] = defaultdict(list)
        for code in sorted(set(codes)):
            named[self.items.of(code)].append(code)
        reached: dict[str, tuple[str, ...]] = {}
        layer = [(item, tuple(names)) for item, names in named.items()]
        while layer:
            below: list[tuple[str, tuple[str, ...]]] = []
            for item, names in layer:
                if item not in reached:
                    reached[item] = names
                    below += [(inner, names) for inner in self._contents.get(item, ())]
            layer = below
        return reached

    def _scan(self, fact: Fact) -> None:
        story = self.stories[self.items.of(fact.body["code"])]
        story.scans.append(fact)
        self.verdicts[fact.id] = verdict = why_invalid(fact, story, self._policy)
        if verdict is None:
            story.opened = fact


def why_invalid(scan: Fact, story: Story, policy: Policy) -> str | None:
    """`story` as it stands just before the scan; the first reason in the contract's order is told."""
    made = story.commissioning(scan.key)
    if policy.account(scan.body.get("member")) is None:
        return "no_member"
    if story.born is None:
        return "unknown_code"
    if made is None or made.body["level"] != "UNIT":
        return "not_a_unit"
    if story.destroyed:
        return "destroyed"
    return "code_already_consumed" if story.opened else None
