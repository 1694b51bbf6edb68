"""`graph-service owners`: files in, files out, and nothing half-written."""

from __future__ import annotations

import asyncio
import csv
import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import pytest_asyncio

from graph_service.commands.owners import owners, require_files
from graph_service.errors import ServiceError
from graph_service.goods import bulk_files
from graph_service.goods.bulk_answers import SCHEMA
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.recorder import Recorder
from tests.serving import server_of_a_command
from tests.test_cli import run

EVENT = {
    "id": "c",
    "type": "goods.commissioned",
    "at": "2026-05-01T00:00:00Z",
    "sku": "CAT",
    "batch": "B",
    "level": "UNIT",
    "codes": ["U1", "U2", 'a,"b"'],
    "holder": "F",
}
ANSWERS = [
    ("U2", "2026-06-01T00:00:00Z", "CONFIRMED", "F"),
    ("V", "2026-06-01T00:00:00.500000Z", "UNKNOWN", None),
    ("U1", "2026-04-30T16:00:00Z", "UNKNOWN", None),
]
CODES, TIMES = ["U2", "V", "U1"], ["2026-06-01T00:00:00Z", "2026-06-01T00:00:00.5Z", "2026-05-01T00:00:00+08:00"]
CSV = b"\xef\xbb\xbfcode,at\r\n" + b"".join(f"{c},{t}\r\n".encode() for c, t in zip(CODES, TIMES, strict=True))
NDJSON = b"".join(f'{{"code": "{c}", "at": "{t}"}}\n\n'.encode() for c, t in zip(CODES, TIMES, strict=True))


@pytest_asyncio.fixture(loop_scope="session")
async def filled(graph: Graph, recorder: Recorder) -> Graph:
    await recorder.record([EVENT], as_admin=True)
    return graph


def write(path: Path) -> Path:
    data = {".csv": CSV, ".ndjson": NDJSON}.get(next(s for s in path.suffixes if s != ".gz"))
    if data is None:
        pq.write_table(pa.table({"code": CODES, "at": TIMES}), path)
    else:
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        assert table.schema == SCHEMA
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("form", ["a.csv", "a.csv.gz", "a.ndjson", "a.ndjson.gz", "a.parquet"])
@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
async def test_every_form_is_answered_in_the_order_asked(filled: Graph, tmp_path: Path, form: str, out: str) -> None:
    assert await owners(filled, write(tmp_path / form), tmp_path / out) == 3

    rows = read(tmp_path / out)
    assert list(rows[0]) == SCHEMA.names
    assert [(row["code"], row["status"], row["owner"]) for row in rows] == [(c, s, o) for c, _, s, o in ANSWERS]
    if out == "out.csv":
        assert [row["at"] for row in rows] == [at for _, at, _, _ in ANSWERS]
    assert names_in(tmp_path) == {form, out}


async def test_times_may_be_missing_and_codes_strange(filled: Graph, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('at,code\n,"a,""b"""\n,U1\n', "utf-8")
    await owners(filled, tmp_path / "a.csv", tmp_path / "out.csv")
    assert [(row["code"], row["via"]) for row in read(tmp_path / "out.csv")] == [('a,"b"', 'a,"b"'), ("U1", "U1")]

    (tmp_path / "b.csv").write_text("code\n", "utf-8")
    assert await owners(filled, tmp_path / "b.csv", tmp_path / "none.parquet") == 0
    assert read(tmp_path / "none.parquet") == []


@pytest.mark.parametrize(
    ("name", "data", "code", "path"),
    [
        ("a.csv", b"code,at\nU1,\nU2,yesterday\n", "INVALID_TIME", "3.at"),
        ("a.csv", b'code,at\n"U\n1",\n\n,\n', "INVALID_FIELD", "5.code"),
        ("a.csv", b"code,at\nU1\n", "INVALID_FIELD", "2"),
        ("a.csv", b"code,at\nU1,\n\xff,\n", "INVALID_FIELD", "3"),
        ("a.csv", b'code,at\n"U1"x,\n', "FILE_DAMAGED", None),
        ("a.csv", b"code,time\nU1,\n", "UNKNOWN_FIELD", "time"),
        ("a.csv", b"at\n\n", "INVALID_FIELD", "code"),
        ("a.csv", b"", "INVALID_FIELD", "code"),
        ("a.csv.gz", gzip.compress(CSV, mtime=0)[:-9], "FILE_DAMAGED", None),
        ("a.ndjson", NDJSON + b"{}\n", "INVALID_FIELD", "7.code"),
        ("a.ndjson", NDJSON + b"x" * 2**20, "INVALID_JSON", "7"),
        ("a.parquet", b"nonsense", "FILE_DAMAGED", None),
    ],
)
async def test_a_fault_is_told_and_nothing_is_written(
    filled: Graph, tmp_path: Path, name: str, data: bytes, code: str, path: str | None
) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "out.csv").write_text("what was there", "utf-8")

    with pytest.raises(ServiceError) as told:
        await owners(filled, tmp_path / name, tmp_path / "out.csv")

    assert (told.value.code, told.value.path) == (code, path)
    assert names_in(tmp_path) == {name, "out.csv"}
    assert (tmp_path / "out.csv").read_text("utf-8") == "what was there"


async def test_a_fault_far_down_is_found_by_its_line(
    filled: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_files, "SLICE", 10)
    (tmp_path / "a.csv").write_text("code\n" + "U1\n" * 95 + '""\n', "utf-8")

    with pytest.raises(ServiceError, match="Line 97: code"):
        await owners(filled, tmp_path / "a.csv", tmp_path / "out.csv")

    assert names_in(tmp_path) == {"a.csv"}


def test_files_are_looked_at_before_anything_starts(tmp_path: Path) -> None:
    asked = write(tmp_path / "a.csv")

    def told(asked: Path, out: Path) -> str:
        with pytest.raises(ServiceError) as raised:
            require_files(asked, out)
        return raised.value.code

    assert told(tmp_path / "none.csv", tmp_path / "out.csv") == "FILE_UNREADABLE"
    assert told(tmp_path / "a.xlsx", tmp_path / "out.csv") == "UNKNOWN_SUFFIX"
    assert told(asked, tmp_path / "out.ndjson") == "UNKNOWN_SUFFIX"
    assert told(asked, tmp_path / "none" / "out.csv") == "FILE_NOT_WRITABLE"
    (tmp_path / "folder.csv").mkdir()
    assert told(asked, tmp_path / "folder.csv") == "FILE_NOT_WRITABLE"
    require_files(asked, tmp_path / "out.csv")
    assert names_in(tmp_path) == {"a.csv", "folder.csv"}


async def test_the_command_runs(connection: Connection, graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(NDJSON)
    server = server_of_a_command(connection, tmp_path / "home")

    ended = await asyncio.to_thread(run, "owners", tmp_path / "a.ndjson", "--out", tmp_path / "out.csv", **server)

    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert "3 codes answered" in ended.stderr
    assert [row["status"] for row in read(tmp_path / "out.csv")] == ["UNKNOWN"] * 3
    wrong = await asyncio.to_thread(run, "owners", tmp_path / "a.ndjson", "--out", tmp_path / "o.txt", **server)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("UNKNOWN_SUFFIX: ")
