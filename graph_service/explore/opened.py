"""The graph of a home, open for an analyst's Python: plain calls, also where an event loop runs, as in a notebook."""

import asyncio
import threading
from collections.abc import Awaitable, Collection, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from graph_service.explore.export import Selection, part_of, selection_of
from graph_service.explore.network import network_of
from graph_service.explore.times import Time
from graph_service.graph.driver import Graph, connect
from graph_service.graph.migrations import ready_graph
from graph_service.server import server_of
from graph_service.settings import Settings

if TYPE_CHECKING:
    import networkx

Answer = TypeVar("Answer")


class OpenGraph:
    """The graph of a home; `open_graph` opens it."""

    def __init__(self, graph: Graph, loop: "_Loop") -> None:
        self._graph = graph
        self._loop = loop

    def neighbourhood(
        self,
        centre: str,
        hops: int = 1,
        *,
        since: Time | None = None,
        until: Time | None = None,
        relations: Collection[str] | None = None,
    ) -> "networkx.MultiDiGraph":
        """What is up to so many relations away from a node, walked in either direction.

        Args:
            centre: a party's id, a code, or the id of a member or of one of its identifiers.
            hops: how far, at most `MAX_HOPS`.
            since: only relations that were in force, or happened, from then on.
            until: only those before then.
            relations: only those of these kinds (`RELATIONS`).

        Raises:
            ServiceError: `UNKNOWN_CENTRE`, `AMBIGUOUS_CENTRE`, `UNKNOWN_RELATION`, `INVALID_TIME`, or
                `LIMIT_EXCEEDED` with `given` and `allowed`.
        """
        return self._network(selection_of(centre, hops, since, until, relations))

    def whole(
        self,
        *,
        since: Time | None = None,
        until: Time | None = None,
        relations: Collection[str] | None = None,
    ) -> "networkx.MultiDiGraph":
        """All nodes, and all relations that pass the filters.

        Raises:
            ServiceError: as `neighbourhood`.
        """
        return self._network(selection_of(None, None, since, until, relations))

    def _network(self, selection: Selection) -> "networkx.MultiDiGraph":
        return network_of(self._loop.run(part_of(self._graph, selection)))


@contextmanager
def open_graph(home: str | Path | None = None) -> Iterator[OpenGraph]:
    """Starts or joins the server of a home, or that of `NEO4J_URI`, and opens its graph while the block lasts.

    Args:
        home: a folder; None means `$GRAPH_SERVICE_HOME`, else the platform's user data folder.

    Raises:
        ServiceError: why there is no server, or no graph that this version can read.
    """
    settings = Settings() if home is None else Settings(home=Path(home).expanduser().absolute())
    with server_of(settings) as connection, _Loop() as loop, loop.entered(connect(connection)) as graph:
        loop.run(ready_graph(graph))
        yield OpenGraph(graph, loop)


class _Loop:
    """An event loop in a thread of its own: the caller's thread may have one that runs already."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="graph-service", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """What work comes to; Ctrl-C ends it."""
        running = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return running.result()
        except BaseException:
            running.cancel()
            raise

    @contextmanager
    def entered(self, opening: AbstractAsyncContextManager[Answer]) -> Iterator[Answer]:
        """What an asynchronous context gives, while the block lasts."""
        given = self.run(_awaited(opening.__aenter__()))
        try:
            yield given
        finally:
            self.run(_awaited(opening.__aexit__(None, None, None)))


async def _awaited(work: Awaitable[Answer]) -> Answer:
    return await work
