"""Whatever way a log arrives, the service ends where the reference model is."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.goods.questions import ownerships
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import instant_of, parse_instant
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.answers import (
    Booking,
    Event,
    accounts_in,
    decisions_of,
    journal_of,
    model_decisions,
    model_told,
    pseudonyms,
    rebate_ids,
    told,
)
from tests.conftest import WIPE
from tests.model import World
from tests.model.codes import named_codes
from tests.model.logs import deliveries, logs, recorded_logs

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


async def arrive(graph: Graph, keys: IdentifierKeys, batches: Iterable[list[Event]]) -> None:
    """The log arrives in an empty graph, batch by batch, of which every second one is a slice of something large."""
    await graph.run(WIPE, read_only=False)
    async with Recorder(graph, keys).running() as recorder:
        for number, batch in enumerate(batches):
            report = await recorder.record(batch, as_admin=True, part_of=recorder if number % 2 else None)
            assert not report.rejected, report.rejected


async def agree(graph: Graph, keys: IdentifierKeys, events: list[Event], stamp: datetime) -> None:
    """The graph says what the model says: decisions, journal, ownerships, and the same when derived anew."""
    world = World(events, stamp, rebate_ids(events, keys))
    expected = model_decisions(world.decisions(), accounts_in(events, keys) | await pseudonyms(graph))
    assert await decisions_of(graph) == expected
    await books_agree(graph)
    codes = [*sorted(named_codes(world.facts)), "NEVER-SEEN-1"]
    instants = sorted({parse_instant(event["at"]) for event in events})
    moments = [instants[0], instants[len(instants) // 2], instants[-1], instant_of(stamp)]
    queries = [(code, moment) for code in codes for moment in moments]
    answers = await graph.read(lambda transaction: ownerships(transaction, queries))
    for answer in answers:
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=answer.at)
        assert told(answer) == model_told(world.ownership(answer.code, at)), (answer.code, at)
    assert await rederive(graph, keys, check=True) == []


async def books_agree(graph: Graph) -> None:
    """The journal's net is what is accrued, account by account, and no revision is missing or there twice.

    Somebody who left goes on under one name: two accounts may have become one, with the revisions of both.
    """
    accrued: Counter[Booking] = Counter()
    for rule, _, trigger, role, payee, status, fen, points, _ in (await decisions_of(graph)).elements():
        if payee is not None and status in {"ACCRUED", "SETTLED", "HELD", "REVERSED"}:
            accrued[rule, trigger, role, payee, "fen"] += fen
            accrued[rule, trigger, role, payee, "points"] += points
    booked: Counter[Booking] = Counter()
    revisions: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    for row in await journal_of(graph):
        assert len(set(row["revisions"])) == row["entries"]
        account = tuple(row[name] for name in ("e.rule", "e.trigger", "e.role", "e.payee", "e.cause"))
        revisions[account].update(row["revisions"])
        for what in ("fen", "points"):
            booked[row["e.rule"], row["e.trigger"], row["e.role"], row["e.payee"], what] += row[what]
    assert booked == accrued
    for account, counted in revisions.items():
        numbers = range(1, max(counted) + 1)
        assert all(counted[number] >= counted[number + 1] for number in numbers), account
        assert counted[1] == 1 or account[3].startswith("L"), account


@given(data=st.data())
@SLOW
async def test_any_order_ends_where_the_model_is(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = data.draw(logs(size=25))
    batches = data.draw(deliveries(log))
    await arrive(graph, keys, batches)
    await agree(graph, keys, log, datetime.now(UTC))


@given(data=st.data())
@SLOW
async def test_late_binding_knows_its_window(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = data.draw(recorded_logs(size=20))
    batches = data.draw(deliveries(log))
    await arrive(graph, keys, batches)
    await agree(graph, keys, log, datetime.now(UTC))
