"""Nodes and relations as rows of two tables, the same in every form."""

from collections.abc import Mapping
from typing import Any, Literal

from graph_service.explore.elements import Edge, Node
from graph_service.explore.times import time_text

Kind = Literal["text", "whole", "number", "time"]
Row = dict[str, Any]

NODE_COLUMNS: Mapping[str, Kind] = {
    "id": "text",
    "type": "text",
    "ref": "text",
    "label": "text",
    "kind": "text",
    "region": "text",
    "storeType": "text",
    "lat": "number",
    "lon": "number",
    "last": "text",
    "codes": "whole",
    "aliases": "whole",
    "level": "text",
    "sku": "text",
    "batch": "text",
    "born": "time",
    "gone": "time",
    "since": "time",
    "app": "text",
    "identifiers": "whole",
}
EDGE_COLUMNS: Mapping[str, Kind] = {
    "source": "text",
    "target": "text",
    "relation": "text",
    "event": "text",
    "at": "time",
    "from": "time",
    "until": "time",
    "untilEvent": "text",
    "since": "time",
    "how": "text",
    "codes": "whole",
    "salesperson": "text",
    "region": "text",
    "channel": "text",
    "campaign": "text",
}


def node_row(node: Node) -> Row:
    """The row of a node; what has no value is left out, times are in microseconds."""
    about = {"id": str(node.id), "type": node.id.sort, "ref": node.id.ref, "label": node.label}
    return {**about, **node.properties}


def edge_row(edge: Edge) -> Row:
    """The row of a relation; what has no value is left out, times are in microseconds."""
    ends = edge.ends
    about = {"source": str(ends.source), "target": str(ends.target), "relation": ends.relation}
    event = {"event": ends.event} if ends.event else {}
    return {**about, **event, **edge.properties}


def readable(row: Row, columns: Mapping[str, Kind]) -> Row:
    """The row with its times as text, in the order of the columns."""
    return {
        name: time_text(row[name]) if kind == "time" else row[name]
        for name, kind in columns.items()
        if row.get(name) is not None
    }
