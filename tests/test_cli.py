"""The command line as people and scripts meet it: real processes on a home of their own, joined by one server."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import QUICK_JAVA

PROGRAM = str(Path(sys.executable).parent / "graph-service")
PARTY = {"type": "party.registered", "at": "2026-05-01T08:00:00+08:00"}
QUIET = {key: value for key, value in os.environ.items() if not key.startswith(("NEO4J_", "GRAPH_SERVICE_"))} | {
    "JAVA_TOOL_OPTIONS": QUICK_JAVA
}


def party(number: int | str, **more: Any) -> dict[str, Any]:
    named = {"id": f"S{number}", "kind": "STORE", "name": f"喵喵宠物店 {number}"}
    return {"id": f"register-{number}", **PARTY, "party": named, **more}


def lines(*events: Any) -> bytes:
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env=QUIET | environment,
        timeout=120,
    )


@dataclass
class Running:
    """A service that runs, and its home."""

    process: "subprocess.Popen[str]"
    home: Path
    address: str

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return run(*arguments, "--home", self.home)

    def post(self, path: str, body: Any, token: str | None) -> tuple[int, Any]:
        request = urllib.request.Request(self.address + path, json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("cli") / "home"
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--home", str(home)], stderr=subprocess.PIPE, text=True, env=QUIET
    )
    assert process.stderr is not None
    said = ""
    while (address := re.search(r"(http://\S+)/graphql", said)) is None:
        line = process.stderr.readline()
        assert line, f"serve ended early: {said}"
        said += line
    yield Running(process, home, address[1])
    process.kill()
    process.wait()


def test_ingest_reports_and_ends_by_what_was_rejected(running: Running, tmp_path: Path) -> None:
    good, mixed = tmp_path / "good.ndjson", tmp_path / "mixed.ndjson.gz"
    good.write_bytes(lines(party(1), party(2)))
    mixed.write_bytes(gzip.compress(lines(party(2), party(3), {"id": "x", "type": "nonsense"}) + b"{\n"))

    first = running.run("ingest", good)
    assert first.returncode == 0
    report = json.loads(first.stdout)
    assert (report["accepted"], report["duplicates"], report["rejected"]) == (2, 0, [])
    assert report["token"]

    both = running.run("ingest", good, mixed, "--report", tmp_path / "report.json")
    assert (both.returncode, both.stdout) == (3, "")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (report["accepted"], report["duplicates"]) == (1, 3)
    rejected = [(each["file"], each["index"], each["id"], each["code"], each["path"]) for each in report["rejected"]]
    assert rejected == [(str(mixed), 2, "x", "UNKNOWN_TYPE", "type"), (str(mixed), 3, None, "INVALID_JSON", None)]


def test_a_file_that_breaks_off_keeps_what_was_recorded(running: Running, tmp_path: Path) -> None:
    whole = gzip.compress(lines(*(party(f"broken-{n}", source=os.urandom(40).hex()) for n in range(5_000))))
    (tmp_path / "short.ndjson.gz").write_bytes(whole[: len(whole) * 3 // 4])
    ended = running.run("ingest", tmp_path / "short.ndjson.gz")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["accepted"] > 0
    assert "FILE_DAMAGED" in ended.stderr


def test_ctrl_c_ends_after_a_batch_and_what_was_reported_stays(running: Running, tmp_path: Path) -> None:
    (tmp_path / "many.ndjson").write_bytes(lines(*(party(f"many-{n}") for n in range(60_000))))
    command = [PROGRAM, "ingest", str(tmp_path / "many.ndjson"), "--home", str(running.home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=QUIET)
    counting = "MATCH (e:Event) WHERE e.id STARTS WITH 'register-many-' RETURN count(e) AS n"
    while json.loads(running.run("cypher", counting, "--format", "json").stdout)[0]["n"] == 0:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    output, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopping after this batch" in said
    accepted = json.loads(output)["accepted"]
    assert 0 < accepted < 60_000
    assert json.loads(running.run("cypher", counting, "--format", "json").stdout)[0]["n"] == accepted


def test_a_second_command_joins_the_running_server(running: Running) -> None:
    info = json.loads(running.run("info", "--format", "json").stdout)
    assert info["home"] == str(running.home)
    assert info["events"]["party.registered"] >= 3
    assert [migration["number"] for migration in info["migrations"]][:2] == [0, 1]
    served_by = psutil.Process(info["server"]["pid"])
    assert "java" in served_by.name()
    assert len(java_of(running.home)) == 1
    shown = running.run("info")
    assert shown.returncode == 0
    assert "party.registered" in shown.stdout


def test_a_token_opens_the_service(running: Running) -> None:
    token = running.run("token", "--role", "analyst", "--subject", "A1", "--ttl", "5m").stdout.strip()
    question = {"query": '{ party(id: "S1") { name } }'}
    assert running.post("/graphql", question, token) == (200, {"data": {"party": {"name": "喵喵宠物店 1"}}})
    assert running.post("/graphql", question, None)[0] == 401


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("table", "name\ts\n喵喵宠物店 1\t(:Party "),
        ("csv", 'name,s\n喵喵宠物店 1,"(:Party {'),
        ("json", '[\n  {\n    "name": "喵喵宠物店 1",\n    "s": {\n      "labels": ['),
    ],
)
def test_cypher_answers(running: Running, form: str, expected: str) -> None:
    asked = running.run("cypher", "MATCH (s:Party {id: 'S1'}) RETURN s.name AS name, s", "--format", form)
    assert asked.returncode == 0
    assert asked.stdout.startswith(expected)


@pytest.mark.parametrize(
    "statement",
    [
        "MATCH (s:Party) SET s.name = 'x' RETURN s",
        "CREATE INDEX trial FOR (n:Trial) ON (n.x)",
        "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
        "SHOW SETTINGS",
        "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    ],
)
def test_cypher_only_reads(running: Running, statement: str) -> None:
    refused = running.run("cypher", statement)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("WRITE_REFUSED: ")
    assert len(refused.stderr.splitlines()) == 2


def test_what_the_server_does_not_understand_is_a_line(running: Running) -> None:
    refused = running.run("cypher", "MATCH (s RETURN s")
    assert refused.returncode == 1
    assert refused.stderr.startswith("CYPHER_REFUSED: ")
    assert len(refused.stderr.splitlines()) == 1


def test_check_migrate_and_rederive_find_all_well(running: Running) -> None:
    checked = running.run("check")
    assert checked.returncode == 0, checked.stdout
    assert all(line.startswith("ok ") for line in checked.stdout.splitlines())
    assert running.run("migrate").stdout == "nothing to apply\n"
    derived = running.run("rederive", "--check")
    assert (derived.returncode, derived.stdout) == (0, "0 differences\n")


def test_a_port_that_is_taken_is_said_before_anything_starts(running: Running, tmp_path: Path) -> None:
    taken = run("serve", "--port", running.address.rpartition(":")[2], "--home", tmp_path / "other")
    assert taken.returncode == 1
    assert taken.stderr.startswith("PORT_TAKEN: ")
    assert not (tmp_path / "other").exists()


def test_errors_are_plain_lines(tmp_path: Path) -> None:
    def said(*arguments: str, **environment: str) -> str:
        ended = run(*arguments, "--home", str(tmp_path / "home"), **environment)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert len(ended.stderr.splitlines()) == 2
        return ended.stderr.partition(":")[0]

    assert said("ingest", str(tmp_path / "none.ndjson")) == "FILE_UNREADABLE"
    assert said("ingest", str(tmp_path / "table.xlsx")) == "UNKNOWN_SUFFIX"
    (tmp_path / "empty.ndjson").touch()
    assert said("ingest", str(tmp_path / "empty.ndjson"), "--report", str(tmp_path)) == "FILE_NOT_WRITABLE"
    assert said("serve", "--host", "no.such.host.invalid") == "UNKNOWN_HOST"
    assert said("info", NEO4J_URI="nonsense") == "INVALID_NEO4J_URI"
    assert said("info", NEO4J_URI="bolt://127.0.0.1:1") == "NEO4J_UNREACHABLE"
    assert said("token", "--role", "admin", GRAPH_SERVICE_TOKEN_KEY="short") == "KEY_TOO_SHORT"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["ingest"], ["token", "--role", "king"], ["token", "--role", "admin", "--ttl", "8"]]
)
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_serve_ends_on_sigterm_and_leaves_no_server(running: Running) -> None:
    assert len(java_of(running.home)) == 1
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(60) == 0
    assert java_of(running.home) == []
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(running.address + "/healthz", timeout=5)


def java_of(home: Path) -> list[int]:
    """The Java processes whose command line names the home."""
    return [
        process.pid
        for process in psutil.process_iter(["name", "cmdline"])
        if "java" in (process.info["name"] or "") and any(str(home) in part for part in process.info["cmdline"] or ())
    ]
