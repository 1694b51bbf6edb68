"""Kills the service, its Neo4j, and both, under eight writers, and looks for what was lost or came twice.

    python benchmarks/kill.py [--rounds 3] [--writers 8] [--seconds 4]

A writer sends the same events until they are acknowledged, as a careful sender does. After each kill the service must
be ready within 30 s, and every acknowledged event must be in the log exactly once; at the end everything is derived
anew and compared, and no process may be left. Exit 1 when something of this is not so.
"""

import argparse
import asyncio
import gzip
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

PROGRAM = str(Path(sys.executable).parent / "graph-service")
SEEDS = Path(__file__).parents[1] / "seeds" / "demo.ndjson.gz"
QUIET = {key: value for key, value in os.environ.items() if not key.startswith(("NEO4J_", "GRAPH_SERVICE_"))}
READY_SECONDS = 30.0
STAGE = 1_000
KINDS = ("service", "neo4j", "both")


@dataclass
class Trial:
    """What runs, and what was seen of it."""

    home: Path
    acknowledged: set[str] = field(default_factory=set)
    accepted: int = 0
    repeated: int = 0
    faults: list[str] = field(default_factory=list)
    address: str = ""
    bearer: str = ""
    service: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        """What the services said."""
        return self.home.parent / "serve.log"

    def start(self) -> None:
        """Starts the service; at the port it had, once it has one."""
        port = self.address.rpartition(":")[2] or "0"
        said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            command = [PROGRAM, "serve", "--port", port, "--home", str(self.home)]
            self.service = subprocess.Popen(command, stderr=log, env=QUIET)
        while not self.address:
            found = re.search(r"(http://\S+)/graphql", self.log.read_text()[said:])
            self.address = found[1] if found else ""
            time.sleep(0.05)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs another command on the same home."""
        command = [PROGRAM, *arguments, "--home", str(self.home)]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=QUIET)

    def processes(self, name: str) -> list[psutil.Process]:
        """The processes of that name whose command line names the home."""
        return [
            process
            for process in psutil.process_iter(["name", "cmdline", "status"])
            if name in (process.info["name"] or "")
            and process.info["status"] != psutil.STATUS_ZOMBIE
            and any(str(self.home) in part for part in process.info["cmdline"] or ())
        ]

    def kill(self, kind: str) -> None:
        """Kills what the round is about, and starts the service again where it was killed."""
        if kind in {"neo4j", "both"}:
            for server in self.processes("java"):
                server.kill()
        if kind in {"service", "both"} and self.service is not None:
            self.service.kill()
            self.service.wait()
            self.start()


def events_of(writer: int, number: int) -> list[dict[str, Any]]:
    """A carton that comes to a store, and scans of what is in it: their decisions rest on each other."""
    name = f"{writer}-{number}"
    code = f"K{writer:02}{number:08}"
    codes = [f"{code}{unit}" for unit in range(3)]
    listed = {"sku": "CAT-CHK-1500", "batch": "KILL", "level": "UNIT", "holder": "S-SZ-NS-01", "codes": codes}
    made = {"id": f"kill-{name}-m", "type": "goods.commissioned", "at": "2026-08-01T08:00:00+08:00"} | listed
    scans = [
        {
            "id": f"kill-{name}-{unit}",
            "type": "goods.scanned",
            "at": "2026-08-02T08:00:00+08:00",
            "code": codes[unit],
            "member": {"identifiers": [{"type": "WECHAT_OPENID", "value": f"o{name}", "app": "miaowang-mini"}]},
        }
        for unit in range(2)
    ]
    return [made, *scans]


async def write(trial: Trial, writer: int, stop: asyncio.Event) -> None:
    """Sends events until told to stop, and the last ones until they are acknowledged."""
    async with httpx.AsyncClient(timeout=60, headers={"authorization": f"Bearer {trial.bearer}"}) as http:
        for number in itertools.count():
            if stop.is_set():
                return
            events = events_of(writer, number)
            while True:
                try:
                    answer = await http.post(f"{trial.address}/v1/events", json=events)
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
                    continue
                if answer.status_code == 200:
                    report = answer.json()
                    break
                if answer.status_code != 503 or "retry-after" not in answer.headers:
                    trial.faults.append(f"an answer {answer.status_code}: {answer.text[:200]}")
                await asyncio.sleep(0.2)
            trial.accepted += report["accepted"]
            trial.repeated += report["duplicates"]
            trial.faults += [f"rejected: {each}" for each in report["rejected"]]
            trial.acknowledged |= {event["id"] for event in events}


async def ready_again(trial: Trial) -> float:
    """How long it takes until the service is ready, after it was seen not to be."""
    began = time.monotonic()
    seen_down = False
    async with httpx.AsyncClient(timeout=5) as http:
        while (waited := time.monotonic() - began) < 4 * READY_SECONDS:
            try:
                is_ready = (await http.get(f"{trial.address}/readyz")).status_code == 200
            except httpx.TransportError:
                is_ready = False
            seen_down = seen_down or not is_ready
            if is_ready and (seen_down or waited > 3):
                return waited
            await asyncio.sleep(0.1)
    return float("inf")


def check_log(trial: Trial, acknowledged: set[str]) -> None:
    """Looks for acknowledged events that are not there, or not once."""
    counting = "MATCH (e:Event) WHERE e.id STARTS WITH 'kill-' RETURN e.id AS id, count(*) AS n"
    asked = trial.run("cypher", counting, "--format", "json")
    if asked.returncode:
        trial.faults.append(f"the log can't be read: {asked.stderr}")
        return
    there = {row["id"]: row["n"] for row in json.loads(asked.stdout)}
    trial.faults += [f"{one} is lost" for one in sorted(acknowledged - there.keys())[:10]]
    trial.faults += [f"{one} is there {n} times" for one, n in there.items() if n != 1][:10]


async def rounds(trial: Trial, number: int, seconds: float) -> None:
    """Kills one thing after another."""
    for turn, kind in itertools.product(range(1, number + 1), KINDS):
        await asyncio.sleep(seconds)
        before = len(trial.acknowledged)
        await asyncio.to_thread(trial.kill, kind)
        took = await ready_again(trial)
        if took > READY_SECONDS:
            trial.faults.append(f"ready only after {took:.0f} s")
        servers = trial.processes("java")
        if len(servers) != 1:
            trial.faults.append(f"{len(servers)} servers run")
        await asyncio.to_thread(check_log, trial, set(trial.acknowledged))
        print(
            f"round {turn}, {kind:<8} ready after {took:4.1f} s; {before:,} events acknowledged before, "
            f"{len(trial.acknowledged):,} now; {len(trial.faults)} faults",
            flush=True,
        )
    await asyncio.sleep(seconds)


async def trial_of(home: Path, arguments: argparse.Namespace) -> Trial:
    """Sets the stage, lets the writers write, and kills."""
    trial = Trial(home)
    await asyncio.to_thread(trial.start)
    trial.bearer = (await asyncio.to_thread(trial.run, "token", "--role", "admin")).stdout.strip()
    with gzip.open(SEEDS) as lines:
        stage = b"".join(itertools.islice(lines, STAGE))
    headers = {"authorization": f"Bearer {trial.bearer}", "content-type": "application/x-ndjson"}
    async with httpx.AsyncClient(timeout=600, headers=headers) as http:
        (await http.post(f"{trial.address}/v1/events", content=stage)).raise_for_status()
    stop = asyncio.Event()
    writers = [asyncio.create_task(write(trial, writer, stop)) for writer in range(arguments.writers)]
    await rounds(trial, arguments.rounds, arguments.seconds)
    stop.set()
    await asyncio.gather(*writers)
    await asyncio.to_thread(check_log, trial, trial.acknowledged)
    return trial


def end(trial: Trial) -> None:
    """Derives everything anew, stops the service, and looks for what is left."""
    derived = trial.run("rederive", "--check")
    if derived.returncode:
        trial.faults.append(f"rederive: {derived.stdout[:500]}{derived.stderr[:500]}")
    if trial.service is not None:
        trial.service.send_signal(signal.SIGTERM)
        if trial.service.wait(60):
            trial.faults.append(f"serve ended with {trial.service.returncode}")
    trial.faults += [f"left: {process.cmdline()}" for process in trial.processes("")]


def main() -> None:
    """Runs the trial and says what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="of each kind")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=4.0, help="of writing before each kill")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="graph-service-kill-") as folder:
        trial = asyncio.run(trial_of(Path(folder) / "home", arguments))
        end(trial)
        if trial.faults:
            print(trial.log.read_text()[-5_000:], file=sys.stderr)
    print(f"{len(trial.acknowledged):,} events acknowledged, {trial.repeated:,} of them when they were sent again")
    print("\n".join(trial.faults) or "none lost, none twice; nothing derives differently; nothing is left running")
    sys.exit(1 if trial.faults else 0)


if __name__ == "__main__":
    main()
