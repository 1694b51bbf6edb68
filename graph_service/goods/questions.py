"""The questions about items: what a code is, and who owned it at a time. For one code and for many alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.channel.read import fetch_channel
from graph_service.goods.containment import Position
from graph_service.goods.ownership import Ownership, ownership
from graph_service.goods.read import fetch_goods, find_codes
from graph_service.graph.driver import Transaction
from graph_service.moments import now

# Behind every id: the facts of the very instant that is asked about count.
_AFTER_ALL_IDS = "\U0010ffff" * 129


@dataclass(frozen=True, slots=True)
class Answer:
    """Who owned a code; `at` is in microseconds."""

    code: str
    at: int
    ownership: Ownership


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What the events say that a code is.

    Attributes:
        code: as asked.
        key: of its item; codes that are aliases have one.
        level: `UNIT`, `CARTON` or `PALLET`; None for what nobody commissioned. The same for SKU and batch.
        scan_count: all scans, valid or not.
    """

    code: str
    key: str
    level: str | None
    sku: str | None
    batch: str | None
    scan_count: int


def end_of(at: int) -> Position:
    """The position behind all facts of an instant."""
    return (at, _AFTER_ALL_IDS)


async def ownerships(transaction: Transaction, queries: Sequence[tuple[str, int | None]]) -> list[Answer]:
    """Who owned codes, in the order asked; one that no event has named is `UNKNOWN`.

    Args:
        transaction: to read in.
        queries: codes, each with an instant in microseconds; None for now.
    """
    present = now()
    found = await find_codes(transaction, {code for code, _ in queries})
    goods = await fetch_goods(transaction, {one.item for one in found.values()})
    channel = await fetch_channel(transaction, parties=goods.receivers(), skus=goods.skus())
    stories = {code: goods.story(one.item, code) for code, one in found.items()}
    asked = [(code, present if at is None else at) for code, at in queries]
    answers = {
        (code, at): Answer(code, at, ownership(stories[code], channel, at, end_of(at)))
        if code in stories
        else Answer(code, at, Ownership("UNKNOWN"))
        for code, at in dict.fromkeys(asked)
    }
    return [answers[query] for query in asked]


async def items(transaction: Transaction, codes: Iterable[str]) -> Mapping[str, KnownItem]:
    """What codes are; those that no event in force names are left out."""
    found = await find_codes(transaction, codes)
    rows = {
        row["item"]: row
        for row in await transaction.rows_of("goods/items", sorted({one.item for one in found.values()}))
        if row["named"]
    }
    return {
        code: KnownItem(code, one.item, row["level"], row["sku"], row["batch"], row["scans"])
        for code, one in found.items()
        if (row := rows.get(one.item)) is not None
    }
