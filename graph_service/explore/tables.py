"""Nodes and relations as two tables, CSV or Parquet, written as they come."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from graph_service.explore.elements import Edge, Node
from graph_service.explore.rows import EDGE_COLUMNS, NODE_COLUMNS, Kind, Row, edge_row, node_row, readable

_ROW_GROUP = 50_000


class Table(Protocol):
    """A file of rows."""

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows."""

    def close(self) -> None:
        """Ends the file."""


class CsvTable:
    """A CSV file: a line of names, then a line a row; what has no value is empty."""

    def __init__(self, file: Path, columns: Mapping[str, Kind]) -> None:
        self._columns = columns
        self._file = file.open("w", encoding="utf-8", newline="")
        self._writer = csv.DictWriter(self._file, list(columns), lineterminator="\n")
        self._writer.writeheader()

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows."""
        self._writer.writerows(readable(row, self._columns) for row in rows)

    def close(self) -> None:
        """Ends the file."""
        self._file.close()


class ParquetTable:
    """A Parquet file; times are UTC, in microseconds."""

    def __init__(self, file: Path, columns: Mapping[str, Kind]) -> None:
        import pyarrow as pa  # noqa: PLC0415 - loaded only when there is such a file
        import pyarrow.parquet as pq  # noqa: PLC0415

        kinds = {
            "text": pa.string(),
            "whole": pa.int64(),
            "number": pa.float64(),
            "time": pa.timestamp("us", tz="UTC"),
        }
        self._pa: ModuleType = pa
        self._schema = pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
        self._writer = pq.ParquetWriter(file, self._schema)
        self._waiting: list[Row] = []

    def write(self, rows: Iterable[Row]) -> None:
        """Adds rows; they are written by so many together, however they come."""
        self._waiting += rows
        while len(self._waiting) >= _ROW_GROUP:
            self._write(self._waiting[:_ROW_GROUP])
            del self._waiting[:_ROW_GROUP]

    def close(self) -> None:
        """Ends the file."""
        if self._waiting:
            self._write(self._waiting)
            self._waiting = []
        self._writer.close()

    def _write(self, rows: Sequence[Row]) -> None:
        columns: list[Any] = [
            self._pa.array([row.get(column.name) for row in rows], column.type) for column in self._schema
        ]
        self._writer.write_table(self._pa.Table.from_arrays(columns, schema=self._schema))


class Tables:
    """Two tables, one of nodes and one of relations."""

    def __init__(self, kind: type[CsvTable] | type[ParquetTable], nodes: Path, edges: Path) -> None:
        self._nodes: Table = kind(nodes, NODE_COLUMNS)
        self._edges: Table = kind(edges, EDGE_COLUMNS)

    def add(self, *, nodes: Sequence[Node] = (), edges: Sequence[Edge] = ()) -> None:
        """Writes nodes and relations."""
        self._nodes.write(node_row(node) for node in nodes)
        self._edges.write(edge_row(edge) for edge in edges)

    def finish(self) -> None:
        """Ends both files."""
        try:
            self._nodes.close()
        finally:
            self._edges.close()

    abandon = finish
