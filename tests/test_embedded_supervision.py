"""What happens to a server that hangs, runs out of memory, or loses its supervisor."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from neo4j.exceptions import DriverError, Neo4jError

from graph_service.graph.embedded import Connection, Identity, Phase, embedded_server, server_state
from graph_service.graph.embedded.files import ServerFiles
from graph_service.graph.embedded.orphans import find_servers
from tests.test_embedded import SMALL, answers, ask, is_in, kill_supervisor, nothing_runs, runs, silent, until

pytestmark = pytest.mark.usefixtures("quick_java")

HUNG_SECONDS = 4.0
GREEDY = "RETURN size([x IN range(1, 500000000) | toString(x)])"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("supervised")
    yield home
    assert nothing_runs(home), "a process was left behind"


@pytest.fixture(scope="module")
def connection(home: Path) -> Iterator[Connection]:
    with embedded_server(home, silent, memory=SMALL, hung_seconds=HUNG_SECONDS) as connection:
        yield connection


def restarts(home: Path) -> int:
    state = server_state(home)
    return state.restarts if state else -1


def is_back(home: Path, before: int) -> bool:
    return restarts(home) == before + 1 and is_in(home, Phase.READY)


def server_of(home: Path) -> psutil.Process:
    (server,) = find_servers(ServerFiles.of(home))
    return server


def supervisor_of(home: Path) -> Identity | None:
    state = server_state(home)
    return state.supervisor if state else None


def test_a_server_that_does_nothing_any_more_is_started_again(home: Path, connection: Connection) -> None:
    before, hung = restarts(home), server_of(home)
    hung.send_signal(signal.SIGSTOP)
    until(lambda: is_back(home, before))
    assert not runs(hung)
    assert answers(connection)


def test_a_server_under_heavy_load_is_left_alone(home: Path, connection: Connection) -> None:
    before, busy = restarts(home), server_of(home)
    end = time.monotonic() + HUNG_SECONDS * 1.5

    def load() -> None:
        while time.monotonic() < end:
            ask(connection, "UNWIND range(1, 2000000) AS x WITH x WHERE x % 7 = 3 RETURN count(x)")

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(load) for _ in range(8)]:
            done.result()
    assert (restarts(home), runs(busy)) == (before, True)


def test_a_server_without_memory_ends_and_is_started_again(home: Path, connection: Connection) -> None:
    before = restarts(home)
    with pytest.raises((DriverError, Neo4jError)):
        ask(connection, GREEDY)
    until(lambda: is_back(home, before))
    assert answers(connection)


def test_a_killed_supervisor_is_followed_by_one_that_adopts_the_server(home: Path, connection: Connection) -> None:
    server = server_of(home)
    killed = kill_supervisor(home)
    until(lambda: is_in(home, Phase.READY))
    assert supervisor_of(home) != killed
    assert runs(server)
    assert answers(connection)
    # What was adopted is looked after as if it were its own.
    server.kill()
    until(lambda: is_back(home, 0))
    assert answers(connection)


def test_supervisor_and_server_killed_together_come_back_at_the_same_port(home: Path, connection: Connection) -> None:
    server = server_of(home)
    os.kill(server.pid, signal.SIGKILL)
    kill_supervisor(home)
    until(lambda: is_in(home, Phase.READY))
    assert answers(connection)
