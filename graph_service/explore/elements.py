"""Nodes and relations as analysts see them, in memory.

Sorts of nodes have ids of their own kinds, and a member even goes by the id of one of its identifiers, so that the id
of a node says its sort first: `party:S-SZ-NS-01`, `item:MW26070000001`, `member:M…`, `identifier:M…`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PARTY: Final = "party"
ITEM: Final = "item"
MEMBER: Final = "member"
IDENTIFIER: Final = "identifier"
SORTS = (PARTY, ITEM, MEMBER, IDENTIFIER)


@dataclass(frozen=True, slots=True)
class Window:
    """Instants in microseconds: what happened from `since` until before `until`, or was in force in between."""

    since: int = -(2**62)
    until: int = 2**62


EVER = Window()


@dataclass(frozen=True, slots=True, order=True)
class NodeId:
    """A node, by its sort and the id (of an item: the first code) within it."""

    sort: str
    ref: str

    def __str__(self) -> str:
        return f"{self.sort}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Node:
    """A node with what is known of it; times are in microseconds, what has no value is left out."""

    id: NodeId
    label: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Ends:
    """What makes a relation one: its ends, its kind, and the event that it began with."""

    source: NodeId
    target: NodeId
    relation: str
    event: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation with what is known of it; times are in microseconds, what has no value is left out."""

    ends: Ends
    properties: Mapping[str, Any]


@dataclass(slots=True)
class Part:
    """A part of the graph, each node and relation once."""

    nodes: dict[NodeId, Node] = field(default_factory=dict)
    edges: dict[Ends, Edge] = field(default_factory=dict)

    def add(self, *, nodes: Iterable[Node] = (), edges: Iterable[Edge] = ()) -> None:
        """Takes nodes and relations in."""
        self.nodes |= {node.id: node for node in nodes}
        self.edges |= {edge.ends: edge for edge in edges}

    def sorted_nodes(self) -> Iterator[Node]:
        """By id."""
        return (self.nodes[id_] for id_ in sorted(self.nodes))

    def sorted_edges(self) -> Iterator[Edge]:
        """By ends, kind and event."""
        return (self.edges[ends] for ends in sorted(self.edges))


def edge(source: NodeId, target: NodeId, relation: str, event: str | None, **properties: Any) -> Edge:
    """A relation; properties without a value are left out."""
    return Edge(Ends(source, target, relation, event or ""), given(properties))


def given(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that have a value."""
    return {name: value for name, value in properties.items() if value is not None}
