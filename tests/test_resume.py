"""`ingest --resume`: a run that was stopped, killed or cut off is gone on with, and nothing is counted twice."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph_service.commands.ingest import ingest
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.intake.files import EventFile
from graph_service.intake.noted import Notes
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from graph_service.service import Service
from tests.serving import settings_of
from tests.test_cli import PROGRAM, QUIET, lines, party

EVENTS = 6_100  # four batches: when the first is noted, the next two are under way


def written(path: Path, faulty: tuple[int, ...] = (10, 5_000)) -> Path:
    events = [party(f"resume-{n}") for n in range(EVENTS)]
    for n in faulty:
        events[n]["type"] = "nonsense"
    path.write_bytes(lines(*events))
    return path


@pytest.fixture
def service(graph: Graph, connection: Connection, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path) -> Service:
    return Service(settings_of(tmp_path / "home"), connection, graph, keys, recorder)


def break_after(batches: int, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends the work as Ctrl-C does, once so many batches were noted."""
    add, noted = Notes.add, 0

    def count(self: Notes, **batch: Any) -> None:
        nonlocal noted
        add(self, **batch)
        noted += 1
        if noted == batches:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Notes, "add", count)


async def test_the_report_of_the_second_run_covers_the_whole_file(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "events.ndjson")
    with monkeypatch.context() as patched:
        break_after(1, service.recorder, patched)
        first, ended = await ingest(service, [file])
    assert isinstance(ended, KeyboardInterrupt)
    assert 0 < first["accepted"] < EVENTS - 2
    (state,) = (tmp_path / "home" / "ingest").glob("*.json")
    assert stat.S_IMODE(state.stat().st_mode) == 0o600

    moved = file.rename(tmp_path / "renamed.ndjson")
    report, ended = await ingest(service, [moved], resume=True)

    assert ended is None
    assert (report["accepted"], report["duplicates"]) == (EVENTS - 2, 0)
    assert [(one["index"], one["code"]) for one in report["rejected"]] == [
        (10, "UNKNOWN_TYPE"),
        (5_000, "UNKNOWN_TYPE"),
    ]
    assert report["token"]
    assert list((tmp_path / "home" / "ingest").iterdir()) == []


async def test_without_resume_what_was_noted_is_ignored(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "events.ndjson")
    with monkeypatch.context() as patched:
        break_after(1, service.recorder, patched)
        first, _ = await ingest(service, [file])
    report, _ = await ingest(service, [file])
    assert report["accepted"] + report["duplicates"] == EVENTS - 2
    assert report["duplicates"] == first["accepted"]
    assert len(report["rejected"]) == 2


async def test_notes_of_another_graph_are_none(
    service: Service, graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "events.ndjson")
    with monkeypatch.context() as patched:
        break_after(2, service.recorder, patched)
        await ingest(service, [file])
    await graph.run("MATCH (e:Event) DETACH DELETE e", read_only=False)
    report, _ = await ingest(service, [file], resume=True)
    assert (report["accepted"], report["duplicates"], len(report["rejected"])) == (EVENTS - 2, 0, 2)


async def test_of_several_files_those_that_are_whole_are_not_read_again(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small.ndjson"
    small.write_bytes(lines(party("small"), {"id": "x"}))
    large = written(tmp_path / "large.ndjson", faulty=())
    with monkeypatch.context() as patched:
        break_after(2, service.recorder, patched)  # the first is the small file's
        await ingest(service, [small, large])
    report, _ = await ingest(service, [small, large], resume=True)
    assert (report["accepted"], report["duplicates"]) == (EVENTS + 1, 0)
    assert [(one["file"], one["index"]) for one in report["rejected"]] == [(str(small), 1)]


def test_a_killed_run_is_gone_on_with(tmp_path: Path) -> None:
    file = written(tmp_path / "events.ndjson", faulty=(10,))
    home = tmp_path / "home"
    command = [PROGRAM, "ingest", str(file), "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=QUIET)
    while not any(json.loads(state.read_text())["accepted"] for state in (home / "ingest").glob("*.json")):
        assert process.poll() is None
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    again = subprocess.run([*command, "--resume"], check=False, capture_output=True, text=True, env=QUIET)

    assert again.returncode == 3, again.stderr
    report = json.loads(again.stdout)
    assert report["accepted"] + report["duplicates"] == EVENTS - 1
    assert report["accepted"] >= 1_999  # what was noted before counts as what it was
    assert [one["index"] for one in report["rejected"]] == [10]


@pytest.mark.parametrize("form", [".ndjson", ".json", ".csv", ".parquet"])
@pytest.mark.parametrize("first", [0, 1, 999, 1_000, 2_500, 3_000])
def test_every_form_can_be_read_from_an_index_on(tmp_path: Path, form: str, first: int) -> None:
    rows = [{"id": str(n), "type": "goods.destroyed", "at": "x", "reason": "y" * 500} for n in range(3_000)]
    path = tmp_path / f"events{form}"
    if form == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=700)
    elif form == ".csv":
        path.write_text(
            "id,type,at,reason\n" + "".join(f"{row['id']},{row['type']},x,{row['reason']}\n\n" for row in rows)
        )
    else:
        path.write_text(json.dumps(rows, indent=1) if form == ".json" else "\n\n".join(map(json.dumps, rows)))
    with EventFile(path) as events:
        assert list(events.since(first)) == list(enumerate(rows))[first:]
