"""Which stores redeem whose vouchers: between the store whose goods won a voucher and the one that took it in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from graph_service.api.errors import LimitExceeded
from graph_service.channel.read import fetch_channel
from graph_service.goods.ownership import RETAIL_KINDS, ownership
from graph_service.goods.read import fetch_goods
from graph_service.graph.driver import Transaction
from graph_service.trade.vouchers import fetch_vouchers

MOST_REDEMPTIONS = 50_000
"""Attempts to redeem in a period that one question takes into memory."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Vouchers that went from a store to a store.

    Attributes:
        kind: of the vouchers.
        issuing: the store whose goods won them; None where no scan did, or nobody owned the goods.
        redeeming: the store that took them in.
        vouchers: how many.
        face_fen: their face value together.
    """

    kind: str
    issuing: str | None
    redeeming: str
    vouchers: int
    face_fen: int


async def stores_issuing(transaction: Transaction, issues: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """The scan that won each voucher, and the store whose goods it opened, by the issue's event."""
    scans = await transaction.rows_of("trade/winning_scans", sorted(set(issues)))
    goods = await fetch_goods(transaction, {row["item"] for row in scans})
    channel = await fetch_channel(transaction, parties=goods.receivers())
    found: dict[str, tuple[str, str | None]] = {}
    for row in scans:
        story = goods.story(row["item"], row["code"])
        owner = ownership(story, channel, row["at"], (row["at"], row["scan"])).owner
        is_store = channel.kind(owner, row["at"]) in RETAIL_KINDS
        found[row["issue"]] = (row["scan"], owner if is_store else None)
    return found


async def voucher_flow(transaction: Transaction, since: int, until: int) -> list[Flow]:
    """The flows of the redemptions of a period that count, in microseconds, half-open; the largest first.

    Raises:
        LimitExceeded: there are more than `MOST_REDEMPTIONS` attempts in the period.
    """
    rows = await transaction.run(
        "trade/redeemed_between", **{"from": since, "until": until, "limit": MOST_REDEMPTIONS + 1}
    )
    if len(rows) > MOST_REDEMPTIONS:
        raise LimitExceeded("Redemptions in the period", len(rows), MOST_REDEMPTIONS, path="until")
    vouchers = (await fetch_vouchers(transaction, {row["voucher"] for row in rows})).values()
    redeemed = [one for one in vouchers if one.redeemed is not None and since <= one.redeemed.at < until]
    issuing = await stores_issuing(transaction, (one.issue.event for one in redeemed if one.issue is not None))
    numbers = Counter[tuple[str, str | None, str]]()
    faces = Counter[tuple[str, str | None, str]]()
    for one in redeemed:
        if one.issue is not None and one.redeemed is not None:
            _, store = issuing.get(one.issue.event, ("", None))
            key = (one.issue.kind, store, one.redeemed.store)
            numbers[key] += 1
            faces[key] += one.issue.face_fen or 0
    ordered = sorted(numbers.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or "", one[0][2]))
    return [Flow(*key, number, faces[key]) for key, number in ordered]
