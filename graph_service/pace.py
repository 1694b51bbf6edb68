"""How many events of a large request are written at once, by how long whoever comes next may have to wait."""

LARGEST_BATCH = 2_000
SMALLEST_PORTION = 25
PORTION_SECONDS = 0.04
ALONE_SECONDS = 0.8
_FIRST_GUESS = 0.0006  # seconds an event
_WEIGHT = 0.5


class Pace:
    """Learns from every batch how long an event takes."""

    def __init__(self) -> None:
        self._seconds = _FIRST_GUESS
        self._is_new = True

    def portion(self, *, watched: bool) -> int:
        """How many events to write next.

        Args:
            watched: whether others wait, so that a batch should end within `PORTION_SECONDS`, not `ALONE_SECONDS`.
        """
        # Who else writes is known after a first portion.
        seconds = PORTION_SECONDS if watched or self._is_new else ALONE_SECONDS
        return min(LARGEST_BATCH, max(SMALLEST_PORTION, int(seconds / self._seconds)))

    def learn(self, events: int, seconds: float) -> None:
        """Takes in how long a batch took."""
        self._is_new = False
        self._seconds += _WEIGHT * (max(seconds, 0.001) / events - self._seconds)
