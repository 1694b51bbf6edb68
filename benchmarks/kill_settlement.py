"""Kills `rebates run` and `rebates settle` in the middle, again and again, and looks for what was done twice or not.

    python -m benchmarks.kill_settlement [--rounds 20] [--scans 3000]

Scans of ten months are recorded on a server of its own, in a home of its own. Each round starts one of the commands,
`run` or `settle` of one of the months, and ends it with SIGKILL somewhere between its start and its end. At the end all
are run once more, and then: no month was closed twice, what is written says what the decisions say, the journal's net
is that of the decisions and its chain verifies, and nothing differs from what the log says. Exit 1 when something of
this is not so.
"""

import argparse
import asyncio
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from graph_service.graph.driver import Graph, connect
from graph_service.graph.embedded import Connection, Memory, embedded_server
from graph_service.graph.migrations import migrate
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder

PROGRAM = str(Path(sys.executable).parent / "graph-service")
MONTHS = tuple(f"2026-{number:02}" for number in range(1, 11))
STORES = 20
KEY = "only for this trial, thirty-two bytes and more"
MEMORY = Memory(heap=1024, page_cache=256)

Event = dict[str, Any]


def stage() -> list[Event]:
    """Who takes part, and a rule that pays."""

    def event(kind: str, name: str, **fields: Any) -> Event:
        return {"id": f"{kind}-{name}", "type": kind, "at": "2026-01-01T00:00:00+08:00", **fields}

    parties = [("F", "BRAND"), ("D", "DISTRIBUTOR"), *((f"S{n}", "STORE") for n in range(STORES))]
    pay = [{"role": role, "fen": fen} for role, fen in (("CONSUMER", 100), ("STORE", 300), ("DISTRIBUTOR", 50))]
    start = "2026-01-01T00:00:00+08:00"
    rule = {"id": "r", "version": 1, "brand": "F", "trigger": "CONSUMER_SCAN", "from": start, "pay": pay}
    goods = {"sku": "CAT", "batch": "B", "level": "UNIT", "holder": "F"}
    return [
        *(event("party.registered", one, party={"id": one, "kind": kind, "name": one}) for one, kind in parties),
        *(event("channel.linked", f"S{n}", relation="SUPPLIES", parent="D", child=f"S{n}") for n in range(STORES)),
        event("product.listed", "CAT", product={"sku": "CAT", "name": "CAT", "brand": "F"}),
        event("rule.published", "r", rule=rule),
        event("goods.commissioned", "all", **goods, range={"first": "U000000", "last": "U999999"}),
    ]


def scans(count: int) -> list[Event]:
    """A receipt and a scan of one unit each, spread over the months; a tenth of them are never received."""
    events: list[Event] = []
    for n in range(count):
        day = f"{MONTHS[n % len(MONTHS)]}-{2 + n % 26:02}"
        code, who = f"U{n:06}", {"identifiers": [{"type": "POS_CARD", "value": f"card-{n % 500}"}]}
        if n % 10:
            received = {"codes": [code], "party": f"S{n % STORES}"}
            events.append({"id": f"in{n}", "type": "goods.received", "at": f"{day}T08:00:00+08:00", **received})
        scanned = {"code": code, "member": who}
        events.append({"id": f"s{n}", "type": "goods.scanned", "at": f"{day}T10:00:00+08:00", **scanned})
    return events


class Trial:
    """What runs, and what was seen of it."""

    def __init__(self, connection: Connection, graph: Graph, folder: Path) -> None:
        self._graph = graph
        self._folder = folder
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("NEO4J_", "GRAPH_SERVICE_"))},
            "NEO4J_URI": connection.uri,
            "NEO4J_USERNAME": connection.username,
            "NEO4J_PASSWORD": connection.password,
            "GRAPH_SERVICE_HOME": str(folder / "home"),
            "GRAPH_SERVICE_IDENTIFIER_KEY": KEY,
        }
        self.faults: list[str] = []
        self.kills = 0

    def commands(self) -> list[list[str]]:
        """What is to be run, in order."""
        settle = [["settle", "--period", month, "--out", str(self._folder / "out"), "--lines"] for month in MONTHS]
        return [["run", "--out", str(self._folder / "decisions.parquet")], *settle]

    def start(self, arguments: list[str]) -> "subprocess.Popen[str]":
        """Starts a command."""
        command = [PROGRAM, "rebates", *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self._environment
        )

    def finish(self, arguments: list[str]) -> Any:
        """Lets a command end; what it tells."""
        process = self.start(arguments)
        out, said = process.communicate(timeout=600)
        if process.returncode:
            self.faults.append(f"{' '.join(arguments)} ended with {process.returncode}: {said.strip()} {out.strip()}")
            return {}
        return json.loads(out)

    async def rounds(self, count: int) -> None:
        """Kills as often as asked for, at random moments of what a command takes."""
        chance = random.Random(7)  # noqa: S311 - a repeatable trial
        longest = 4.0
        for number in range(count):
            arguments = self.commands()[number % (1 + len(MONTHS))]
            began = time.monotonic()
            process = self.start(arguments)
            after = chance.uniform(0.3, 1.0) * longest
            try:
                _, said = await asyncio.to_thread(process.communicate, timeout=after)
                longest = max(1.0, 0.8 * longest)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                self.kills += 1
                process.communicate()
                longest = min(20.0, 1.1 * longest)
            if process.returncode not in {0, -signal.SIGKILL}:
                self.faults.append(f"{' '.join(arguments)} ended with {process.returncode}: {said.strip()}")
            blocks, frozen, closed = await self._counts("Block", "Statement", "PeriodFact")
            print(
                f"round {number + 1:>2}: {arguments[0]:<6} {'killed' if process.returncode else 'ended'} after "
                f"{time.monotonic() - began:4.1f} s; {closed} closed, {frozen:,} frozen, {blocks:,} blocks",
                flush=True,
            )

    async def check(self) -> None:
        """Runs everything to its end, and looks for what is not so."""
        told = [self.finish(arguments) for arguments in self.commands()]
        again = [self.finish(arguments) for arguments in self.commands()]
        if self.faults:
            return
        for one, other in zip(told[1:], again[1:], strict=True):
            self._expect(one == other, f"settling again tells something else: {one} and {other}")
        verified = self.finish(["verify"])
        self._expect(verified.get("faults") == 0, f"verify: {verified}")
        found = (await self._graph.run("MATCH (n:PeriodFact) RETURN n.period", read_only=True))[1]
        closed = sorted(str(row[0]) for row in found)
        # A later month may have been closed first, and closes those before it.
        self._expect(len(set(closed)) == len(closed) and closed[-1:] == [*MONTHS[-1:]], f"closed were {closed}")
        owed = "MATCH (d:Decision) WHERE d.state IN ['ACCRUED', 'SETTLED'] RETURN d.state, sum(d.amountFen)"
        sums = dict((await self._graph.run(owed, read_only=True))[1])
        self._expect(set(sums) == {"SETTLED"}, f"not everything is settled: {sums}")
        written = 0
        for month in MONTHS:
            with (self._folder / "out" / f"statements-{month}.csv").open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            self._expect(len({row["payee"] for row in rows}) == len(rows), f"a payee is there twice in {month}")
            written += sum(int(row["payableFen"]) - int(row["openingFen"]) for row in rows)
        self._expect(written == sum(sums.values()), f"{written} fen are in statements, {sums} in decisions")

    async def _counts(self, *labels: str) -> list[int]:
        texts = [f"MATCH (n:{label}) RETURN count(n)" for label in labels]
        return [(await self._graph.run(text, read_only=True))[1][0][0] for text in texts]

    def _expect(self, is_so: bool, fault: str) -> None:
        if not is_so:
            self.faults.append(fault)


async def main(rounds: int, count: int) -> int:
    """Runs the trial on a server of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="kill-settlement-") as folder,
        embedded_server(Path(folder) / "server", memory=MEMORY) as connection,
    ):
        async with connect(connection) as graph:
            await migrate(graph)
            async with Recorder(graph, IdentifierKeys(KEY.encode())).running() as recorder:
                events = [*stage(), *scans(count)]
                for start in range(0, len(events), 1_000):
                    report = await recorder.record(events[start : start + 1_000], as_admin=True)
                    if report.rejected:
                        raise ValueError(report.rejected[0])
            trial = Trial(connection, graph, Path(folder))
            await trial.rounds(rounds)
            await trial.check()
    well = f"{trial.kills} kills: nothing twice, nothing missing, the chain verifies"
    print("\n".join(trial.faults) or well, flush=True)
    return 1 if trial.faults else 0


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--scans", type=int, default=3_000)
    given = arguments.parse_args()
    sys.exit(asyncio.run(main(given.rounds, given.scans)))
