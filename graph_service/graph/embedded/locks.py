"""Advisory locks on files of the home.

They are `flock` locks because the kernel drops them when their process ends, however it ends: a killed
command can leave no lock behind, which a file with a process number in it always can.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock together with others; waits while somebody holds it alone."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock alone; waits while anybody else holds it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def try_exclusive(path: Path) -> int | None:
    """Take the lock alone without waiting.

    Returns:
        A descriptor that holds the lock until it is closed, or None when somebody else holds it.
    """
    return _try(path, fcntl.LOCK_EX)


def wait_exclusive(path: Path) -> int:
    """Take the lock alone; waits while anybody else holds it.

    Returns:
        A descriptor that holds the lock until it is closed.
    """
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


@contextmanager
def held(descriptor: int) -> Iterator[None]:
    """Give back at the end what `try_exclusive` or `wait_exclusive` took."""
    try:
        yield
    finally:
        os.close(descriptor)


def is_free(path: Path, *, for_sharing: bool = False) -> bool:
    """Whether the lock could be taken this moment: alone, or with others when `for_sharing`."""
    descriptor = _try(path, fcntl.LOCK_SH if for_sharing else fcntl.LOCK_EX)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


def _try(path: Path, kind: int) -> int | None:
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
