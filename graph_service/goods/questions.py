"""The questions about items: what a code is, and who owned it at a time. For one code and for many alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.channel.read import fetch_channel
from graph_service.goods.codes import key_of
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
    found = await find_codes(transaction, {code for code, _ in queries})
    return await _ownerships(transaction, {code: one.item for code, one in found.items()}, queries)


async def ownerships_of(transaction: Transaction, queries: Sequence[tuple[KnownItem, int | None]]) -> list[Answer]:
    """The same of items that were looked up already."""
    items = {item.code: item.key for item, _ in queries}
    return await _ownerships(transaction, items, [(item.code, at) for item, at in queries])


async def _ownerships(
    transaction: Transaction, items: Mapping[str, str], queries: Sequence[tuple[str, int | None]]
) -> list[Answer]:
    present = now()
    goods = await fetch_goods(transaction, items.values())
    channel = await fetch_channel(transaction, parties=goods.receivers(), skus=goods.skus())
    stories = {code: goods.story(item, code) for code, item in items.items()}
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
    keys = {key_of(code): code for code in codes}
    return {
        keys[row["key"]]: KnownItem(keys[row["key"]], row["item"], row["level"], row["sku"], row["batch"], row["scans"])
        for row in await transaction.rows_of("goods/items", sorted(keys))
        if row["named"]
    }
