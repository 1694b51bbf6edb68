"""The graph as analysts see it: nodes and dated relations, around a centre or whole, for networkx and for files."""

from graph_service.explore.elements import Part
from graph_service.explore.opened import OpenGraph, open_graph
from graph_service.explore.relations import RELATIONS

__all__ = ["RELATIONS", "OpenGraph", "Part", "open_graph"]
