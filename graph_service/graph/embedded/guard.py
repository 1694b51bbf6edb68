"""Looks after the supervisor, as the supervisor looks after the server: every user starts another where it was killed.

Of several users that notice it, one's supervisor gets the lock. It adopts the server, which served on meanwhile.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graph_service.errors import ServiceError
from graph_service.graph.embedded import locks
from graph_service.graph.embedded.files import ServerFiles
from graph_service.graph.embedded.state import read_state

_LOOK_SECONDS = 2.0
_PAUSE_SECONDS = 30.0

_LOG = logging.getLogger("graph_service.embedded")


@contextmanager
def guarded(files: ServerFiles, start_supervisor: Callable[[], None]) -> Iterator[None]:
    """Has a supervisor started whenever there is none, while the block lasts.

    Args:
        files: of the home; the caller is a user of its server.
        start_supervisor: starts one that adopts the running server.
    """
    left = threading.Event()

    def watch() -> None:
        missed = False
        while not left.wait(_LOOK_SECONDS):
            # Twice, because one that ends in good order is gone for a moment before its users are.
            missing = read_state(files) is None and locks.is_free(files.supervisor_lock, for_sharing=True)
            if not (missing and missed):
                missed = missing
                continue
            missed = False
            _LOG.warning("The supervisor of Neo4j is gone; another one takes over.")
            try:
                start_supervisor()
            except (ServiceError, OSError) as problem:
                _LOG.warning("It could not be started: %s", problem)
                left.wait(_PAUSE_SECONDS)

    guard = threading.Thread(target=watch, name="guard", daemon=True)
    guard.start()
    try:
        yield
    finally:
        left.set()
        guard.join()
