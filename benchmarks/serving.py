"""Runs the service as its users do: the command, on a home of its own, until the block ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

START_SECONDS = 300.0
_STOP_SECONDS = 120.0
_LOOK_SECONDS = 0.2
PROGRAM = (sys.executable, "-m", "graph_service.cli")


@dataclass(frozen=True, slots=True)
class Served:
    """A running `graph-service serve`.

    Attributes:
        home: where its data are.
        host: of its address.
        port: of its address.
        token: of an admin, valid for a day.
        process: of the service; its Neo4j is another one.
    """

    home: Path
    host: str
    port: int
    token: str
    process: psutil.Process

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{self.host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What opens it."""
        return {"Authorization": f"Bearer {self.token}"}


def command(home: Path, *arguments: str) -> list[str]:
    """A command of the service on a home."""
    return [*PROGRAM, *arguments, "--home", str(home)]


def surroundings(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of such a command: this one's, without a server of somebody else's."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEO4J_")}
    return kept | dict(extra or {})


@contextmanager
def serving(
    home: Path, *arguments: str, environment: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[Served]:
    """Serves a home while the block lasts.

    Args:
        home: is made where it is missing.
        arguments: further ones of `graph-service serve`.
        environment: variables to add to this process's own.
        log: what the command says goes there; by default nowhere.

    Raises:
        RuntimeError: it ended, or was not ready in time.
    """
    port = free_port()
    surrounding = surroundings(environment)
    spoken = subprocess.DEVNULL if log is None else log.open("ab")
    started = subprocess.Popen(
        command(home, "serve", "--port", str(port), *arguments), stdout=spoken, stderr=spoken, env=surrounding
    )
    try:
        await_ready(port, started)
        yield Served(home, "127.0.0.1", port, token_of(home, surrounding), psutil.Process(started.pid))
    finally:
        stop(started)
        if not isinstance(spoken, int):
            spoken.close()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def await_ready(port: int, started: "subprocess.Popen[bytes] | None" = None, seconds: float = START_SECONDS) -> float:
    """Waits until `/readyz` says so; returns how long that took.

    Raises:
        RuntimeError: the command ended, or it took too long.
    """
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        if started is not None and started.poll() is not None:
            raise RuntimeError(f"graph-service serve ended with {started.returncode} before it was ready")
        with (
            suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer,
        ):
            if answer.status == 200:
                return time.monotonic() - began
        time.sleep(_LOOK_SECONDS)
    raise RuntimeError(f"graph-service serve was not ready within {seconds:.0f} s")


def token_of(home: Path, environment: Mapping[str, str] | None = None, role: str = "admin") -> str:
    """A token for a day."""
    made = subprocess.run(
        command(home, "token", "--role", role, "--ttl", "1d"),
        check=True,
        capture_output=True,
        text=True,
        env=None if environment is None else dict(environment),
    )
    return made.stdout.strip()


def stop(started: "subprocess.Popen[bytes]") -> None:
    """Stops a command as Ctrl-C does, and waits; its Neo4j ends with it, unless others use it."""
    if started.poll() is None:
        started.send_signal(signal.SIGINT)
        try:
            started.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def run(home: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Runs a command of the service to its end; returns what it printed.

    Raises:
        RuntimeError: it failed; the message ends with what it said.
    """
    ended = subprocess.run(
        command(home, *arguments), check=False, capture_output=True, text=True, env=surroundings(environment)
    )
    if ended.returncode:
        raise RuntimeError(f"graph-service {arguments[0]} ended with {ended.returncode}: {ended.stderr[-1_000:]}")
    return ended.stdout
