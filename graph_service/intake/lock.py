"""The intake's lock: one writer at a time, who sees all that the one before wrote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_service.graph.driver import Transaction
from graph_service.rebates.chain import Books

BUSINESS = frozenset({"MemberFact", "VoucherFact", "OrderFact"})
"""The labels of invitations, vouchers, orders and whatever else members do."""


@dataclass(frozen=True, slots=True)
class Log:
    """How the log stands for whoever holds its lock.

    Attributes:
        batches: how often the lock was taken, this time included.
        has_business: whether the log has a fact with one of the labels of `BUSINESS`.
        clock: the latest instant that it was recorded or advanced to, in microseconds; None for an empty log.
        policy: the identity policy in force, as derived; None is the built-in one.
        key_version: of the keys that identifiers are sealed with; None before they were ever changed.
        policy_waits: whether a policy waits to take over.
        rules_stamp: is another one whenever a rule came or went; None before the first.
        channel_stamp: likewise of events on parties, links, territories and products.
        books: how the journal stands; whoever books goes by them once.
        known: of the events asked about, the content hash of those that the log has, and None for those that it knows
            by a void only.
    """

    batches: int
    has_business: bool
    clock: int | None
    policy: str | None
    key_version: int | None
    policy_waits: bool
    rules_stamp: str | None
    channel_stamp: str | None
    books: Books
    known: Mapping[str, str | None]


async def lock(transaction: Transaction, events: Iterable[str] = ()) -> Log:
    """Takes the lock; it is held until the transaction ends.

    Args:
        transaction: a write transaction.
        events: ids that are asked about.
    """
    row = (await transaction.run("intake/lock", rows=sorted(set(events))))[0]
    return Log(
        row["batches"],
        row["business"],
        row["clock"],
        row["policy"],
        row["keyVersion"],
        bool(row["policyWaits"]),
        row["rules"],
        row["channel"],
        Books.of(row),
        dict(row["known"]),
    )
