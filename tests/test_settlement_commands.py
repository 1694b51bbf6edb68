"""`rebates run`, `settle` and `verify` as real processes on a graph that was filled before; killed, too."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest_asyncio

from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys
from graph_service.rebates.audit import audit
from graph_service.recorder import Recorder
from graph_service.sheets import safe_cell
from tests.answers import Event, decisions_of
from tests.serving import server_of_a_command
from tests.test_cli import PROGRAM, QUIET
from tests.test_every_event_type import LOG, event, member, party

SCANS = [event(100 + n, "goods.scanned", 11, code=f"U{n:02d}", member=member(f"m{n}")) for n in (5, 6, 7)]
OWNED = event(99, "goods.received", 9, codes=["U05", "U06", "U07"], party="S1")
FORMULA = party(98, "S1", "STORE", name='=HYPERLINK("x")', attributes={"minPayoutFen": 100_000})
LATE = event(150, "goods.scanned", 12, code="U08", member=member("m8"))
BEFORE_LATE = event(151, "goods.received", 9, codes=["U08"], party="S1")


@dataclass
class Commands:
    """Commands on the graph of the tests."""

    environment: dict[str, str]
    folder: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [PROGRAM, "rebates", *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment
        )

    def run(self, *arguments: str, exits: int = 0) -> str:
        process = self.start(*arguments)
        out, said = process.communicate(timeout=120)
        assert process.returncode == exits, (out, said)
        return out

    def settle(self, period: str = "2026-03", *more: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.run("settle", "--period", period, "--out", str(self.folder), *more))
        return told

    def statements(self, period: str = "2026-03") -> dict[str, dict[str, str]]:
        with (self.folder / f"statements-{period}.csv").open(encoding="utf-8", newline="") as file:
            return {row["payee"]: row for row in csv.DictReader(file)}


@pytest_asyncio.fixture(loop_scope="session")
async def commands(
    graph: Graph, connection: Connection, keys: IdentifierKeys, tmp_path: Path
) -> AsyncIterator[Commands]:
    async with Recorder(graph, keys).running() as recorder:
        report = await recorder.record([*LOG_WITHOUT_CLOSING, OWNED, *SCANS, FORMULA], as_admin=True)
        assert report.rejected == []
    server = server_of_a_command(connection, tmp_path / "home")
    environment = QUIET | server | {"GRAPH_SERVICE_IDENTIFIER_KEY": "a secret of thirty-two bytes and more"}
    yield Commands(environment, tmp_path / "out")


LOG_WITHOUT_CLOSING: list[Event] = [
    one for one in LOG if one["type"] not in {"period.closed", "statement.settled", "clock.advanced", "rule.withdrawn"}
]


async def test_a_month_is_run_settled_and_verified(graph: Graph, keys: IdentifierKeys, commands: Commands) -> None:
    commands.folder.mkdir()
    decisions = commands.folder / "decisions.csv"

    told = json.loads(commands.run("run", "--out", str(decisions)))
    assert told["decisions"] == (await decisions_of(graph)).total()
    again = json.loads(commands.run("run", "--through", "2026-04-01T00:00:00+08:00"))
    assert again["changed"] == 0

    first = commands.settle()
    rows = commands.statements()
    repeated = commands.settle()
    parquet = pq.read_table(commands.folder / "statements-2026-03.parquet").to_pylist()

    assert repeated == first
    assert commands.statements() == rows
    assert await counted(graph, "PeriodFact") == 1
    assert {row["payee"]: str(row["payableFen"]) for row in parquet} == {
        payee: row["payableFen"] for payee, row in rows.items()
    }
    decided = list(await decisions_of(graph))
    settled, held = (sum(row[6] for row in decided if row[5] == status) for status in ("SETTLED", "HELD"))
    assert (first["earnedFen"], first["heldFen"], first["payableFen"]) == (settled + held, held, settled)
    assert settled > 0 < held
    assert rows["S1"]["name"] == safe_cell('=HYPERLINK("x")')
    assert (rows["S1"]["payoutFen"], rows["S1"]["deferred"]) == ("0", "below_minimum_payout")
    assert rows["P"]["payoutFen"] == rows["P"]["payableFen"]

    async with Recorder(graph, keys).running() as recorder:
        await recorder.record([LATE, BEFORE_LATE, paid("S1", "2026-03", 100)], as_admin=True)
    late = commands.settle("2026-04", "--lines")
    lines = pq.read_table(commands.folder / "lines-2026-04.parquet").to_pylist()
    assert sum(row["amountFen"] for row in lines) == late["adjustedFen"]
    assert {row["adjusts"] for row in lines} == {"settled month"}
    assert late["adjustedFen"] > 0 == late["earnedFen"]
    assert {key: value for key, value in commands.settle().items() if key not in {"paidFen", "closingFen"}} == {
        key: value for key, value in first.items() if key not in {"paidFen", "closingFen"}
    }
    assert commands.statements()["S1"]["paidFen"] == "100"
    assert json.loads(commands.run("verify"))["sumOfAllAccountsFen"] == 0


DAMAGES = (
    ("MATCH (d:Decision {state: 'ACCRUED'}) WITH d LIMIT 1 SET d.state = 'REJECTED'", "the journal's net"),
    ("MATCH (e:Entry) WITH e ORDER BY e.id LIMIT 1 SET e.amountFen = e.amountFen + 1", "was altered or slipped in"),
    ("MATCH (e:Entry) WITH e ORDER BY e.id SKIP 1 LIMIT 1 SET e.payee = 'S2'", "pays somebody else"),
    ("MATCH (e:Entry) WITH e ORDER BY e.id SKIP 2 LIMIT 1 DETACH DELETE e", "something was removed"),
    (
        "MATCH (e:Entry)-[:FOR]->(t) WITH e, t, properties(e) AS p ORDER BY e.id SKIP 3 LIMIT 1 "
        "CREATE (n:Entry)-[:FOR]->(t) SET n = p {.*, id: p.id + '9'}",
        "9 in block 1 was altered or slipped in",
    ),
    ("MATCH (b:Block {number: 1}) SET b.at = 0", "block 1 was altered"),
    ("MATCH (i:Intake) SET i.block = i.block + 1", "the books stand at"),
    ("MATCH (b:Block {number: 1}) DELETE b", "block 1 is missing"),
)


async def test_every_damage_is_found(graph: Graph, recorder: Recorder) -> None:
    """One after the other, on one graph: each shows beside those before it."""
    await recorder.record(LOG, as_admin=True)
    assert (await audit(graph, lambda done, what: None)).faults == []
    seen: set[str] = set()
    for damage, says in DAMAGES:
        await graph.run(damage, read_only=False)

        faults = set((await audit(graph, lambda done, what: None)).faults)

        assert any(says in fault for fault in faults - seen), (damage, faults - seen)
        seen |= faults


async def test_a_command_says_what_was_altered_and_ends_with_4(graph: Graph, commands: Commands) -> None:
    await graph.run("MATCH (e:Entry) WITH e ORDER BY e.id LIMIT 1 SET e.points = 7", read_only=False)

    assert "in block" in commands.run("verify", exits=4)
    assert "expected a month" in commands.start("settle", "--period", "2026-13", "--out", "x").communicate()[1]


async def test_what_is_killed_in_the_middle_is_done_once(graph: Graph, commands: Commands) -> None:
    for arguments, has_begun in (
        (("run",), lambda: "MATCH (n:ClockFact) RETURN count(n)"),
        (
            ("settle", "--period", "2026-03", "--out", str(commands.folder)),
            lambda: "MATCH (n:PeriodFact) RETURN count(n)",
        ),
    ):
        process = commands.start(*arguments)
        await kill_when(graph, process, has_begun)

    told = commands.settle()

    assert await counted(graph, "PeriodFact") == 1
    assert told["payableFen"] == sum(row[6] for row in await decisions_of(graph) if row[5] == "SETTLED")
    assert json.loads(commands.run("verify"))["faults"] == 0


async def kill_when(graph: Graph, process: subprocess.Popen[str], question: Callable[[], str]) -> None:
    """SIGKILL as soon as the process has written something."""
    until = time.monotonic() + 60
    while not (await graph.run(question(), read_only=True))[1][0][0]:
        assert process.poll() is None and time.monotonic() < until, process.communicate()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


async def counted(graph: Graph, label: str) -> int:
    count: int = (await graph.run(f"MATCH (n:{label}) RETURN count(n)", read_only=True))[1][0][0]
    return count


def paid(payee: str, period: str, fen: int) -> Event:
    return event(160, "statement.settled", 28, payee=payee, period=period, paidFen=fen)
