"""From a row of a table to an event: a column a field, nested by dots, typed by what the field needs."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from graph_service.intake.events import EVENT
from graph_service.intake.strict_json import InvalidJson, loads

_ANYTHING = frozenset({"array", "boolean", "integer", "number", "object", "string"})


def event_of_row(cells: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The event that a row says.

    Args:
        cells: columns and values; a column is a field or a path of fields joined by dots, as in `party.id`.

    Raises:
        InvalidJson: when two columns contradict, as `party` and `party.id` when both have a value.
    """
    event: dict[str, Any] = {}
    present = dict(cells)
    kind = present.get("type") if isinstance(present.get("type"), str) else None
    for column, value in present.items():
        *outer, last = column.split(".")
        inside: Any = event
        for name in outer:
            inside = inside.setdefault(name, {})
            if not isinstance(inside, dict):
                raise InvalidJson(f"the columns {name!r} and {column!r} contradict each other")
        if last in inside:
            raise InvalidJson(f"the columns around {column!r} contradict each other")
        inside[last] = _typed(value, json_types(kind, column)) if isinstance(value, str) else value
    return event


@lru_cache(maxsize=4_096)
def json_types(kind: str | None, column: str) -> frozenset[str]:
    """The JSON types that a field of an event type takes; only text for a field that it does not have."""
    schema = _schema()
    reference = schema["discriminator"]["mapping"].get(kind)
    places = [] if reference is None else _resolved(schema, {"$ref": reference})
    for name in column.split("."):
        places = [inner for place in places for inner in _inside(schema, place, name)]
    types: set[str] = set()
    for place in places:
        types |= {place["type"]} if "type" in place else _ANYTHING
    return frozenset(types - {"null"}) or frozenset({"string"})


def _typed(text: str, types: frozenset[str]) -> Any:
    """Text stays text where the field takes it; else it is the JSON that it spells, or text for intake to refuse."""
    if "string" in types and not (types & {"object", "array"} and text.lstrip()[:1] in {"{", "["}):
        return text
    try:
        # Spreadsheets write TRUE and FALSE.
        value = loads(text.lower() if types == {"boolean"} else text)
    except InvalidJson as fault:
        if str(fault).startswith("the key"):
            raise
        return text
    return value if _type_of(value) in types or (type(value) is int and "number" in types) else text


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


@cache
def _schema() -> Mapping[str, Any]:
    return EVENT.json_schema()


def _resolved(schema: Mapping[str, Any], place: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A place of the schema without references and alternatives."""
    if "$ref" in place:
        return _resolved(schema, schema["$defs"][place["$ref"].rpartition("/")[2]])
    for alternatives in ("anyOf", "oneOf", "allOf"):
        if alternatives in place:
            return [each for alternative in place[alternatives] for each in _resolved(schema, alternative)]
    return [place]


def _inside(schema: Mapping[str, Any], place: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    if name in place.get("properties", {}):
        return _resolved(schema, place["properties"][name])
    others = place.get("additionalProperties")
    return _resolved(schema, others) if isinstance(others, dict) else []
