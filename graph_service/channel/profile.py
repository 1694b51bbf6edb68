"""What a party is, as properties of its node."""

import json
from collections.abc import Mapping
from typing import Any

from neo4j.spatial import WGS84Point

from graph_service.graph.driver import Row


def flat(fields: Mapping[str, Any]) -> Row:
    """A party's fields as properties: a position as two numbers and a point, what is nested as JSON."""
    row: Row = {}
    for name, value in fields.items():
        if value is None:
            continue
        if name == "position":
            row |= {"lat": value["lat"], "lon": value["lon"], "place": WGS84Point((value["lon"], value["lat"]))}
        elif isinstance(value, dict) or (isinstance(value, list) and name != "services"):
            row[name] = json.dumps(value, ensure_ascii=False, sort_keys=True)
        else:
            row[name] = value
    return row


def opening_hours_of(party: Row) -> Any:
    """A party's opening hours as they were sent; None without any."""
    hours = party.get("openingHours")
    try:
        return json.loads(hours) if isinstance(hours, str) and hours[:1] in {"{", "["} else hours
    except ValueError:
        return hours


def attributes_of(party: Row) -> Mapping[str, Any]:
    """A party's attributes as they were sent; empty without any."""
    found: Mapping[str, Any] = json.loads(party.get("attributes") or "{}")
    return found
