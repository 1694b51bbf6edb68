"""After a leaving nothing of the person is found in any file: store, transaction logs, logs, exports, dumps."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from graph_service.commands.export import export
from graph_service.explore.export import selection_of
from graph_service.explore.files import ExportFiles, Form
from graph_service.graph.driver import connect
from graph_service.graph.embedded import Memory, embedded_server
from graph_service.graph.embedded.java import find_java
from graph_service.graph.migrations import migrate
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.test_leaving import CHANNEL, LEFT, LIFE, PLAIN, REPLAYED, event, record

pytestmark = pytest.mark.usefixtures("quick_java")

ADMIN = "org.neo4j.server.startup.Neo4jAdminCommand"
MARKER = "a store's name that is kept as it came, and long enough not to be packed"


def holding(folder: Path, text: str) -> list[Path]:
    """The files that hold a text, in any of the ways in which it may be written."""
    forms = [text.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".jar"]
    return [file for file in files if any(form in file.read_bytes() for form in forms)]


def dumped(neo4j: Path, into: Path) -> Path:
    """A dump of a stopped server, and what a server has that it is loaded into; the files of both.

    A dump is packed, so that only what is loaded from it can be searched.
    """
    other = into / "other"
    shutil.copytree(neo4j / "conf", other / "conf")
    for home, task in ((neo4j, "dump"), (other, "load")):
        where = f"--{'to' if task == 'dump' else 'from'}-path={into}"
        done = subprocess.run(
            [find_java(), f"@{neo4j / 'conf' / 'java.args'}", ADMIN, "database", task, "neo4j", where],
            env=os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
            capture_output=True,
            check=True,
        )
        (into / f"{task}.log").write_bytes(done.stdout + done.stderr)
    return other


async def test_no_file_holds_a_plain_value(
    tmp_path: Path, keys: IdentifierKeys, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    home, exported = tmp_path / "home", tmp_path / "exported"
    store = event(5, "party.registered", 1, party={"id": "S1", "kind": "STORE", "name": MARKER})
    with embedded_server(home, lambda text: None, memory=Memory(512, 64)) as connection:
        async with connect(connection) as graph:
            await migrate(graph)
            async with Recorder(graph, keys).running() as recorder:
                await record(recorder, *CHANNEL, store, *LIFE)
                await record(recorder, LEFT)
                await record(recorder, *REPLAYED)
            with ExportFiles(Form.GRAPHML, exported) as files:
                await export(graph, selection_of(None, None, None, None, None), files)

    into = tmp_path / "dump"
    into.mkdir()
    loaded = dumped(home / "neo4j", into)

    assert (into / "neo4j.dump").stat().st_size > 0
    for folder in (home, loaded):
        assert holding(folder, MARKER), "the search finds what is there"
    for value in PLAIN:
        assert holding(tmp_path, value) == [], value
        assert value not in caplog.text
