"""Settlements: `period.closed` freezes the statements of a month, and of the months before it, as they then are.

Freezing writes no statement: the closing is sealed into a block of its own, and a frozen statement is what the journal
held up to there (`statements.py`). It waits until nothing is pending. The decisions in frozen statements are then
marked `SETTLED`, at once where they are few, else bit by bit (`pending.py`).
"""

from collections.abc import Sequence

from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.chain import open_books, seal_block, seals_of
from graph_service.rebates.periods import end_of, month_of

ACCRUED = "rebates/accrued_before"
"""Finds the triggers whose decisions a settlement marks as settled."""

SETTLED = "rebates/settled_before"
"""Finds the triggers with settled decisions: they are decided anew when a settlement is voided."""


async def seal_closings(transaction: Transaction) -> list[tuple[str, list[Row]]]:
    """Lets closings that wait take effect, unless something is pending; the caller holds the intake's lock.

    Returns:
        where the triggers are found that they settle.
    """
    waiting = await transaction.run("rebates/unsealed_closings")
    if not waiting or (await transaction.run("pending/standing"))[0]["tasks"]:
        return []
    books = await open_books(transaction)
    closings: list[Row] = [{"event": row["event"], "period": row["period"]} for row in waiting]
    await transaction.run("rebates/seal_closings", rows=[row["event"] for row in closings], block=books.next_block)
    await seal_block(transaction, books, seals_of(closings=closings))
    return [(ACCRUED, [{"before": end_of(max(row["period"] for row in closings))}])]


async def mark_settled(transaction: Transaction, triggers: Sequence[str]) -> list[str]:
    """Marks the accrued decisions on triggers as settled, where a frozen statement has all that was booked for them.

    Returns:
        the triggers of which something was booked since: they are to be decided anew.
    """
    closings = (await open_books(transaction)).closings
    settled: list[str] = []
    anew: list[str] = []
    for row in await transaction.rows_of("rebates/last_booked", triggers):
        block = closings.latest(month_of(row["at"]))
        if block is not None:
            (settled if row["block"] <= block else anew).append(row["trigger"])
    await transaction.rows_of("rebates/mark_settled", settled)
    return anew
