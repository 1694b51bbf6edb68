"""Printing what statements return: a table on a terminal, plain columns elsewhere, CSV or JSON."""

import csv
import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point


def plain_value(value: Any) -> Any:
    """The JSON value of what the server returned: nodes and relationships as objects, times as text."""
    match value:
        case Node():
            return {"labels": sorted(value.labels), "properties": plain_value(dict(value.items()))}
        case Relationship():
            return {"type": value.type, "properties": plain_value(dict(value.items()))}
        case Path():
            steps: list[Any] = [plain_value(value.start_node)]
            for relationship, node in zip(value.relationships, value.nodes[1:], strict=True):
                steps += [plain_value(relationship), plain_value(node)]
            return steps
        case Point():
            return {"srid": value.srid, "coordinates": list(value)}
        case Mapping():
            return {str(key): plain_value(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain_value(inner) for inner in value]
        case bytes() | bytearray():
            return value.hex()
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case _:
            return value.iso_format() if hasattr(value, "iso_format") else str(value)


def cell(value: Any) -> str:
    """A value as a person reads it: `(:Party {id: …})`, `[:SUPPLIES]`, text without quotes."""
    match value:
        case None:
            return ""
        case str():
            return "".join(char if char.isprintable() else repr(char)[1:-1] for char in value)
        case Node():
            return f"({''.join(f':{label}' for label in sorted(value.labels))}{_properties(value)})"
        case Relationship():
            return f"[:{value.type}{_properties(value)}]"
        case Path():
            shown = cell(value.start_node)
            for relationship, node, before in zip(value.relationships, value.nodes[1:], value.nodes, strict=False):
                forth = relationship.start_node == before
                shown += f"{'-' if forth else '<-'}{cell(relationship)}{'->' if forth else '-'}{cell(node)}"
            return shown
        case _:
            plain = plain_value(value)
            return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _properties(entity: Node | Relationship) -> str:
    inside = ", ".join(f"{key}: {json.dumps(plain_value(value), ensure_ascii=False)}" for key, value in entity.items())
    return f" {{{inside}}}" if inside else ""


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> None:
    """Prints rows to standard output.

    Args:
        columns: their names.
        rows: as the driver returned them.
        form: `table`, `csv` or `json`.
    """
    if form == "json":
        plain = [dict(zip(columns, plain_value(row), strict=True)) for row in rows]
        print(json.dumps(plain, ensure_ascii=False, indent=2))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([value if isinstance(value, str) else cell(value) for value in row] for row in rows)
    elif sys.stdout.isatty():
        _print_table(columns, rows)
    else:
        for row in [columns, *([cell(value) for value in row] for row in rows)]:
            print("\t".join(row))


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table()
    for index, column in enumerate(columns):
        numbers = all(isinstance(row[index], int | float) for row in rows)
        table.add_column(Text(column), justify="right" if rows and numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    Console().print(table)
    print(f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}", file=sys.stderr)
