"""What a wide fact leaves to be done later ends where it would have ended at once."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service import pipeline
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.pending import Backlog
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.answers import Event, accounts_in, decisions_of, model_decisions
from tests.conftest import WIPE
from tests.model.limit_logs import limit_logs
from tests.model.logs import deliveries, logs
from tests.serving import Client, app_of, client_of, settings_of, token
from tests.test_convergence import SLOW, agree
from tests.test_every_event_type import event, member
from tests.test_late_truth import STAGE
from tests.test_limits import named, unsettled, world_of

MONEY = "{ rebates(first: 1) { edges { node { status } } } }"


async def worked_off(graph: Graph) -> int:
    """Works off all that waits; returns the transactions that it took."""
    backlog, times = Backlog(graph), 0
    while await backlog.work() is not None:
        times += 1
    return times


@pytest.fixture
def everything_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MAX_DEPENDENT", 0)


@pytest.mark.usefixtures("everything_is_wide")
@settings(SLOW, max_examples=10)
@given(data=st.data())
async def test_any_order_ends_where_the_model_is(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = data.draw(logs(size=20))
    await graph.run(WIPE, read_only=False)
    async with Recorder(graph, keys).running() as recorder:
        for batch in data.draw(deliveries(log)):
            await recorder.record(batch, as_admin=True)
            if data.draw(st.booleans()):
                await Backlog(graph).work()
    await worked_off(graph)
    await agree(graph, keys, log, datetime.now(UTC))


@pytest.mark.usefixtures("everything_is_wide")
@settings(SLOW, max_examples=8)
@given(data=st.data())
async def test_limits_end_where_the_model_is(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    """New kinds of limits, too: what was counted under the old ones is counted anew, in steps."""
    log = named(*data.draw(limit_logs(size=10)), keys)
    await graph.run(WIPE, read_only=False)
    async with Recorder(graph, keys).running(settling=False) as recorder:
        for batch in data.draw(deliveries(log)):
            await recorder.record(batch, as_admin=True)
            if data.draw(st.booleans()):
                await Backlog(graph).work()
    await worked_off(graph)
    wanted = model_decisions(world_of(log, keys).decisions(), accounts_in(log, keys))
    assert unsettled(await decisions_of(graph)) == unsettled(wanted)
    assert await rederive(graph, keys, check=True) == []


def late_receipt(units: int) -> tuple[list[Event], Event]:
    """A pallet of scanned units, and the receipt that comes behind all scans."""
    codes = [f"U{n:04}" for n in range(units)]
    log = [
        *STAGE[:-1],
        event(9, "goods.commissioned", 2, sku="CAT", batch="B", level="UNIT", codes=codes, holder="F"),
        event(10, "goods.packed", 2, parent="PALLET", children=codes),
        *(event(100 + n, "goods.scanned", 6, code=code, member=member(f"c{n}")) for n, code in enumerate(codes)),
    ]
    return log, event(11, "goods.received", 4, codes=["PALLET"], party="S")


async def test_a_wide_fact_waits_and_a_kill_in_the_middle_loses_nothing(
    graph: Graph, keys: IdentifierKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, receipt = late_receipt(units=120)
    async with Recorder(graph, keys).running(settling=False) as recorder:
        await recorder.record(log, as_admin=True)
        before = await decisions_of(graph)
        monkeypatch.setattr(pipeline, "MAX_DEPENDENT", 100)
        await recorder.record([receipt], as_admin=True)
    assert [one for one in await decisions_of(graph) if one[2] != "e11"] == [*before]
    backlog = Backlog(graph)
    waiting = await backlog.look()
    assert (waiting.tasks, waiting.left) == (1, None)
    await backlog.work()
    assert 0 < backlog.left < 120
    assert (await backlog.look()).left == backlog.left
    # Another process goes on behind what the first one has done.
    heir = Backlog(graph)
    await heir.work()
    assert heir.left < backlog.left
    await worked_off(graph)
    assert (await heir.look()).tasks == 0
    await agree(graph, keys, [*log, receipt], datetime.now(UTC))


async def test_what_was_looked_at_ahead_does_not_count_when_a_fact_came_between(
    graph: Graph, keys: IdentifierKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, receipt = late_receipt(units=120)
    codes = [f"U{n:04}" for n in range(60, 70)]  # scanned by those that are looked at while the first fifty are written
    between = [
        event(12, "party.registered", 1, party={"id": "S2", "kind": "STORE", "name": "S2"}),
        event(13, "goods.transferred", 5, codes=codes, **{"from": "S", "to": "S2"}),
    ]
    backlog = Backlog(graph)
    async with Recorder(graph, keys).running(settling=False) as recorder:
        await recorder.record(log, as_admin=True)
        monkeypatch.setattr(pipeline, "MAX_DEPENDENT", 100)
        await recorder.record([receipt], as_admin=True)
        await backlog.work()
        await recorder.record(between, as_admin=True)
    while await backlog.work() is not None:
        pass
    await agree(graph, keys, [*log, receipt, *between], datetime.now(UTC))


async def test_answers_about_money_say_that_tasks_wait(
    graph: Graph, keys: IdentifierKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, receipt = late_receipt(units=30)
    monkeypatch.setattr(pipeline, "MAX_DEPENDENT", 20)
    async with Recorder(graph, keys).running(settling=False) as recorder:
        await recorder.record(log, as_admin=True)
        app = app_of(graph, keys, recorder, settings_of(tmp_path))
        async with client_of(app) as client:
            assert "extensions" not in await answer(client, MONEY)
            sent = await client.post("/v1/events", json=[receipt])
            assert sent.headers.get("x-pending") == "1", sent.text
            assert (await answer(client, MONEY))["extensions"]["pending"]["tasks"] == 1
            assert "extensions" not in await answer(client, '{ item(code: "U0001") { ownership { status } } }')
            assert (
                "graph_service_pending_tasks 1.0"
                in (await client.http.get("/metrics", headers={"authorization": f"Bearer {token()}"})).text
            )
            await worked_off(graph)
            await recorder.backlog.look()
            assert "extensions" not in await answer(client, MONEY)


async def answer(client: Client, question: str) -> dict[str, Any]:
    answered: dict[str, Any] = (await client.post("/graphql", json={"query": question})).json()
    assert "errors" not in answered, answered
    return answered
