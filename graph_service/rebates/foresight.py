"""Decides on new scans beside the transaction that writes them, so that the server writes and reads at once.

What a scan rests on is committed, but for itself and the piece that it cuts from a run (`goods/unwritten.py`); whoever
holds the intake's lock keeps it as it is.
"""

import asyncio
from collections.abc import Collection, Mapping, Set
from contextlib import suppress
from types import TracebackType
from typing import Self

from neo4j.exceptions import DriverError, Neo4jError

from graph_service.ahead import give_up
from graph_service.channel.kept import channel_under
from graph_service.goods.later import TRIGGERS_OF_ITEMS, Spans, add_item, item_rows
from graph_service.goods.runs import Cuts
from graph_service.goods.unwritten import Unwritten
from graph_service.graph.driver import Answer, Graph, Row, Transaction
from graph_service.intake.lock import Log
from graph_service.rebates.evaluate import Evaluated, Known, evaluate, fetch_rulebook

_MOST_LATER = 10_000


class Foresight:
    """What the facts say about the scans of one batch; given up with the block.

    Args:
        graph: to read beside the transaction.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._scans: Set[str] = frozenset()
        self._looking: asyncio.Future[Evaluated] | None = None
        self._listing: asyncio.Future[list[Row]] | None = None

    def begin(self, log: Log, scans: Mapping[str, Row], cuts: Cuts, clock: int) -> None:
        """Begins to look at scans that are about to be written.

        Args:
            log: how the log stands before them; its lock is held.
            scans: by id, as `rebates/triggers` will tell them.
            cuts: how runs are cut for them.
            clock: the log's, with them, in microseconds.
        """
        unwritten = Unwritten.of(scans.values(), cuts.cut_from)
        told = {event: row | {"run": unwritten.whole(row["run"])} for event, row in scans.items()}
        known = Known(channel_under(log.channel_stamp), told, unwritten=unwritten)

        async def look(transaction: Transaction) -> Evaluated:
            rules = await fetch_rulebook(transaction, log.rules_stamp)
            return Evaluated(frozenset(scans), await evaluate(transaction, scans, rules, clock, known))

        async def list_later(transaction: Transaction) -> list[Row]:
            spans: Spans = {}
            for scan in scans.values():
                add_item(spans, unwritten.whole(scan["item"]), scan["at"], scan["at"])
            return await transaction.rows_of(TRIGGERS_OF_ITEMS, item_rows(spans), limit=_MOST_LATER)

        self._scans = scans.keys()
        self._looking = asyncio.ensure_future(self._graph.read_latest(look))
        self._listing = asyncio.ensure_future(self._graph.read_latest(list_later))

    async def seen(self, scans: Collection[str]) -> Evaluated | None:
        """What was seen, if all of it is among these scans, which still are what they were before they were written."""
        return await self._told(self._looking, scans)

    async def later(self, scans: Collection[str]) -> Set[str] | None:
        """The events that may pay for what was scanned after it was, under the same condition."""
        rows = await self._told(self._listing, scans)
        return None if rows is None or len(rows) == _MOST_LATER else {row["trigger"] for row in rows}

    async def _told(self, asked: "asyncio.Future[Answer] | None", scans: Collection[str]) -> Answer | None:
        if asked is None or not self._scans <= set(scans):
            return None
        # Whatever went wrong beside the transaction can still be done in it.
        with suppress(DriverError, Neo4jError):
            return await asked
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for asked in (self._looking, self._listing):
            if asked is not None:
                await give_up(asked)
