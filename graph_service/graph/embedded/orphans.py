"""Stops servers that a killed supervisor left behind.

A server is known by its command line, which names this home, and by nothing written down earlier: a file
can be stale or missing, and its process number may be somebody else's by now. The store's lock needs no
clearing: the kernel drops it with the process, and deleting the file would let two servers in.
"""

import time
from contextlib import suppress

import psutil

from graph_service.graph.embedded.configuration import MAIN_CLASS, home_argument
from graph_service.graph.embedded.files import ServerFiles

_STOP_SECONDS = 60
_KILL_SECONDS = 10
_POLL_SECONDS = 0.05


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
        with suppress(psutil.NoSuchProcess):
            orphan.terminate()
    _wait_until_gone(files, _STOP_SECONDS)
    for deaf in find_servers(files):
        with suppress(psutil.NoSuchProcess):
            deaf.kill()
    _wait_until_gone(files, _KILL_SECONDS)
    return len(orphans)


def _wait_until_gone(files: ServerFiles, seconds: float) -> None:
    # Not psutil's own waiting: a dead orphan whose new parent never reaps counts as alive there.
    until = time.monotonic() + seconds
    while find_servers(files) and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
