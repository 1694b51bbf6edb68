"""Who owned very many codes, in the order asked, in flat memory.

Codes that came together are sorted and answered slice by slice, so that consecutive codes become one span and one seek,
and each carton is met once; what their runs and containers rest on is kept for the next slices as far as memory allows.
What decides is `ownership`, as for a single code. While one slice is decided, what the next one needs is fetched.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from neo4j import Bookmarks

from graph_service.errors import ServiceError
from graph_service.goods.bulk_decide import decide
from graph_service.goods.bulk_grounds import Found, Grounds
from graph_service.goods.bulk_keys import sorted_keys
from graph_service.goods.bulk_owned import OwnedTable
from graph_service.goods.bulk_stories import ChangedMeanwhile, Stories, Told
from graph_service.goods.bulk_timeline import NEVER_NAMED, OWN_CODE, Answer
from graph_service.graph.driver import Graph, Transaction
from graph_service.moments import now

SLICE = 50_000
"""Codes that are answered together."""

WINDOW = 1_000_000
"""Codes that are worth waiting for: the more are sorted together, the fewer cartons are met twice."""

_ATTEMPTS = 3
# What is kept is counted in runs, of some 600 bytes; a story with its timeline takes as much as several.
_MOST_KEPT = 500_000
_RUNS_A_STORY = 6


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a slice, as columns in the order asked.

    Attributes:
        owned: the different answers, to these codes and others.
        codes: text.
        at: the instants that were asked about, in microseconds.
        places: for each code the number of its answer.
        via: text, the codes that the deciding facts named; null without one.
    """

    owned: OwnedTable
    codes: Any
    at: Any
    places: Any
    via: Any


class _Window:
    """Codes that came together, with their answers as far as they are decided, in the order of their keys."""

    def __init__(self, asked: Any, present: int) -> None:
        self._codes = asked.column("code")
        self._at = pc.fill_null(asked.column("at"), present)
        self._keys, self._order = sorted_keys(self._codes)
        # Answers are told apart by their identity, so each is kept for as long as that is asked for.
        self._answers = [Answer(NEVER_NAMED)]
        self._numbers: dict[int, int] = {}
        self._places: list[Any] = []
        self._vias: list[Any] = []

    def slices(self) -> Iterator[tuple[int, Any]]:
        """The keys, slice by slice, each with its place."""
        for start in range(0, len(self._keys), SLICE):
            yield start, self._keys.slice(start, SLICE)

    def decide(self, start: int, count: int, found: Sequence[tuple[Found, Told]]) -> None:
        """Decides on the next slice, from what was told of its runs."""
        decided = decide(self._at.take(self._order.slice(start, count)).to_numpy(), found)
        numbers = np.array([self._number(answer) for answer in decided.answers], np.int32)
        # Codes that no event has named keep the first answer, and name nothing.
        places = np.zeros(count, np.int32)
        places[decided.places] = numbers[decided.numbers]
        vias = np.full(count, -1)
        vias[decided.places] = np.arange(len(decided.places))
        self._places.append(pa.array(places))
        self._vias.append(decided.vias.take(pa.array(vias, mask=vias < 0)))

    def _number(self, answer: Answer) -> int:
        number = self._numbers.get(id(answer))
        if number is None:
            number = self._numbers[id(answer)] = len(self._answers)
            self._answers.append(answer)
        return number

    def answers(self) -> Iterator[Answers]:
        """The answers, when all slices are decided."""
        as_asked = pc.inverse_permutation(self._order)
        places = pa.concat_arrays(self._places).take(as_asked)
        vias = pa.concat_arrays(self._vias).take(as_asked)
        vias = pc.if_else(pc.fill_null(pc.equal(vias, OWN_CODE), False), self._codes, vias)
        owned = OwnedTable([answer.owned for answer in self._answers])
        for start in range(0, len(places), SLICE):
            columns = (column.slice(start, SLICE) for column in (self._codes, self._at, places, vias))
            yield Answers(owned, *columns)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A slice with all that its answers need; after the last one the window is answered."""

    window: _Window
    start: int
    count: int
    found: list[tuple[Found, Told]]
    is_last: bool


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

    async def answers(self, windows: AsyncIterator[Any]) -> AsyncGenerator[Answers, None]:
        """The answers to codes, in slices; what comes after the next slice is not read before it is asked for.

        Args:
            windows: record batches with the columns `code` (text) and `at` (microseconds, null for now), each of which
                is answered when all of it has come.
        """
        ready: asyncio.Queue[_Fetched | BaseException | None] = asyncio.Queue(maxsize=1)

        async def fetch_ahead() -> None:
            try:
                async for asked in windows:
                    window = await asyncio.to_thread(_Window, asked, self.present)
                    for start, keys in window.slices():
                        found = await self._fetch(keys)
                        is_last = start + len(keys) == len(asked)
                        await ready.put(_Fetched(window, start, len(keys), found, is_last))
            except Exception as error:
                await ready.put(error)
            else:
                await ready.put(None)

        fetching = asyncio.create_task(fetch_ahead())
        try:
            while (fetched := await ready.get()) is not None:
                if isinstance(fetched, BaseException):
                    raise fetched
                window = fetched.window
                await asyncio.to_thread(window.decide, fetched.start, fetched.count, fetched.found)
                if fetched.is_last:
                    parts = window.answers()
                    while (answers := await asyncio.to_thread(next, parts, None)) is not None:
                        yield answers
        finally:
            fetching.cancel()
            with suppress(asyncio.CancelledError):
                await fetching

    async def _fetch(self, keys: Any) -> list[tuple[Found, Told]]:
        if len(self._grounds) + _RUNS_A_STORY * len(self._stories) > _MOST_KEPT:
            self._forget()

        async def work(transaction: Transaction) -> list[tuple[Found, Told]]:
            try:
                return await self._find(transaction, keys)
            except BaseException:
                # Half of what was fetched is worth nothing, and may be asked for again.
                self._forget()
                raise

        for _ in range(_ATTEMPTS):
            with suppress(ChangedMeanwhile):
                return await self._graph.read(work, self._bookmarks)
        raise ServiceError("UNAVAILABLE", "The goods change faster than they can be read.", remedy="Try again.")

    async def _find(self, transaction: Transaction, keys: Any) -> list[tuple[Found, Told]]:
        listed = await asyncio.to_thread(keys.to_pylist)
        found, others = await asyncio.to_thread(self._grounds.runs_of, listed)
        if others:
            unknown = pa.concat_arrays([keys.slice(start, stop - start) for start, stop in others])
            await self._grounds.fetch_runs(transaction, unknown)
            found, _ = await asyncio.to_thread(self._grounds.runs_of, listed)
        told = await self._stories.tell(transaction, [one.run for one in found])
        return list(zip(found, told, strict=True))
