"""What the embedded server keeps in the home, and where.

Everything lies below `HOME/neo4j`, readable by its owner only. What several processes read is written to a
new file and renamed over the old one, so that nobody sees half of it.
"""

import errno
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from graph_service.errors import ServiceError

# An empty database takes 3 MB; the rest is room for transaction logs and the first checkpoint.
LEAST_FREE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class ServerFiles:
    """The files of one home's server; make it with `of`."""

    root: Path

    @classmethod
    def of(cls, home: Path) -> "ServerFiles":
        """Name the files of a home without touching any."""
        return cls(home.expanduser().resolve() / "neo4j")

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the server, alone by the supervisor that stops it."""
        return self.root / "users.lock"

    @property
    def leaving_lock(self) -> Path:
        """Held alone while a user finds out whether it is the last one."""
        return self.root / "leaving.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held alone by the supervisor as long as it lives."""
        return self.root / "supervisor.lock"

    @property
    def state(self) -> Path:
        """What the supervisor has to say."""
        return self.root / "state.json"

    @property
    def password(self) -> Path:
        """The password of the server's one user, mode 600."""
        return self.root / "password"

    @property
    def configuration(self) -> Path:
        """The folder of the server's configuration, written anew at each start."""
        return self.root / "conf"

    @property
    def classes(self) -> Path:
        """What a server that stops leaves for the cache (`class_data.py`), until it is there."""
        return self.root / "classes.jsa"

    @property
    def data(self) -> Path:
        """The folder of the database."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.root / "logs"

    @property
    def server_log(self) -> Path:
        """The server's own log."""
        return self.logs / "neo4j.log"

    @property
    def supervisor_log(self) -> Path:
        """What supervisor and Java say on their standard output and error."""
        return self.logs / "supervisor.log"

    def prepare(self) -> None:
        """Make folders, locks and password, and so find out whether the home can be written.

        Raises:
            ServiceError: HOME_NOT_WRITABLE or DISK_FULL.
        """
        try:
            for folder in (self.root, self.configuration, self.data, self.logs):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.chmod(0o700)
            for lock in (self.users_lock, self.leaving_lock, self.supervisor_lock):
                lock.touch(mode=0o600)
            self._prepare_password()
        except OSError as problem:
            raise self.refusal(problem) from problem

    def require_space(self) -> None:
        """Refuse to start a server where the disk has no room.

        Raises:
            ServiceError: DISK_FULL.
        """
        free = shutil.disk_usage(self.root).free
        if free < LEAST_FREE_BYTES:
            raise self._full(f"only {free // 2**20} MiB are free")

    def refusal(self, problem: OSError) -> ServiceError:
        """Tell a person what the system said about a file of the home."""
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            return self._full(problem.strerror or "it is full")
        return ServiceError(
            "HOME_NOT_WRITABLE",
            f"The home {self.root.parent} cannot be written ({problem.strerror or problem}).",
            remedy="Name a folder of yours with --home or GRAPH_SERVICE_HOME.",
        )

    def _full(self, detail: str) -> ServiceError:
        return ServiceError(
            "DISK_FULL",
            f"The disk of the home {self.root.parent} has no room for the database: {detail}.",
            remedy=f"Free at least {LEAST_FREE_BYTES // 2**20} MiB, or name another home with --home.",
        )

    def _prepare_password(self) -> None:
        """Make the password unless it is there; of two processes at once, one wins and both agree."""
        if self.password.exists():
            return
        fresh = self.root / f"password.{secrets.token_hex(8)}"
        write_private(fresh, secrets.token_urlsafe(32))
        try:
            os.link(fresh, self.password)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()

    def read_password(self) -> str:
        """Read the server's password."""
        return self.password.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, and be sure it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def replace_private(path: Path, text: str) -> None:
    """Replace a file's text at one stroke; readers see the old or the new, never a part."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    write_private(fresh, text)
    fresh.replace(path)
