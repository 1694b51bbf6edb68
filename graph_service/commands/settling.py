"""Waits with a progress bar until what wide facts left is derived."""

from graph_service.pending import Backlog
from graph_service.progress import progress


async def settle(backlog: Backlog) -> None:
    """Returns when nothing waits any more; an interruption leaves the rest to whoever opens the graph next."""
    if not (await backlog.look()).tasks:
        return
    most = 1
    with progress("Deriving what wide facts left") as advance:

        def say(left: int) -> None:
            nonlocal most
            most = max(most, left)
            advance(1 - left / most, f"{left:,} triggers left")

        await backlog.settled(say)
        advance(1.0, "nothing left")
