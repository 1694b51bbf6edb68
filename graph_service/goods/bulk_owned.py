"""The different answers to many codes as columns, each of which is made once however often the answers are told."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from graph_service.goods.bulk_timeline import Owned


class OwnedTable:
    """Answers by number.

    Args:
        rows: the answers, in the order of their numbers.
    """

    def __init__(self, rows: Sequence[Owned]) -> None:
        self._rows = rows
        self._columns: list[Any] = []
        self._texts: dict[Callable[[Owned], str], Any] = {}

    @property
    def columns(self) -> list[Any]:
        """A column of text for each field of an answer."""
        if not self._columns:
            self._columns = [pa.array(values, pa.string()) for values in zip(*self._rows, strict=True)]
        return self._columns

    def texts(self, write: Callable[[Owned], str]) -> Any:
        """The answers as `write` writes each of them."""
        if write not in self._texts:
            self._texts[write] = pa.array([write(row) for row in self._rows], pa.string())
        return self._texts[write]
