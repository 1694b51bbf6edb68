"""Keeping the totals of a closed month, account by account, and whom they belong to."""

from collections.abc import Mapping, Sequence

from graph_service.graph.driver import Transaction
from graph_service.rebates.chain import Books
from graph_service.rebates.statements import Sight, Totals, kept_row, totals_of


async def accounts_after(transaction: Transaction, after: str, limit: int) -> list[str]:
    """The next accounts that anything was booked for or paid to, by id."""
    found: set[str] = set()
    for name in ("rebates/payees_after", "rebates/paid_accounts_after"):
        found |= {row["payee"] for row in await transaction.run(name, after=after, limit=limit)}
    return sorted(found)[:limit]


async def freeze(transaction: Transaction, accounts: Sequence[str], period: str, books: Books) -> Mapping[str, Totals]:
    """Keeps the totals of accounts for a closed month; what is kept already stays, and comes out the same.

    Args:
        transaction: to read and write in.
        accounts: whose.
        period: the month.
        books: where the journal stands.

    Returns:
        the totals, by account.
    """
    sight = Sight.of(period, books.closings)
    kept = await transaction.rows_of("rebates/frozen", accounts, period=period)
    there = {row["payee"] for row in kept if row["block"] == sight.block}
    totals = await totals_of(transaction, accounts, period, books)
    rows = [kept_row(payee, sight, one) for payee, one in totals.items() if payee not in there]
    await transaction.rows_of("rebates/freeze", rows, period=period)
    return totals


async def members_of(transaction: Transaction, accounts: Sequence[str]) -> Mapping[str, str]:
    """The members that accounts belong to; an account that is no member's is missing."""
    return {row["id"]: row["member"] for row in await transaction.rows_of("members/member_ids", accounts)}
