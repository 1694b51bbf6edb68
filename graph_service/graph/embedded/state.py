"""What the supervisor tells the processes that use its server.

A state is worth something only while the supervisor that wrote it lives; so it carries that process's
identity: its number and the time it was created, because numbers are used again.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

import psutil

from graph_service.graph.embedded.files import ServerFiles, replace_private


class Phase(StrEnum):
    """Where the server is in its life."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Identity:
    """One process, even after its number is used again."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """Identify a running process.

        Raises:
            psutil.NoSuchProcess: there is none of this number.
        """
        return cls(pid, psutil.Process(pid).create_time())

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        try:
            process = psutil.Process(self.pid)
            return process.create_time() == self.created and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True)
class Failure:
    """Why the server did not start, as a `ServiceError` says it."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True)
class ServerState:
    """The supervisor's last word."""

    phase: Phase
    supervisor: Identity
    server: Identity | None = None
    port: int = 0
    restarts: int = 0
    failure: Failure | None = None

    def write(self, files: ServerFiles) -> None:
        """Publish it in the home."""
        replace_private(files.state, json.dumps(asdict(self), indent=1))


def read_last_state(files: ServerFiles) -> ServerState | None:
    """Read the state in the home, whether its supervisor lives or not."""
    try:
        data = json.loads(files.state.read_text(encoding="utf-8"))
        return ServerState(
            phase=Phase(data["phase"]),
            supervisor=Identity(**data["supervisor"]),
            server=Identity(**data["server"]) if data["server"] else None,
            port=data["port"],
            restarts=data["restarts"],
            failure=Failure(**data["failure"]) if data["failure"] else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # Never written, or by another version: nothing that can be relied on.


def read_state(files: ServerFiles) -> ServerState | None:
    """Read the state of the home's living supervisor; None when there is none or it said nothing yet."""
    state = read_last_state(files)
    return state if state and state.supervisor.is_alive() else None
