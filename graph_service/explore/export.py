"""An export: a part of the graph, or all of it, into files."""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass

from neo4j import Bookmarks

from graph_service.explore.centre import find_centre
from graph_service.explore.elements import EVER, Part, Window
from graph_service.explore.files import ExportFiles
from graph_service.explore.limits import require_hops, require_size
from graph_service.explore.neighbourhood import neighbourhood
from graph_service.explore.relations import RELATIONS, required
from graph_service.explore.times import Time, window_of
from graph_service.explore.whole import Page, size, whole
from graph_service.graph.driver import Graph, Transaction

Advance = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of the graph.

    Attributes:
        centre: whose neighbourhood; None for the whole graph.
        hops: how far it reaches.
        window: when relations were in force, or happened.
        relations: those wanted.
    """

    centre: str | None = None
    hops: int = 1
    window: Window = EVER
    relations: frozenset[str] = frozenset(RELATIONS)


def selection_of(
    centre: str | None,
    hops: int | None = None,
    since: Time | None = None,
    until: Time | None = None,
    relations: Collection[str] | None = None,
) -> Selection:
    """A selection, checked as far as it can be without the graph; None means what is usual.

    Raises:
        TooMuch: when it reaches too far.
        ServiceError: `INVALID_TIME` or `UNKNOWN_RELATION`.
    """
    reach = 1 if hops is None else hops
    require_hops(reach)
    return Selection(centre, reach, window_of(since, until), required(relations or None))


async def part_of(graph: Graph, selection: Selection, bookmarks: Bookmarks | None = None) -> Part:
    """The wanted part, in memory, as of a state that is at least that of the bookmarks.

    Raises:
        ServiceError: `UNKNOWN_CENTRE`, `AMBIGUOUS_CENTRE`.
        TooMuch: when it does not fit, or reaches too far.
    """
    centre = selection.centre
    if centre is not None:

        async def walk(transaction: Transaction) -> Part:
            found = await find_centre(transaction, centre)
            return await neighbourhood(transaction, found, selection.hops, selection.window, selection.relations)

        return await graph.read(walk, bookmarks or graph.latest_bookmarks())
    await _require_fitting(graph)
    part = Part()
    async for page in whole(graph, selection.window, selection.relations, bookmarks):
        part.add(nodes=page.nodes, edges=page.edges)
        require_size(part.nodes, part.edges)
    return part


async def export(
    graph: Graph, selection: Selection, files: ExportFiles, advance: Advance = lambda share, said: None
) -> tuple[int, int]:
    """Writes the wanted part; returns how many nodes and relations it has.

    Args:
        graph: to read.
        selection: what is wanted.
        files: open; they get their names when they are left.
        advance: told how far it is.

    Raises:
        ServiceError: as `part_of`, and `FILE_NOT_WRITABLE`.
    """
    if files.in_memory and selection.centre is None:
        await _require_fitting(graph)
    nodes = edges = 0
    async for page in _pages(graph, selection):
        files.add(nodes=page.nodes, edges=page.edges)
        nodes, edges = nodes + len(page.nodes), edges + len(page.edges)
        advance(page.share, f"{nodes:,} nodes, {edges:,} relations")
    return nodes, edges


async def _pages(graph: Graph, selection: Selection) -> AsyncIterator[Page]:
    if selection.centre is None:
        async for page in whole(graph, selection.window, selection.relations):
            yield page
    else:
        part = await part_of(graph, selection)
        yield Page(1.0, list(part.sorted_edges()), list(part.sorted_nodes()))


async def _require_fitting(graph: Graph) -> None:
    """Finds out before anything is read whether the nodes of the whole graph fit into memory."""
    counts = await size(graph)
    require_size(sum(count for sort, count in counts.items() if sort != "event"), 0)
