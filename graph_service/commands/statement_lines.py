"""The lines of all statements of a month, into one file."""

from pathlib import Path

from graph_service.graph.driver import Row, Transaction
from graph_service.progress import progress
from graph_service.rebates.chain import open_books
from graph_service.rebates.freezing import accounts_after
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.statement_lines import lines_of, lines_of_accounts, table_row
from graph_service.rebates.statements import Sight, Statement, Totals
from graph_service.service import Service
from graph_service.sheets import Kind, Sheet

ACCOUNTS_AT_ONCE = 200
ENTRIES_AT_ONCE = 5_000
LINES_AT_ONCE = 20_000

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
    after, count = "", 0
    with Sheet(file, LINE_COLUMNS) as sheet, progress(f"Writing {file.name}") as advance:
        while True:

            async def work(transaction: Transaction, after: str = after) -> tuple[list[str], list[Row], list[str]]:
                accounts = await accounts_after(transaction, after, ACCOUNTS_AT_ONCE)
                return accounts, *await lines_of_accounts(transaction, accounts, sight, ENTRIES_AT_ONCE)

            accounts, lines, larger = await service.graph.read(work)
            if not accounts:
                return count
            sheet.write(lines)
            count += len(lines)
            for account in larger:
                count += await _write_account(service, account, sight, sheet)
            after = accounts[-1]
            advance(0.5, f"{count:,} lines")


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
