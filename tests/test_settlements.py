"""Statements: whatever happened between settlements, and in whatever order it came, they say what the model says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.rebates.audit import audit
from graph_service.rebates.chain import open_books
from graph_service.rebates.freezing import accounts_after, freeze
from graph_service.rebates.statement_lines import lines_of
from graph_service.rebates.statements import Sight, Statement, Totals, totals_of
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.answers import Event, accounts_in, decisions_of, model_decisions
from tests.conftest import WIPE
from tests.model import World, cast, logs
from tests.model.settlement import Statement as Expected
from tests.test_convergence import SLOW, books_agree

PERIODS = ["2025-02", "2025-03", "2025-04", "2025-05"]
PAYEES = [*cast.STORES, *cast.DISTRIBUTORS, *cast.SALESPEOPLE, *cast.CLERKS]


@pytest.fixture(autouse=True)
def over_the_end_of_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    """What logs tell of happens in the last days of March and the first of April."""
    monkeypatch.setattr(logs, "FIRST_DAY", datetime(2025, 3, 28, tzinfo=timezone(timedelta(hours=8))))


@st.composite
def settled_logs(draw: st.DrawFn, size: int) -> list[list[Event]]:
    """Events in the parts that settlements cut them into, each part in any order."""
    log = draw(logs.recorded_logs(size=size))
    recorded = sorted(instant(event["recordedAt"]) for event in log)
    moments = sorted(draw(st.lists(st.sampled_from(recorded), min_size=1, max_size=3)))
    closings = []
    for number, moment in enumerate(moments):
        at = (moment + timedelta(microseconds=number + 1)).isoformat()
        period = draw(st.sampled_from(PERIODS[:3]))
        closings.append({"id": f"close{number}", "type": "period.closed", "at": at, "recordedAt": at, "period": period})
    for number in range(draw(st.integers(0, 4))):
        at = (draw(st.sampled_from(recorded)) + timedelta(seconds=1)).isoformat()
        paid = {"payee": draw(st.sampled_from(PAYEES)), "period": draw(st.sampled_from(PERIODS))}
        log.append(
            {"id": f"pay{number}", "type": "statement.settled", "at": at, "recordedAt": at, **paid, "paidFen": 7}
        )
    if draw(st.booleans()):
        at = (recorded[-1] + timedelta(seconds=2)).isoformat()
        target = draw(st.sampled_from(["pay0", "close0"]))
        log.append({"id": "void", "type": "event.voided", "at": at, "recordedAt": at, "voids": target, "reason": "x"})
    parts = []
    since = datetime.min.replace(tzinfo=UTC)
    for closing in [*closings, None]:
        until = instant(closing["recordedAt"]) if closing else datetime.max.replace(tzinfo=UTC)
        part = [event for event in log if since < instant(event["recordedAt"]) <= until]
        parts.append(draw(st.permutations(part)))
        if closing:
            parts.append([closing])
        since = until
    return parts


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@given(data=st.data())
@SLOW
async def test_statements_are_the_models(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    parts = data.draw(settled_logs(size=16))
    await graph.run(WIPE, read_only=False)
    async with Recorder(graph, keys).running() as recorder:
        for part in parts:
            report = await recorder.record(part, as_admin=True)
            assert not report.rejected, report.rejected
            if part and part[0]["type"] == "period.closed" and data.draw(st.booleans()):
                await keep(graph, part[0]["period"])
    log = [event for part in parts for event in part]
    world = World(log, datetime.now(UTC))
    ids = accounts_in(log, keys)
    assert await decisions_of(graph) == model_decisions(world.decisions(), ids)
    await books_agree(graph)
    names = {one.payee for one in world.decisions() if one.payee} | set(PAYEES)
    for period in PERIODS:
        for name in sorted(names):
            found = (await statements(graph, [ids.get(name, name)], period))[0]
            assert shape(found.totals) == model_shape(world.statement([name], period)), (name, period)
            await lines_add_up(graph, found)
    assert await rederive(graph, keys, check=True) == []
    assert (await audit(graph, lambda done, what: None)).faults == []


async def keep(graph: Graph, period: str) -> None:
    async def work(transaction: Any) -> None:
        books = await open_books(transaction)
        await freeze(transaction, await accounts_after(transaction, "", 1_000), period, books)

    await graph.write(work)


async def statements(graph: Graph, accounts: Sequence[str], period: str) -> list[Statement]:
    async def work(transaction: Any) -> list[Statement]:
        books = await open_books(transaction)
        totals = await totals_of(transaction, accounts, period, books)
        sight = Sight.of(period, books.closings)
        return [Statement(one, (one,), sight, totals[one]) for one in accounts]

    return await graph.read(work)


async def lines_add_up(graph: Graph, found: Statement) -> None:
    """Page by page, and in their order; what is on hold beside the rest."""
    lines: list[Any] = []
    page: list[Any] = [None]
    while page:
        after = lines[-1].position if lines else None
        page = await graph.read(partial(lines_of, statement=found, limit=2, after=after))
        lines += page
    assert lines == sorted(lines, key=lambda line: line.position)
    totals = found.totals
    assert sum(line.amount_fen for line in lines if line.status != "HELD") == totals.payable - totals.opening
    assert sum(line.amount_fen for line in lines if line.status == "HELD") == totals.held


def shape(totals: Totals) -> tuple[int, ...]:
    return (totals.opening, totals.earned, totals.reversed, totals.held, totals.adjusted, totals.paid, totals.closing)


def model_shape(one: Expected) -> tuple[int, ...]:
    return (one.opening, one.earned, one.reversed, one.held, one.adjusted, one.paid, one.closing)
