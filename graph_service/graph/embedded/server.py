"""The embedded server as its users see it: enter, get a connection, leave.

A user holds `users.lock` together with all others of the home. That alone keeps the server running; the
supervisor does the rest (see there). So a user that is killed needs no clearing up after, and entering is
the same whether the server runs, starts, stops or is not there.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from graph_service.errors import ServiceError
from graph_service.graph.embedded import locks
from graph_service.graph.embedded.configuration import ADDRESS, DATABASE, USERNAME
from graph_service.graph.embedded.connection import Connection
from graph_service.graph.embedded.files import ServerFiles
from graph_service.graph.embedded.guard import guarded
from graph_service.graph.embedded.launch import HUNG_SECONDS, Launch
from graph_service.graph.embedded.memory import Memory, size_memory
from graph_service.graph.embedded.orphans import stop_orphans
from graph_service.graph.embedded.progress import Say, Talk
from graph_service.graph.embedded.state import Phase, ServerState, read_state

_POLL_SECONDS = 0.02
_START_SECONDS = 660.0  # a little more than the supervisor allows the server
_STOP_SECONDS = 130.0
_QUIET_SECONDS = 15.0
_LOG_BYTES = 1_000_000
_STARTS = 3
_ALREADY_RUNNING = 3


def server_state(home: Path) -> ServerState | None:
    """What the home's server is doing, for people who ask; None when none runs."""
    return read_state(ServerFiles.of(home))


@contextmanager
def embedded_server(
    home: Path,
    say: Say | None = None,
    *,
    port: int | None = None,
    memory: Memory | None = None,
    hung_seconds: float = HUNG_SECONDS,
) -> Iterator[Connection]:
    """Use the home's Neo4j: join the running one or start it; stop it when the last user leaves.

    It blocks: 5 s for a start, more when Neo4j must be downloaded first; 10 ms to join. From asyncio enter
    it before the loop runs, or in a thread. Threads and processes may enter it at the same time. A process
    forked inside counts as a user until it ends.

    Args:
        home: folder that holds the data; made when it is not there.
        say: receives what is worth saying while it takes long; by default a bar or lines on standard error.
        port: the one port to use, for a server that has to be started; by default any free one.
        memory: what a server that has to be started may take; by default it is sized from the machine.
        hung_seconds: after so long without an answer an idle server is ended and started again.

    Raises:
        ServiceError: HOME_NOT_WRITABLE, DISK_FULL, JAVA_MISSING, JARS_UNREACHABLE, CHECKSUM_MISMATCH,
            CACHE_NOT_WRITABLE, PORT_TAKEN, PASSWORD_REFUSED or SERVER_DID_NOT_START.
    """
    files = ServerFiles.of(home)
    files.prepare()
    try:
        with locks.shared(files.users_lock):  # waits while the server is being stopped

            def prepare(talk: Talk) -> Launch:
                return _prepare_launch(files, talk, port, memory, hung_seconds)

            bolt_port = _enter(files, Talk(say), prepare)
            with guarded(files, lambda: _take_over(files, bolt_port, prepare)):
                yield Connection(
                    uri=f"bolt://{ADDRESS}:{bolt_port}",
                    username=USERNAME,
                    password=files.read_password(),
                    database=DATABASE,
                )
    finally:
        _leave(files)


def _enter(files: ServerFiles, talk: Talk, prepare: Callable[[Talk], Launch]) -> int:
    """Wait until a server is ready, starting it where there is none; returns its port."""
    starts = 0
    began = time.monotonic()
    patient = False
    while (waited := time.monotonic() - began) < _START_SECONDS:
        state = read_state(files)
        if state and state.phase is Phase.READY:
            return state.port
        if state and state.phase is Phase.FAILED and state.failure:
            raise ServiceError(state.failure.code, state.failure.message, remedy=state.failure.remedy)
        if locks.is_free(files.supervisor_lock, for_sharing=True):
            if starts == _STARTS:
                break
            starts += 1
            _start_supervisor(files, prepare(talk))
        elif waited > _QUIET_SECONDS and not patient:
            patient = True
            talk.say("Waiting for Neo4j: it is being started, or recovers after a crash …")
        time.sleep(_POLL_SECONDS)
    raise ServiceError(
        "SERVER_DID_NOT_START",
        "Neo4j or its supervisor did not start.",
        remedy=f"Their last words are in {files.server_log} and {files.supervisor_log}.",
    )


def _prepare_launch(
    files: ServerFiles, talk: Talk, port: int | None, memory: Memory | None, hung_seconds: float
) -> Launch:
    from graph_service.graph.embedded.jars import resolve_jars  # noqa: PLC0415 - joining needs neither
    from graph_service.graph.embedded.java import find_java  # noqa: PLC0415

    files.require_space()
    java = find_java()
    jars = resolve_jars(talk)
    talk.say("Starting Neo4j …")
    return Launch(java, jars, memory or size_memory(), port, hung_seconds=hung_seconds)


def _take_over(files: ServerFiles, port: int, prepare: Callable[[Talk], Launch]) -> None:
    """Start a supervisor for the server that users are connected to, whether it runs on or has to be started."""
    _start_supervisor(files, replace(prepare(Talk(lambda _: None)), port=port, adopt=True))


def _start_supervisor(files: ServerFiles, launch: Launch) -> None:
    """Start a supervisor; returns when it, or another one of the home, holds the lock."""
    log = files.supervisor_log
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        started = subprocess.run(
            [sys.executable, "-P", "-m", "graph_service.graph.embedded.supervisor", str(files.root)],
            input=launch.to_json().encode(),
            stdout=output,
            stderr=output,
            cwd=files.root,
            start_new_session=True,
            check=False,
        )
    if started.returncode not in {0, _ALREADY_RUNNING}:
        raise ServiceError(
            "SERVER_DID_NOT_START",
            f"The supervisor of Neo4j ended with status {started.returncode}.",
            remedy=f"Its last words are in {log}.",
        )


def _leave(files: ServerFiles) -> None:
    """Wait until the server is stopped if nobody else uses it."""
    until = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < until:
        lock = locks.try_exclusive(files.supervisor_lock)
        if lock is not None:
            with locks.held(lock):
                # The supervisor ended in its own way, or was killed and left a server to us.
                if _is_last(files):
                    stop_orphans(files)
            return
        if not _is_last(files):
            return
        time.sleep(_POLL_SECONDS)


def _is_last(files: ServerFiles) -> bool:
    """Whether no other user is left; then the supervisor stops the server, or has begun to.

    One leaver asks at a time, so that none takes another's question for a user.
    """
    with locks.exclusive(files.leaving_lock):
        nobody = locks.is_free(files.users_lock)
        return nobody or not locks.is_free(files.users_lock, for_sharing=True)
