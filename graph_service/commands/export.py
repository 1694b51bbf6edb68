"""`graph-service export`: a part of the graph, or all of it, into files for other tools."""

from graph_service.explore.export import Selection
from graph_service.explore.export import export as write_files
from graph_service.explore.files import ExportFiles
from graph_service.graph.driver import Graph
from graph_service.graph.migrations import ready_graph
from graph_service.progress import progress, say


async def export(graph: Graph, selection: Selection, files: ExportFiles) -> tuple[int, int]:
    """Writes the wanted part and shows how far it is; returns how many nodes and relations it has."""
    await ready_graph(graph, say)
    with progress("Exporting") as advance:
        return await write_files(graph, selection, files, advance)
