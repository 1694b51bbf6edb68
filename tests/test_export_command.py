"""`graph-service export` as people and scripts meet it: a real process on this run's server."""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.recorder import Recorder
from tests.serving import server_of_a_command

PROGRAM = str(Path(sys.executable).parent / "graph-service")
Ended = subprocess.CompletedProcess[str]
Run = Callable[..., Awaitable[Ended]]


@pytest.fixture
def run(connection: Connection, graph: Graph, tmp_path: Path) -> Run:
    """Runs the command on the empty graph of this run."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("NEO4J_", "GRAPH_SERVICE_"))}
    server = server_of_a_command(connection, tmp_path / "home")

    async def run(*arguments: Any) -> Ended:
        command = [PROGRAM, "export", *map(str, arguments)]
        return await asyncio.to_thread(
            subprocess.run, command, check=False, capture_output=True, text=True, env=inherited | server, timeout=120
        )

    return run


async def test_the_command_writes_what_was_asked_for(run: Run, recorder: Recorder, tmp_path: Path) -> None:
    about = {"type": "channel.linked", "relation": "SUPPLIES", "parent": "D", "child": "S"}
    events = [{"id": "one", "at": "2026-05-01T08:00:00Z"} | about]
    assert (await recorder.record(events, as_admin=True)).accepted == 1

    ended = await run("--format", "csv", "--out", tmp_path / "all")

    assert ended.returncode == 0
    assert ended.stdout == f"2 nodes, 1 relations: {tmp_path / 'all' / 'nodes.csv'}, {tmp_path / 'all' / 'edges.csv'}\n"
    with (tmp_path / "all" / "nodes.csv").open(encoding="utf-8") as nodes:
        assert [row["id"] for row in csv.DictReader(nodes)] == ["party:D", "party:S"]
    earlier = ("--from", "2026-04-01T00:00:00Z", "--to", "2026-05-01T08:00:00Z", "--relation", "SUPPLIES")
    ended = await run("--format", "gexf", "--out", tmp_path / "one", "--centre", "S", "--hops", 2, *earlier)
    assert (ended.returncode, ended.stdout) == (0, f"1 nodes, 0 relations: {tmp_path / 'one'}\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--centre", "nobody"], "UNKNOWN_CENTRE"),
        (["--centre", "S", "--hops", "11"], "LIMIT_EXCEEDED"),
        (["--from", "yesterday"], "INVALID_TIME"),
        (["--relation", "LIKES"], "UNKNOWN_RELATION"),
    ],
)
async def test_errors_are_lines_and_leave_no_file(run: Run, tmp_path: Path, arguments: list[str], code: str) -> None:
    ended = await run("--format", "parquet", "--out", tmp_path / "all", *arguments)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"{code}: ")
    assert not (tmp_path / "all").exists()


async def test_a_place_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    ended = await run("--format", "csv", "--out", tmp_path / "none" / "all")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("FILE_NOT_WRITABLE: ")


@pytest.mark.parametrize(
    "arguments", [[], ["--format", "xlsx", "--out", "x"], ["--format", "csv", "--out", "x", "--hops", "2"]]
)
async def test_wrong_use_ends_with_two(run: Run, arguments: list[str]) -> None:
    assert (await run(*arguments)).returncode == 2
