"""Who owned very many codes, in the order asked, in flat memory.

Codes that came together are sorted and answered slice by slice, so that consecutive codes become one span and one seek,
and each carton is met once; what their runs and containers rest on is kept for the next slices as far as memory allows.
What decides is `ownership`, as for a single code.

Three things go on at once: the runs of one slice are fetched, what the runs of the slice before it rest on is fetched
and told, and the one before that is decided.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from neo4j import Bookmarks

from graph_service.ahead import made_ahead
from graph_service.errors import ServiceError
from graph_service.goods.bulk_grounds import Found, Grounds
from graph_service.goods.bulk_stories import ChangedMeanwhile, Stories, Told
from graph_service.goods.bulk_window import Answers, Window
from graph_service.graph.driver import Graph, Transaction
from graph_service.moments import now

SLICE = 50_000
"""Codes that are answered together."""

WINDOW = 1_000_000
"""Codes that are worth waiting for: the more are sorted together, the fewer cartons are met twice."""

_ATTEMPTS = 3
# What is kept is counted in runs, of some 800 bytes; a story with its timeline takes as much as several. Slices under
# way come on top, each with up to 75,000 runs of its own.
_MOST_KEPT = 350_000
_RUNS_A_STORY = 6


class _Kept:
    """What is known of runs, and what was told of them."""

    def __init__(self) -> None:
        self.grounds = Grounds()
        self.stories = Stories(self.grounds)

    @property
    def is_much(self) -> bool:
        """Whether it is time to begin anew."""
        return len(self.grounds) + _RUNS_A_STORY * len(self.stories) > _MOST_KEPT


@dataclass(frozen=True, slots=True)
class _Slice:
    """Keys of a window, and the runs that they are in."""

    window: Window
    start: int
    keys: Any
    kept: _Kept
    found: list[Found]


class OwnershipJob:
    """Answers slices of questions.

    Args:
        graph: to read from.
        bookmarks: of the state that the answers must have seen.

    Attributes:
        present: the instant that a question without one asks about, in microseconds; one for the whole job.
    """

    def __init__(self, graph: Graph, bookmarks: Bookmarks | None = None) -> None:
        self.present = now()
        self._graph = graph
        self._bookmarks = bookmarks
        self._kept = _Kept()

    async def answers(self, windows: AsyncIterator[Any]) -> AsyncGenerator[Answers, None]:
        """The answers to codes, in slices; no more than a few slices are read before their answers are asked for.

        Args:
            windows: record batches with the columns `code` (text) and `at` (microseconds, null for now), each of which
                is answered when all of it has come.
        """
        async with aclosing(made_ahead(self._told(made_ahead(self._found(windows))))) as parts:
            async for part, told in parts:
                window = part.window
                await asyncio.to_thread(window.decide, part.start, len(part.keys), told)
                if part.start + len(part.keys) == len(window):
                    whole = window.answers(SLICE)
                    while (answers := await asyncio.to_thread(next, whole, None)) is not None:
                        yield answers

    async def _found(self, windows: AsyncIterator[Any]) -> AsyncGenerator[_Slice, None]:
        async for asked in windows:
            window = await asyncio.to_thread(Window, asked, self.present)
            for start, keys in window.slices(SLICE):
                if self._kept.is_much:
                    self._kept = _Kept()
                kept = self._kept
                yield _Slice(window, start, keys, kept, await self._find(kept, keys))

    async def _told(
        self, parts: AsyncGenerator[_Slice, None]
    ) -> AsyncGenerator[tuple[_Slice, list[tuple[Found, Told]]], None]:
        async with aclosing(parts):
            async for part in parts:
                yield part, await self._tell(part)

    async def _find(self, kept: _Kept, keys: Any) -> list[Found]:
        """The runs of keys; the graph is asked about those that are not known."""
        listed = await asyncio.to_thread(keys.to_pylist)
        found, others = await asyncio.to_thread(kept.grounds.runs_of, kept.grounds.runs_in_order(), listed)
        if not others:
            return found
        unknown = pa.concat_arrays([keys.slice(start, stop - start) for start, stop in others])
        await self._graph.read(lambda transaction: kept.grounds.fetch_runs(transaction, unknown), self._bookmarks)
        found, _ = await asyncio.to_thread(kept.grounds.runs_of, kept.grounds.runs_in_order(), listed)
        return found

    async def _tell(self, part: _Slice) -> list[tuple[Found, Told]]:
        """What there is to know of the runs of a slice; read anew where it contradicts itself."""
        kept, found = part.kept, part.found
        for _ in range(_ATTEMPTS):
            told = await self._told_of(kept, [one.run for one in found])
            if told is not None:
                return list(zip(found, told, strict=True))
            kept = self._kept = _Kept()
            found = await self._find(kept, part.keys)
        raise ServiceError("UNAVAILABLE", "The goods change faster than they can be read.", remedy="Try again.")

    async def _told_of(self, kept: _Kept, runs: list[str]) -> list[Told] | None:
        async def work(transaction: Transaction) -> list[Told]:
            return await kept.stories.tell(transaction, runs)

        with suppress(ChangedMeanwhile):
            return await self._graph.read(work, self._bookmarks)
        return None
