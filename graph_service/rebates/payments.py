"""Payments: what `statement.settled` says was paid, booked beside the journal's entries and sealed like them.

    (:Payment {id, event, revision, period, fen, block})-[:PAID_BY]->(:PaymentFact {account, period, paidFen})

A payment whose event is voided is mirrored once. Whose account it was is told by the event alone.
"""

import base64
import hashlib
from collections.abc import Iterable

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.chain import open_books, seal_block, seals_of


async def derive_payments(transaction: Transaction, events: Iterable[str]) -> None:
    """Brings what is booked of payments to what the facts say; the caller holds the intake's lock."""
    rows = await transaction.rows_of("rebates/payments_standing", sorted(set(events)))
    new = [entry for row in rows for entry in _bookings(row)]
    if not new:
        return
    books = await open_books(transaction)
    for entry in new:
        entry["block"] = books.next_block
    await transaction.rows_of("rebates/book_payments", new)
    await seal_block(transaction, books, seals_of(payments=new))


async def differing_payments(transaction: Transaction, events: Iterable[str]) -> list[str]:
    """The events among these of which something else is booked than they say."""
    rows = await transaction.rows_of("rebates/payments_standing", sorted(set(events)))
    return [row["event"] for row in rows if _bookings(row)]


def _bookings(row: Row) -> list[Row]:
    due = 0 if row["voided"] else row["paidFen"]
    difference = due - row["booked"]
    if not difference:
        return []
    revision = row["revisions"] + 1
    digest = hashlib.blake2b(row["event"].encode("utf-8", "surrogatepass"), digest_size=15).digest()
    identity = f"P{base64.b32encode(digest).decode()}.{revision}"
    return [{"id": identity, "event": row["event"], "period": row["period"], "fen": difference, "revision": revision}]
