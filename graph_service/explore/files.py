"""The files of an export: written under temporary names, and given their own when all is well."""

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from graph_service.errors import ServiceError
from graph_service.explore.documents import Document
from graph_service.explore.elements import Edge, Node
from graph_service.explore.tables import CsvTable, ParquetTable, Tables


class Form(StrEnum):
    """How a graph is written."""

    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"
    PARQUET = "parquet"


class Sink(Protocol):
    """What takes nodes and relations, a page at a time."""

    def add(self, *, nodes: Sequence[Node] = (), edges: Sequence[Edge] = ()) -> None:
        """Takes nodes and relations."""

    def finish(self) -> None:
        """Ends the files."""

    def abandon(self) -> None:
        """Closes the files; what was finished is closed already."""


class ExportFiles:
    """The files to fill: `path` itself, or of tables `nodes` and `edges` in the folder `path`.

    They appear under their names when the block ends well; else what was there stays as it was.

    Raises:
        ServiceError: `FILE_NOT_WRITABLE`, on entering, adding and leaving.
    """

    def __init__(self, form: Form, path: Path) -> None:
        self._form = form
        self._path = path
        is_table = form in {Form.CSV, Form.PARQUET}
        self.paths = tuple(path / f"{table}.{form}" for table in ("nodes", "edges")) if is_table else (path,)
        self._written = tuple(name.with_name(f".{name.name}.{os.getpid()}.part") for name in self.paths)
        self._folder = path if is_table else None
        self._has_made_folder = False
        self._sink: Sink | None = None

    @property
    def in_memory(self) -> bool:
        """Whether all nodes and relations are held until the end."""
        return self._folder is None

    def __enter__(self) -> Self:
        try:
            with self._told():
                self._sink = self._opened()
        except ServiceError:
            self._remove()
            raise
        return self

    def add(self, *, nodes: Sequence[Node] = (), edges: Sequence[Edge] = ()) -> None:
        """Takes nodes and relations in.

        Raises:
            TooMuch: when they are more than fit into memory, and have to.
        """
        with self._told():
            self._open_sink.add(nodes=nodes, edges=edges)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if kind is None:
                with self._told():
                    self._open_sink.finish()
                    for written, name in zip(self._written, self.paths, strict=True):
                        written.replace(name)
                self._has_made_folder = False
        finally:
            with contextlib.suppress(OSError):
                self._open_sink.abandon()
            self._remove()

    @property
    def _open_sink(self) -> Sink:
        if self._sink is None:
            raise RuntimeError("the files are not open")
        return self._sink

    def _opened(self) -> Sink:
        if self._folder is not None:
            self._has_made_folder = not self._folder.is_dir()
            self._folder.mkdir(exist_ok=True)
            return Tables(CsvTable if self._form is Form.CSV else ParquetTable, *self._written)
        if self._path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return Document(self._form, *self._written)

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            for written in self._written:
                written.unlink(missing_ok=True)
            if self._has_made_folder and self._folder is not None:
                self._folder.rmdir()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ServiceError(
                "FILE_NOT_WRITABLE",
                f"The graph can't be written to {self._path}: {error.strerror or type(error).__name__}.",
                remedy="Choose another place with --out.",
            ) from None
