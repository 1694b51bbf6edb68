"""The lines of all statements of a month, into one file."""

import asyncio
from pathlib import Path

from graph_service.graph.driver import Row, Transaction
from graph_service.progress import progress
from graph_service.rebates.chain import open_books
from graph_service.rebates.freezing import accounts_after
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.statement_lines import entries_of_accounts, lines_of, rows_of_accounts, table_row
from graph_service.rebates.statements import Sight, Statement, Totals
from graph_service.service import Service
from graph_service.sheets import Kind, Sheet

ACCOUNTS_LISTED = 10_000
ACCOUNTS_AT_ONCE = 400
ENTRIES_AT_ONCE = 1_000
LINES_AT_ONCE = 20_000

Part = tuple[list[str], list[str], list[Row], list[str]]
"""Accounts, those that are listed behind them, the entries of most, and those with too many to be fetched together."""

LINE_COLUMNS: dict[str, Kind] = {
    "account": "text",
    "period": "text",
    "adjusts": "text",
    "trigger": "text",
    "at": "time",
    "rule": "text",
    "ruleVersion": "integer",
    "role": "text",
    "status": "text",
    "amountFen": "integer",
    "points": "integer",
    "reason": "text",
    "decision": "text",
}


async def write_lines(service: Service, period: str, file: Path) -> int:
    """Writes the lines of all statements of a month, account by account; how many there are.

    Args:
        service: the open service.
        period: the month.
        file: where to.
    """
    books = await service.graph.read(open_books, service.graph.latest_bookmarks())
    sight = Sight.of(period, books.closings)

    async def fetch(listed: list[str], after: str) -> Part:
        async def work(transaction: Transaction) -> Part:
            names = listed or await accounts_after(transaction, after, ACCOUNTS_LISTED)
            accounts, rest = names[:ACCOUNTS_AT_ONCE], names[ACCOUNTS_AT_ONCE:]
            return accounts, rest, *await entries_of_accounts(transaction, accounts, sight, ENTRIES_AT_ONCE)

        return await service.graph.read(work)

    with Sheet(file, LINE_COLUMNS) as sheet, progress(f"Writing {file.name}") as advance:

        def write(found: list[Row]) -> int:
            lines = rows_of_accounts(found, sight)
            sheet.write(lines)
            return len(lines)

        count = 0
        accounts, rest, found, larger = await fetch([], "")
        while accounts:
            # One part is written while the server looks up the next.
            coming = asyncio.create_task(fetch(rest, accounts[-1]))
            try:
                count += await asyncio.to_thread(write, found)
                for account in larger:
                    count += await _write_account(service, account, sight, sheet)
                advance(0.5, f"{count:,} lines")
            finally:
                accounts, rest, found, larger = await coming
        return count


async def _write_account(service: Service, account: str, sight: Sight, sheet: Sheet) -> int:
    """The lines of an account with very many of them, a page at a time."""
    found = Statement(account, (account,), sight, Totals())
    after: tuple[int, str] | None = None
    count = 0
    while True:

        async def page(transaction: Transaction, after: tuple[int, str] | None = after) -> list[RebateLine]:
            return await lines_of(transaction, found, limit=LINES_AT_ONCE, after=after)

        lines = await service.graph.read(page)
        if not lines:
            return count
        sheet.write([table_row(line, account, sight.period, late=line.at < sight.start) for line in lines])
        count, after = count + len(lines), lines[-1].position
