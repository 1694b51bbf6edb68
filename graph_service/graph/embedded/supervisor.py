"""Keeps one home's Neo4j alive while somebody uses it.

Started as `python -m graph_service.graph.embedded.supervisor ROOT`, with a `Launch` on standard input.

Why a process of its own: a service that is killed cannot stop its server, and a server that dies while
several commands use it must be started again by one of them only. The supervisor holds `supervisor.lock`
all its life, so there is one; the users hold `users.lock` together, and when the supervisor gets that lock
alone, nobody is left, however they ended. It keeps it until it ends, so that whoever comes meanwhile waits
and then starts afresh. Supervisor and server have a session of their own: Ctrl-C in a terminal reaches
neither.

Everything that happens is an event in one queue; threads and signals only put events there.
"""

import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NoReturn

import psutil

from graph_service.errors import ServiceError
from graph_service.graph.embedded import locks
from graph_service.graph.embedded.adopted import Adopted
from graph_service.graph.embedded.class_data import ClassData
from graph_service.graph.embedded.configuration import (
    ADDRESS,
    DATABASE,
    USERNAME,
    server_command,
    write_configuration,
)
from graph_service.graph.embedded.files import ServerFiles
from graph_service.graph.embedded.launch import Launch
from graph_service.graph.embedded.orphans import find_servers, stop_orphans
from graph_service.graph.embedded.state import Failure, Identity, Phase, ServerState, read_last_state
from graph_service.resources import resource

Server = subprocess.Popen[bytes] | Adopted

ALREADY_RUNNING = 3
"""Exit status of a supervisor that found another one of the same home."""

_START_SECONDS = 600  # recovery after a crash reads all transaction logs since the last checkpoint
_STOP_SECONDS = 120  # the last checkpoint writes all changed pages
_PROBES = 5  # within the time in which one must answer
_BUSY_PATIENCE = 5  # times as long for one that works: far longer than a garbage collection of heaps this small
_BUSY_SHARE = 0.05  # of one processor
_HUNG_STOP_SECONDS = 5
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 30
_STEADY_SECONDS = 60
_PORT_ATTEMPTS = 3
_FAREWELL_SECONDS = 10

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What can happen to a supervisor."""

    READY = "ready"
    REFUSED = "refused"
    DIED = "died"
    HUNG = "hung"
    UNUSED = "unused"
    TERMINATED = "terminated"
    QUIET = "quiet"


_ENDS = {Kind.UNUSED, Kind.TERMINATED}


@dataclass(frozen=True)
class Event:
    """Something happened; to which server, if it concerns one."""

    kind: Kind
    server: "Server | None" = None


class Supervisor:
    """One home's supervisor; `run` returns when the server is stopped."""

    def __init__(self, files: ServerFiles, launch: Launch) -> None:
        self._files = files
        self._launch = launch
        self._events: SimpleQueue[Event] = SimpleQueue()
        last = read_last_state(files)
        self._state = ServerState(Phase.STARTING, Identity.of(os.getpid()), port=last.port if last else 0)
        self._server: Server | None = None
        self._answers = 0
        self._class_data = ClassData.of(launch.java, launch.class_path)

    def run(self) -> None:
        """Start the server, keep it alive, stop it when nobody uses it any more."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._events.put(Event(Kind.TERMINATED)))
        threading.Thread(target=self._await_last_user, daemon=True).start()
        try:
            self._publish(phase=Phase.STARTING)
            adopted = self._adopt() if self._launch.adopt else None
            if adopted is None and (orphans := stop_orphans(self._files)):
                log.warning("Stopped %d server(s) that a killed supervisor left behind.", orphans)
            self._supervise(adopted)
            self._publish(phase=Phase.STOPPING)
            self._stop_server()
            self._publish(phase=Phase.STOPPED, server=None)
        except ServiceError as failure:
            self._fail(failure)
        except OSError as problem:
            self._fail(self._files.refusal(problem))
        finally:
            self._stop_server()

    def _adopt(self) -> Adopted | None:
        """Take over the one server that a killed supervisor left behind, if its users can still reach it."""
        servers = find_servers(self._files)
        if len(servers) != 1 or self._launch.port is None or not _answers(self._launch.port):
            return None
        log.warning("Took over the server that a killed supervisor left behind.")
        return Adopted(servers[0])

    def _supervise(self, adopted: Adopted | None) -> None:
        """Run one server after the other until nobody needs one.

        Args:
            adopted: one that runs already.

        Raises:
            ServiceError: the first one did not start; later ones are tried for ever, with longer pauses.
        """
        pause = _FIRST_PAUSE_SECONDS
        was_ready = False
        attempt = 0
        while True:
            attempt += 1
            is_adopted = adopted is not None
            if adopted is not None and self._launch.port is not None:
                self._look_after(adopted, self._launch.port)
                adopted, was_ready = None, True
            else:
                self._start_server(self._choose_port(keep=was_ready))
            happened = self._next(self._launch.hung_seconds * _BUSY_PATIENCE if is_adopted else _START_SECONDS)
            if happened is Kind.READY:
                was_ready = True
                began = time.monotonic()
                self._publish(phase=Phase.READY)
                happened = self._watch()
                if time.monotonic() - began > _STEADY_SECONDS:
                    pause = _FIRST_PAUSE_SECONDS
            if happened in _ENDS:
                return
            # One that does not answer will hardly listen; its store recovers as after a crash.
            self._stop_server(_HUNG_STOP_SECONDS)
            if not was_ready:
                if self._port_was_taken() and self._launch.port is None and attempt < _PORT_ATTEMPTS:
                    continue
                self._explain(happened)
            what = "ended" if happened is Kind.DIED else "did not answer"
            log.warning("The server %s; starting it again in %.1f s.", what, pause)
            self._publish(phase=Phase.RESTARTING, server=None, restarts=self._state.restarts + 1)
            if self._next(pause) in _ENDS:
                return
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _watch(self) -> Kind:
        """Wait until something happens to the running server or its users.

        Silence is counted in turns of this loop, not by the clock: a machine that slept makes no server hang.
        """
        patience, pause = self._launch.hung_seconds, self._pause
        answers, silent, idle = self._answers, 0.0, 0.0
        while True:
            worked = self._work()
            happened = self._next(pause)
            if happened is not Kind.QUIET:
                return happened
            if self._answers != answers:
                answers, silent, idle = self._answers, 0.0, 0.0
                continue
            silent += pause
            # One that is idle waits for what will not come; one that works may collect garbage, or be asked much.
            idle += pause if self._work() - worked < _BUSY_SHARE * pause else 0.0
            if idle >= patience or silent >= patience * _BUSY_PATIENCE:
                return Kind.HUNG

    @property
    def _pause(self) -> float:
        return self._launch.hung_seconds / _PROBES

    def _work(self) -> float:
        """How many seconds of a processor the server has used."""
        try:
            times = psutil.Process(self._server.pid).cpu_times() if self._server else None
        except psutil.NoSuchProcess:
            return 0.0
        return times.user + times.system if times else 0.0

    def _next(self, seconds: float) -> Kind:
        """Wait for the next event that concerns the present server."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except Empty:
                break
            if event.server in {None, self._server}:
                return event.kind
        return Kind.QUIET

    def _start_server(self, port: int) -> None:
        files, launch = self._files, self._launch
        write_configuration(
            files,
            port=port,
            memory=launch.memory,
            class_path=launch.class_path,
            class_data=self._class_data.arguments(files.classes),
        )
        server = subprocess.Popen(
            server_command(files, launch.java),
            cwd=files.root,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._look_after(server, port)

    def _look_after(self, server: Server, port: int) -> None:
        self._server = server
        self._publish(server=Identity.of(server.pid), port=port)
        threading.Thread(target=self._await_death, args=(server,), daemon=True).start()
        threading.Thread(target=self._attend, args=(server, port), daemon=True).start()

    def _stop_server(self, patience: float = _STOP_SECONDS) -> None:
        """Stop the server gently, after `patience` seconds at once."""
        server, self._server = self._server, None
        if server is None:
            return
        server.terminate()
        try:
            server.wait(patience)
        except subprocess.TimeoutExpired:
            log.warning("The server did not stop within %.0f s and was killed.", patience)
            server.kill()
            server.wait()
        else:
            self._class_data.keep(self._files.classes)

    def _await_last_user(self) -> None:
        descriptor = os.open(self._files.users_lock, os.O_RDWR | os.O_CLOEXEC)  # held until this process ends
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._events.put(Event(Kind.UNUSED))

    def _await_death(self, server: Server) -> None:
        server.wait()
        self._events.put(Event(Kind.DIED, server))

    def _attend(self, server: Server, port: int) -> None:
        """Tell when the server is ready, and count how often it did what it was asked.

        The question is a statement: it needs Bolt, the password, the database and a thread that runs it. The
        driver has no deadline for an answer, so the deadline is kept by `_watch`.
        """
        from neo4j import GraphDatabase  # noqa: PLC0415 - loaded while the server boots
        from neo4j.exceptions import AuthError, DriverError, Neo4jError  # noqa: PLC0415

        question = (resource("cypher") / "graph" / "components.cypher").read_text("utf-8")
        while not _answers(port) and server.poll() is None:
            time.sleep(0.02)
        announced = False
        with GraphDatabase.driver(
            f"bolt://{ADDRESS}:{port}",
            auth=(USERNAME, self._files.read_password()),
            max_connection_pool_size=1,
            telemetry_disabled=True,
        ) as driver:
            while server.poll() is None:
                try:
                    with driver.session(database=DATABASE) as session:
                        session.run(question).consume()
                    self._answers += 1
                except AuthError:
                    self._events.put(Event(Kind.REFUSED, server))
                    return
                except (Neo4jError, DriverError, OSError) as problem:
                    # A refusal is an answer, too; but not from one that is still starting.
                    self._answers += announced and isinstance(problem, Neo4jError)
                    log.info("The server does not answer yet: %s", problem)
                    time.sleep(0.1)
                    continue
                if not announced:
                    announced = True
                    self._events.put(Event(Kind.READY, server))
                time.sleep(self._pause)

    def _choose_port(self, *, keep: bool) -> int:
        """Choose the port of the next server; users know the present one, so a restart must `keep` it.

        Raises:
            ServiceError: PORT_TAKEN, when one is prescribed.
        """
        if self._launch.port is not None:
            if not keep and not _is_free(self._launch.port):
                raise _port_taken(self._launch.port)
            return self._launch.port
        if self._state.port and (keep or _is_free(self._state.port)):
            return self._state.port
        with socket.socket() as probe:
            probe.bind((ADDRESS, 0))
            return int(probe.getsockname()[1])

    def _port_was_taken(self) -> bool:
        return not _is_free(self._state.port)

    def _explain(self, happened: Kind) -> NoReturn:
        """Say why the first start failed.

        Raises:
            ServiceError: always.
        """
        self._files.require_space()
        if self._launch.port is not None and self._port_was_taken():
            raise _port_taken(self._launch.port)
        if happened is Kind.REFUSED:
            raise ServiceError(
                "PASSWORD_REFUSED",
                f"The database in {self._files.data} has another password than {self._files.password}.",
                remedy="Put the password file back that belongs to this database, or use another home.",
            )
        what = f"did not answer within {_START_SECONDS} s" if happened is Kind.QUIET else "ended while it started"
        raise ServiceError(
            "SERVER_DID_NOT_START",
            f"Neo4j {what}.",
            remedy=f"Its last words are in {self._files.server_log} and {self._files.supervisor_log}.",
        )

    def _fail(self, failure: ServiceError) -> None:
        """Leave word why there is no server, long enough for the users to read it."""
        log.error("%s", failure)
        self._stop_server()
        try:
            self._publish(
                phase=Phase.FAILED,
                server=None,
                failure=Failure(failure.code, failure.message, failure.remedy),
            )
        except OSError:
            return  # they will see that there is no supervisor, and its log
        until = time.monotonic() + _FAREWELL_SECONDS
        while time.monotonic() < until and self._next(_FAREWELL_SECONDS) not in _ENDS:
            pass

    def _publish(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)
        self._state.write(self._files)


def _answers(port: int) -> bool:
    try:
        socket.create_connection((ADDRESS, port), timeout=1).close()
    except OSError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As Neo4j binds: a connection of the last server that is still closing does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
        return True


def _port_taken(port: int) -> ServiceError:
    return ServiceError(
        "PORT_TAKEN",
        f"Port {port}, wanted for Neo4j, is used by another program or not allowed.",
        remedy="Name another port, or none: then a free one is found.",
    )


def main() -> None:
    """Become the supervisor of the server folder named on the command line.

    The process that was started returns as soon as its child holds the lock, so that the supervisor is
    nobody's child: no user has to reap it and none takes it along.
    """
    files = ServerFiles(Path(sys.argv[1]))
    launch = Launch.from_json(sys.stdin.read())
    lock = None
    for _ in range(20):  # users look whether the lock is free by taking it for a moment
        lock = locks.try_exclusive(files.supervisor_lock)
        if lock is not None:
            break
        time.sleep(0.01)
    if lock is None:
        sys.exit(ALREADY_RUNNING)
    if os.fork():
        os._exit(0)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # what it complains of is told as events
    Supervisor(files, launch).run()


if __name__ == "__main__":
    main()
