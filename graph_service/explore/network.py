"""A part of the graph as a networkx graph."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from graph_service.explore.elements import Part
from graph_service.explore.rows import EDGE_COLUMNS, NODE_COLUMNS, edge_row, node_row, readable

if TYPE_CHECKING:
    import networkx


def network_of(part: Part, *, numbered: bool = False) -> "networkx.MultiDiGraph":
    """The graph: nodes and relations in the order of their ids, attributes as in the files, times as text.

    Args:
        part: of the graph.
        numbered: whether the keys of relations are numbers, as files want them, not `RELATION event`.
    """
    import networkx  # noqa: PLC0415 - only analysts need it

    graph = networkx.MultiDiGraph()
    for node in part.sorted_nodes():
        row = readable(node_row(node), NODE_COLUMNS)
        graph.add_node(row.pop("id"), **row)
    for number, edge in enumerate(part.sorted_edges()):
        row = readable(edge_row(edge), EDGE_COLUMNS)
        key: Hashable = number if numbered else f"{edge.ends.relation} {edge.ends.event}".rstrip()
        graph.add_edge(row.pop("source"), row.pop("target"), key=key, **row)
    return graph
