"""What a GraphQL request carries: the graph, the viewer, and loaders that live as long as the request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from neo4j import Bookmarks

from graph_service.api.viewer import Viewer
from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder

Answer = TypeVar("Answer")


@dataclass
class Context:
    """The surroundings of one request.

    Attributes:
        graph: to read from.
        recorder: the way in for events.
        keys: to find and open identifiers.
        viewer: who asks.
        bookmarks: what the caller's consistency token stands for; None without one.
        loaders: DataLoaders by name, made on first use.
        tells_decisions: whether the answer holds decisions, which pending tasks may still change.
        has_recorded: whether the request has recorded events.
    """

    graph: Graph
    recorder: Recorder
    keys: IdentifierKeys
    viewer: Viewer
    bookmarks: Bookmarks | None = None
    loaders: dict[str, Any] = field(default_factory=dict)
    tells_decisions: bool = False
    has_recorded: bool = False

    async def read(self, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
        """Runs `work` in a read transaction that sees at least what the caller's token saw."""
        return await self.graph.read(work, self.bookmarks)
