"""Who owned very many codes: slice after slice, in the order asked, in flat memory.

A slice is sorted, so that consecutive codes become one span and one seek; what their runs and containers rest on is
fetched once and kept for the next slices as far as memory allows; what decides is `ownership`, as for a single code.
While one slice is decided, what the next one needs is fetched.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from neo4j import Bookmarks

from graph_service.errors import ServiceError
from graph_service.goods.bulk_grounds import Found, Grounds
from graph_service.goods.bulk_keys import keys_of
from graph_service.goods.bulk_stories import ChangedMeanwhile, Stories
from graph_service.goods.bulk_timeline import NEVER_NAMED, Owned, Timeline
from graph_service.graph.driver import Graph, Transaction
from graph_service.moments import now

SLICE = 50_000
"""Codes that are answered together."""

_ATTEMPTS = 3
# What is kept is counted in runs, of some 600 bytes; a story with its timeline takes as much as several.
_MOST_KEPT = 500_000
_RUNS_A_STORY = 6


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a slice, as columns in the order asked.

    Attributes:
        codes: text.
        at: the instants that were asked about, in microseconds.
        places: for each code where its answer is in `owned`.
        owned: the different answers.
    """

    codes: Any
    at: Any
    places: Any
    owned: list[Owned]


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A slice with all that its answers need."""

    asked: Any
    order: Any
    found: list[tuple[Found, Timeline]]


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
        self._forget()

    def _forget(self) -> None:
        self._grounds = Grounds()
        self._stories = Stories(self._grounds)

    async def answers(self, slices: AsyncIterator[Any]) -> AsyncGenerator[Answers, None]:
        """The answers to slices; what comes after the next one is not read before it is asked for.

        Args:
            slices: record batches with the columns `code` (text) and `at` (microseconds, null for now).
        """
        ready: asyncio.Queue[_Fetched | BaseException | None] = asyncio.Queue(maxsize=1)

        async def fetch_ahead() -> None:
            try:
                async for asked in slices:
                    await ready.put(await self._fetch(asked))
            except Exception as error:
                await ready.put(error)
            else:
                await ready.put(None)

        fetching = asyncio.create_task(fetch_ahead())
        try:
            while (fetched := await ready.get()) is not None:
                if isinstance(fetched, BaseException):
                    raise fetched
                yield await asyncio.to_thread(self._decide, fetched)
        finally:
            fetching.cancel()
            with suppress(asyncio.CancelledError):
                await fetching

    async def _fetch(self, asked: Any) -> _Fetched:
        if len(self._grounds) + _RUNS_A_STORY * len(self._stories) > _MOST_KEPT:
            self._forget()
        order, keys = await asyncio.to_thread(_sorted, asked)

        async def work(transaction: Transaction) -> list[tuple[Found, Timeline]]:
            try:
                return await self._find(transaction, keys)
            except BaseException:
                # Half of what was fetched is worth nothing, and may be asked for again.
                self._forget()
                raise

        for _ in range(_ATTEMPTS):
            with suppress(ChangedMeanwhile):
                return _Fetched(asked, order, await self._graph.read(work, self._bookmarks))
        raise ServiceError("UNAVAILABLE", "The goods change faster than they can be read.", remedy="Try again.")

    async def _find(self, transaction: Transaction, keys: Any) -> list[tuple[Found, Timeline]]:
        listed = await asyncio.to_thread(keys.to_pylist)
        found, others = await asyncio.to_thread(self._grounds.runs_of, listed)
        if others:
            await self._grounds.fetch_runs(transaction, keys.take(pa.array(others, pa.int64())))
            found, _ = await asyncio.to_thread(self._grounds.runs_of, listed)
        untold = self._stories.untold(one.run for one in found)
        await self._grounds.complete(transaction, untold)
        marks = await asyncio.to_thread(self._stories.marks, untold)
        await self._stories.tell(transaction, marks)
        return [(one, self._stories.timeline(one.run)) for one in found]

    def _decide(self, fetched: _Fetched) -> Answers:
        asked = fetched.asked
        at = pc.fill_null(asked.column("at"), self.present)
        instants = at.take(fetched.order).to_pylist()
        owned = [NEVER_NAMED]
        numbers: dict[int, int] = {}
        places = [0] * len(instants)
        for one, timeline in fetched.found:
            for place in range(one.start, one.stop):
                answer = timeline.at(instants[place])
                number = numbers.get(id(answer))
                if number is None:
                    number = numbers[id(answer)] = len(owned)
                    owned.append(answer)
                places[place] = number
        in_order = pa.array(places, pa.int32()).take(pc.inverse_permutation(fetched.order))
        return Answers(asked.column("code"), at, in_order, owned)


def _sorted(asked: Any) -> tuple[Any, Any]:
    """The places of codes in the order of their keys, and the keys in that order."""
    keys = keys_of(asked.column("code"))
    order = pc.sort_indices(keys)
    return order.cast(pa.int64()), keys.take(order)
