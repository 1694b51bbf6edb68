"""A PostgreSQL of its own for a measurement: installed by apt where it is missing and asked for, gone afterwards."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving import free_port

# As much memory as the embedded Neo4j takes on 24 GiB; every commit reaches the disk, as Neo4j's do.
_SETTINGS = {
    "shared_buffers": "3GB",
    "effective_cache_size": "8GB",
    "work_mem": "128MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "2",
    "min_parallel_table_scan_size": "1MB",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
}


class PostgresMissingError(Exception):
    """There is no PostgreSQL on this machine, and none was asked for."""


def install() -> None:
    """Installs the version that the system's packages give, unless there is one.

    Raises:
        PostgresMissingError: apt gave none.
    """
    if not _versions():
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=False, env=environment)  # noqa: S607
        subprocess.run(["apt-get", "install", "-qy", "postgresql"], check=False, env=environment)  # noqa: S607
    if not _versions():
        raise PostgresMissingError("apt-get install postgresql gave no /usr/lib/postgresql/*/bin/postgres")


def _versions() -> list[Path]:
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted((one for one in found if (one / "postgres").exists()), key=lambda one: float(one.parent.name))


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A cluster in a folder while the block lasts; gives what a client connects by.

    Raises:
        PostgresMissingError: there is none.
    """
    if not _versions():
        raise PostgresMissingError("no PostgreSQL below /usr/lib/postgresql; run with --postgres as root to install it")
    programs, port = _versions()[-1], free_port()
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    # It refuses to run as root.
    own = os.getuid() == 0
    owner = "postgres" if own else pwd.getpwuid(os.getuid()).pw_name
    if own:
        shutil.chown(folder, owner)
        folder.chmod(0o755)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            user=owner if own else None,
            cwd=folder,
        )

    run("initdb", "-D", str(data), "-A", "trust", "-U", "bench", "--locale=C", "-E", "UTF8")
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options = f"{settings} -c port={port} -c unix_socket_directories={folder}"
    run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"host=127.0.0.1 port={port} user=bench dbname=postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")


def postgres_version() -> str:
    """The version that is compared with.

    Raises:
        PostgresMissingError: there is none.
    """
    if not _versions():
        raise PostgresMissingError("no PostgreSQL below /usr/lib/postgresql")
    told = subprocess.run([str(_versions()[-1] / "postgres"), "--version"], check=True, capture_output=True, text=True)
    return told.stdout.strip().replace("postgres (PostgreSQL)", "PostgreSQL")
