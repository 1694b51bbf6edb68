"""Keyset paging: a page is what comes after a cursor, and a cursor is the sort key of the row it stands at.

A statement orders by a key that no two rows share, starts behind the cursor's key by an index where there is one, and
fetches one row more than asked, which tells whether there is a next page. Nothing is counted and nothing is skipped
over, so the hundredth page costs what the first does, and rows that come or go meanwhile shift nobody's page.
"""

import base64
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry

from graph_service.errors import ServiceError

LARGEST_PAGE = 1_000

_INT64 = range(-(2**63), 2**63)

Item = TypeVar("Item")
Edge = TypeVar("Edge")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class SortKey:
    """What a list is ordered by: its cursors, and the test whether a cursor is one of them.

    Attributes:
        name: of the order; the cursor of another order is foreign, even where its values look alike.
        types: of the values, in order; together they tell any two rows apart.
    """

    name: str
    types: tuple[type[str] | type[int] | type[float], ...]

    def cursor(self, *values: str | float) -> str:
        """The opaque cursor of a row."""
        text = json.dumps([self.name, *values], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def values(self, cursor: str | None) -> tuple[Any, ...] | None:
        """The values that a cursor stands for; None without one.

        Raises:
            ServiceError: `INVALID_CURSOR`, when no list of this order made it.
        """
        if cursor is None:
            return None
        try:
            name, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            # Whatever decodes to the same values in another spelling was not made here either.
            genuine = name == self.name and self._fits(values) and self.cursor(*values) == cursor
        except (ValueError, TypeError, RecursionError):
            genuine = False
        if not genuine:
            raise ServiceError(
                "INVALID_CURSOR",
                "The cursor is none that this list gave out.",
                remedy="Pass an `endCursor` of the same list as `after`, or leave it out to begin at the start.",
                path="after",
            )
        return tuple(values)

    def _fits(self, values: Sequence[Any]) -> bool:
        return len(values) == len(self.types) and all(
            type(value) is kind and _storable(value) for value, kind in zip(values, self.types, strict=True)
        )


def _storable(value: str | float) -> bool:
    """Whether the graph could hold it; a range would look for a float number by number."""
    if isinstance(value, int):
        return value in _INT64
    return isinstance(value, str) or math.isfinite(value)


def page_size(first: int, *, path: str = "first") -> int:
    """The size of a page, checked.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, with the given and the allowed number.
    """
    return within(first, 1, LARGEST_PAGE, path=path)


def within(given: int, least: int, most: int, *, path: str) -> int:
    """A number that an argument gives, checked against its bounds.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, with the given and the allowed number.
    """
    if least <= given <= most:
        return given
    raise ServiceError(
        "LIMIT_EXCEEDED",
        f"`{path}` is {given}; allowed are {least} to {most}.",
        remedy=f"Ask with a `{path}` inside the limits.",
        path=path,
    )


def paged(
    rows: Sequence[Item],
    first: int,
    after: str | None,
    cursor_of: Callable[[Item], str],
    edge_of: Callable[[str, Item], Edge],
) -> tuple[list[Edge], PageInfo]:
    """A page's edges and where it stands.

    Args:
        rows: what comes after the cursor, in order, up to `first` + 1 of them.
        first: how many were asked for.
        after: the cursor that they come after; since that row was there, there is a previous page.
        cursor_of: the cursor of a row.
        edge_of: the edge of a cursor and a row.
    """
    shown = rows[:first]
    cursors = [cursor_of(row) for row in shown]
    info = PageInfo(
        has_next_page=len(rows) > first,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    return [edge_of(cursor, row) for cursor, row in zip(cursors, shown, strict=True)], info
