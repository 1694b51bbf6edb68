"""Stops servers that a killed supervisor left behind.

A server is known by its command line, which names this home, and by nothing written down earlier: a file
can be stale or missing, and its process number may be somebody else's by now. The store's lock needs no
clearing: the kernel drops it with the process, and deleting the file would let two servers in.
"""

from collections.abc import Callable
from contextlib import suppress

import psutil

from graph_service.graph.embedded.configuration import MAIN_CLASS, home_argument
from graph_service.graph.embedded.files import ServerFiles

_STOP_SECONDS = 60
_KILL_SECONDS = 10


def find_servers(files: ServerFiles) -> list[psutil.Process]:
    """Find the running servers of a home."""
    wanted = {MAIN_CLASS, home_argument(files)}
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE and wanted <= set(process.info["cmdline"] or ())
    ]


def stop_orphans(files: ServerFiles) -> int:
    """Stop every server of a home, gently for a minute, then at once; returns how many there were.

    To be called by whoever holds the supervisor's lock, so that none of them is supervised.
    """
    orphans = find_servers(files)
    for orphan in orphans:
        _send(orphan.terminate)
    _, deaf = psutil.wait_procs(orphans, timeout=_STOP_SECONDS)
    for orphan in deaf:
        _send(orphan.kill)
    psutil.wait_procs(deaf, timeout=_KILL_SECONDS)
    return len(orphans)


def _send(signal: Callable[[], None]) -> None:
    with suppress(psutil.NoSuchProcess):
        signal()
