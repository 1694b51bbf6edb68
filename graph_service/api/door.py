"""The door for large bodies: a few at a time, because each of them takes memory and, by and by, the writer."""

from collections.abc import Iterator
from contextlib import contextmanager

from graph_service.errors import ServiceError

LARGE_BODY = 256 * 1024
MOST_LARGE_BODIES = 8


class Door:
    """Counts the large bodies that are inside.

    Args:
        most: how many there may be.
    """

    def __init__(self, most: int = MOST_LARGE_BODIES) -> None:
        self._most = most
        self._inside = 0

    @contextmanager
    def entered(self, *, large: bool) -> Iterator[None]:
        """Lets a body in while the block lasts.

        Raises:
            ServiceError: `BUSY`, before anything of it is read.
        """
        if large and self._inside >= self._most:
            raise ServiceError(
                "BUSY",
                f"{self._inside} large bodies are being recorded already; nothing of this one was.",
                remedy="Send the same request again in a moment.",
            )
        self._inside += large
        try:
            yield
        finally:
            self._inside -= large
