"""The way of an item: the containers that held it, and everything that happened to it, oldest first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.goods.codes import code_of
from graph_service.goods.containment import Position, Stay
from graph_service.goods.questions import end_of
from graph_service.goods.read import EVER, fetch_goods, find_codes, stay_of
from graph_service.graph.driver import Row, Transaction
from graph_service.moments import now


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to an item.

    Attributes:
        at: when, in microseconds.
        event: its id.
        type: of the event, as in the contract.
        code: that the event named: the item's own, or of the container that it reached the item through.
        sender: party id.
        receiver: party id.
    """

    at: int
    event: str
    type: str
    code: str
    sender: str | None = None
    receiver: str | None = None

    @property
    def position(self) -> Position:
        """Where it stands in time."""
        return (self.at, self.event)


async def containers(transaction: Transaction, queries: Sequence[tuple[str, int | None]]) -> list[str | None]:
    """The code of the container that held each code then, as its packing named it; None for none.

    Args:
        transaction: to read in.
        queries: codes, each with an instant in microseconds; None for now.
    """
    present = now()
    found = await find_codes(transaction, {code for code, _ in queries})
    items = sorted({one.item for one in found.values()})
    pasts = {row["item"]: row for row in await transaction.rows_of("goods/pasts", items)}
    packings = await _packings(transaction, items)
    answers: list[str | None] = []
    for code, at in queries:
        if code not in found:
            answers.append(None)
            continue
        item = found[code].item
        past = pasts[item]
        gone = None if past["gone"] is None else (past["gone"][0], past["gone"][1])
        end = end_of(present if at is None else at)
        moves = _moves(packings[item], [stay_of(stay) for stay in past["stays"]], gone)
        before = [move for move in moves if move.position < end]
        answers.append(before[-1].code if before and before[-1].type == "goods.packed" else None)
    return answers


async def journeys(transaction: Transaction, queries: Sequence[tuple[str, int | None]]) -> list[list[Step]]:
    """Hand-overs and own containers, as far as they count, and all scans, oldest first.

    Args:
        transaction: to read in.
        queries: codes, each with an instant in microseconds up to which; None for now.
    """
    present = now()
    found = await find_codes(transaction, {code for code, _ in queries})
    items = sorted({one.item for one in found.values()})
    goods = await fetch_goods(transaction, items)
    packings = await _packings(transaction, items)
    scans: dict[str, list[Step]] = defaultdict(list)
    for row in await transaction.rows_of("goods/scanned_codes", items):
        scans[row["item"]].append(Step(row["at"], row["event"], "goods.scanned", row["code"]))
    answers: list[list[Step]] = []
    for code, at in queries:
        if code not in found:
            answers.append([])
            continue
        item = found[code].item
        story = goods.story(item, code)
        steps = [
            Step(one.at, one.event, one.type, one.code or code, one.sender, one.receiver) for one in story.hand_overs
        ]
        steps += _moves(packings[item], goods.stays.get(item, ()), story.gone)
        steps += scans[item]
        end = end_of(present if at is None else at)
        answers.append(sorted((step for step in steps if step.position < end), key=lambda step: step.position))
    return answers


async def _packings(transaction: Transaction, items: Sequence[str]) -> Mapping[str, list[Row]]:
    packings: dict[str, list[Row]] = defaultdict(list)
    for row in await transaction.rows_of("goods/packings", items):
        packings[row["item"]].append(row)
    return packings


def _moves(packings: Iterable[Row], stays: Sequence[Stay], gone: Position | None) -> list[Step]:
    """Those packings and unpackings of an item that count, oldest first.

    A packing counts when the item is inside that container right after it, which it is, too, when it was there before.
    """
    moves = []
    for row in packings:
        position = (row["at"], row["event"])
        if gone is not None and gone < position:
            continue
        in_container = [stay for stay in stays if stay.container == row["containerItem"]]
        if row["type"] == "goods.packed":
            counts = any(stay.since <= position and (stay.until or (EVER[1], "")) > position for stay in in_container)
        else:
            counts = any(stay.until == position for stay in in_container)
        if counts:
            moves.append(Step(row["at"], row["event"], row["type"], code_of(row["container"])))
    return sorted(moves, key=lambda move: move.position)
