"""How fast months are settled: totals of many payees, lines of statements, and a settlement with nothing new.

    python -m benchmarks.settlement [--payees 20000] [--entries 10]

It fills the graph of a home of its own with a journal made by hand (so many entries for each payee, in two months), and
measures what `rebates settle` does after `period.closed`: the totals of all accounts of the first month, the same
again, the second month on top of the first, all lines of its statements, and those of one payee with very many.
"""

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from graph_service.commands.statement_lines import write_lines
from graph_service.graph.driver import Graph, Transaction, connect
from graph_service.graph.embedded import Memory, embedded_server
from graph_service.graph.migrations import migrate
from graph_service.rebates.chain import open_books
from graph_service.rebates.freezing import accounts_after, freeze
from graph_service.rebates.periods import beginning_of, end_of
from graph_service.rebates.statement_lines import lines_of
from graph_service.rebates.statements import statement
from graph_service.service import Service

MONTHS = ("2026-09", "2026-10")
ACCOUNTS_AT_ONCE = 1_000
LINES_AT_ONCE = 5_000
MEMORY = Memory(heap=2048, page_cache=1024)

_FILL = """
UNWIND range($from, $to - 1) AS number
CREATE (trigger:Event:Trigger {id: 'e' + number, at: $at + number % $span, recordedAt: $at, type: 'goods.scanned'})
CREATE (entry:Entry {
  id: 'R' + number + '.1', rule: 'spring', version: 1, trigger: 'e' + number, role: 'STORE',
  payee: 'S' + (number % $payees), revision: 1, status: 'ACCRUED', amountFen: 300, points: 0,
  at: $at + number % $span, block: $block, funder: 'F'
})-[:FOR]->(trigger)
"""
_CLOSE = (
    "MERGE (i:Intake {id: 1}) SET i.block = $block, i.blockHash = '' "
    "CREATE (:Event:PeriodFact {id: 'close' + $period, type: 'period.closed', period: $period, block: $block, "
    "voided: false, at: $at, recordedAt: $at})"
)


async def fill(graph: Graph, payees: int, entries: int) -> None:
    """A journal of two months, each with half of the entries, and closed."""
    half = payees * entries // 2
    for number, month in enumerate(MONTHS):
        at, block = beginning_of(month), 2 * number + 1
        for start in range(number * half, (number + 1) * half, 20_000):
            await graph.driver.execute_query(
                _FILL,
                {
                    **{"from": start, "to": min(start + 20_000, (number + 1) * half), "at": at, "payees": payees},
                    **{"span": end_of(month) - at, "block": block},
                },
            )
        await graph.driver.execute_query(_CLOSE, {"block": block + 1, "period": month, "at": at})
    await graph.driver.execute_query("CALL db.awaitIndexes(300)")
    await graph.driver.execute_query("CALL db.prepareForReplanning(60)")


async def totals(graph: Graph, period: str) -> int:
    """Keeps the totals of all accounts for a month; how many there are."""
    after, count = "", 0
    while True:

        async def work(transaction: Transaction, after: str = after) -> list[str]:
            accounts = await accounts_after(transaction, after, ACCOUNTS_AT_ONCE)
            await freeze(transaction, accounts, period, await open_books(transaction))
            return accounts

        accounts, _ = await graph.write(work)
        if not accounts:
            return count
        after, count = accounts[-1], count + len(accounts)


async def lines(graph: Graph, payee: str, period: str) -> int:
    """All lines of a statement, page by page; how many there are."""
    found = await graph.read(lambda transaction: statement(transaction, payee, period))
    if found is None:
        raise LookupError(payee)
    count, after = 0, None
    while True:
        position = after
        page = await graph.read(
            lambda transaction, position=position: lines_of(  # type: ignore[misc]
                transaction, found, limit=LINES_AT_ONCE, after=position
            )
        )
        if not page:
            return count
        count, after = count + len(page), page[-1].position


async def measure(graph: Graph, payees: int, entries: int) -> None:
    """Fills, measures and prints."""
    await migrate(graph)
    await fill(graph, payees, entries)
    for what, period in (("first month", MONTHS[0]), ("the same again", MONTHS[0]), ("second month", MONTHS[1])):
        began = time.monotonic()
        count = await totals(graph, period)
        seconds = time.monotonic() - began
        print(f"totals, {what:<15} {count:>7,} accounts in {seconds:6.1f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        count = await write_lines(cast(Service, _Graph(graph)), MONTHS[1], Path(folder) / "lines.parquet")
        _say_lines("of all payees, as Parquet", count, time.monotonic() - began)
    big = 100_000
    at = beginning_of(MONTHS[1])
    await graph.driver.execute_query("CREATE (:Party {id: 'S'})")
    await graph.driver.execute_query(
        _FILL.replace("'S' + (number % $payees)", "'S'"),
        {"from": 10**9, "to": 10**9 + big, "at": at, "payees": 1, "span": end_of(MONTHS[1]) - at, "block": 3},
    )
    began = time.monotonic()
    count = await lines(graph, "S", MONTHS[1])
    _say_lines("of one payee, page by page", count, time.monotonic() - began)


def _say_lines(what: str, count: int, seconds: float) -> None:
    print(f"lines {what:<27} {count:>7,} in {seconds:6.1f} s, {count / seconds:,.0f}/s", flush=True)


@dataclass(frozen=True)
class _Graph:
    """As much of a service as lines need."""

    graph: Graph


async def main(payees: int, entries: int) -> None:
    """Measures on a server of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="settlement-") as home,
        embedded_server(Path(home), memory=MEMORY) as connection,
    ):
        async with connect(connection) as graph:
            await measure(graph, payees, entries)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--payees", type=int, default=20_000)
    arguments.add_argument("--entries", type=int, default=10, help="for each payee, in both months together")
    given = arguments.parse_args()
    asyncio.run(main(given.payees, given.entries))
