"""How much of the graph is taken into memory at once, and what is said of more."""

from collections.abc import Sized

from graph_service.api.errors import LimitExceeded

MAX_HOPS = 10
MAX_NODES = 100_000
MAX_RELATIONS = 400_000


class TooMuch(LimitExceeded):
    """A part of the graph that is larger than fits.

    Args:
        what: is counted.
        given: how many there are; where looking ended at the limit, how many were found until then.
        allowed: at most.
        remedy: what to ask for instead.
    """

    def __init__(self, what: str, given: int, allowed: int, remedy: str) -> None:
        super().__init__(what, given, allowed)
        self.remedy = remedy


_LESS = "Ask for fewer hops, fewer relations or a shorter time; csv and parquet hold a whole graph of any size."


def require_hops(hops: int) -> None:
    """Refuses a walk that is too long.

    Raises:
        TooMuch: when it is.
    """
    if not 0 <= hops <= MAX_HOPS:
        raise TooMuch("Hops, 0 or more", hops, MAX_HOPS, "Ask for a nearer neighbourhood.")


def require_size(nodes: Sized | int, relations: Sized | int) -> None:
    """Refuses a part that does not fit into memory.

    Raises:
        TooMuch: when it does not.
    """
    counts = ((nodes, MAX_NODES, "Nodes"), (relations, MAX_RELATIONS, "Relations"))
    for found, allowed, what in counts:
        count = found if isinstance(found, int) else len(found)
        if count > allowed:
            raise TooMuch(what, count, allowed, _LESS)
