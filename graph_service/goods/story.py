"""What counts for one item, in order of time: the ground of every answer about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from graph_service.goods.containment import Position

OWNERSHIP_TYPES = frozenset(
    {"goods.commissioned", "goods.received", "goods.transferred", "goods.returned", "goods.destroyed"}
)


class HandOver(NamedTuple):
    """A fact that may count for an item.

    Attributes:
        at: when it happened, in microseconds.
        event: its id.
        recorded_at: when the log took it, in microseconds.
        type: of the event, as in the contract.
        code: the code that it named; None where it named a run of codes, and so the one asked about.
        depth: how many containers lie between: 0 where it named the item itself.
        sender: party id.
        receiver: party id.
        salesperson: party id, of a shipment.
        sku: what a commissioning says; the same for batch and level.
    """

    at: int
    event: str
    recorded_at: int
    type: str
    code: str | None
    depth: int = 0
    sender: str | None = None
    receiver: str | None = None
    salesperson: str | None = None
    sku: str | None = None
    batch: str | None = None
    level: str | None = None

    @property
    def position(self) -> Position:
        """Where it stands in time."""
        return self[:2]


class ScanOfItem(NamedTuple):
    """A consumer's scan of an item; `account` is None where it names no member."""

    at: int
    event: str
    recorded_at: int
    account: str | None

    @property
    def position(self) -> Position:
        """Where it stands in time."""
        return self[:2]


@dataclass(slots=True)
class Story:
    """The facts that count for an item, oldest first.

    Attributes:
        born: when it came to exist, by its own commissioning or as a container by its first packing.
        gone: when it was destroyed.
        opened: its first valid scan.
        commissionings: its own.
        hand_overs: those that count.
        verdicts: for each scan, by event id, why it is not valid; None for the one that is.
    """

    born: Position | None = None
    gone: Position | None = None
    opened: Position | None = None
    commissionings: list[HandOver] = field(default_factory=list)
    hand_overs: list[HandOver] = field(default_factory=list)
    verdicts: dict[str, str | None] = field(default_factory=dict)

    def first_valid(self, scans: Iterable[ScanOfItem]) -> Position | None:
        """Where the first valid one of scans that it was told without stands in time; None without one.

        Args:
            scans: of the item, oldest first.
        """
        return next((scan.position for scan in scans if _why_invalid(scan, self) is None), None)

    def commissioning(self, before: Position) -> HandOver | None:
        """Of several the latest before then tells SKU, batch and level; before the first, the first does."""
        return next(
            (one for one in reversed(self.commissionings) if one.position < before),
            self.commissionings[0] if self.commissionings else None,
        )


def story_of(
    facts: Iterable[HandOver],
    scans: Iterable[ScanOfItem] = (),
    *,
    asked: str | None = None,
    first_packing: Position | None = None,
) -> Story:
    """Replays the facts that reach an item.

    Args:
        facts: its own, and those of containers while they held it.
        scans: all scans of the item.
        asked: the code asked about, preferred where a fact names several codes of the item.
        first_packing: as a container, when something was first packed into it.
    """
    story = Story()
    named: dict[Position, HandOver] = {}
    for fact in sorted(facts, key=lambda one: (one.position, one.depth, one.code != asked, one.code or "")):
        named.setdefault(fact.position, fact)
    own_papers = any(one.type == "goods.commissioned" and one.depth == 0 for one in named.values())
    if not own_papers:
        story.born = first_packing
    for fact in named.values():
        _count(fact, story)
    for scan in sorted(scans, key=lambda one: one.position):
        story.verdicts[scan.event] = verdict = _why_invalid(scan, story)
        if verdict is None:
            story.opened = scan.position
    return story


def _count(fact: HandOver, story: Story) -> None:
    if story.gone is not None:
        return
    if fact.type == "goods.commissioned" and fact.depth == 0:
        story.born = story.born or fact.position
        story.commissionings.append(fact)
    if story.born is None or story.born > fact.position:
        return
    story.hand_overs.append(fact)
    if fact.type == "goods.destroyed":
        story.gone = fact.position


def _why_invalid(scan: ScanOfItem, story: Story) -> str | None:
    """The first reason in the contract's order, with the story as it stood just before the scan."""
    if scan.account is None:
        return "no_member"
    if story.born is None or story.born > scan.position:
        return "unknown_code"
    made = [one for one in story.commissionings if one.position < scan.position]
    if not made or made[-1].level != "UNIT":
        return "not_a_unit"
    if story.gone is not None and story.gone < scan.position:
        return "destroyed"
    return "code_already_consumed" if story.opened is not None else None
