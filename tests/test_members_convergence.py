"""Whatever way a log of identities arrives, the service ends with the reference model's members."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.rederive import rederive
from tests.answers import Event, accounts_in, decisions_of, model_decisions
from tests.member_answers import members_agree
from tests.model import World
from tests.model.logs import deliveries, identity_logs
from tests.test_convergence import arrive, books_agree

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


async def agree(graph: Graph, keys: IdentifierKeys, events: list[Event]) -> None:
    """Members, refused pairs, who is nobody and whose accounts are paid are the model's, and a rebuild's."""
    await members_agree(graph, keys, events)
    world = World(events, datetime.now(UTC))
    assert await decisions_of(graph) == model_decisions(world.decisions(), accounts_in(events, keys))
    await books_agree(graph)
    assert await rederive(graph, keys, check=True) == []


@given(data=st.data())
@SLOW
async def test_any_order_ends_with_the_members_of_the_model(
    data: st.DataObject, graph: Graph, keys: IdentifierKeys
) -> None:
    log = data.draw(identity_logs(size=30))
    batches = data.draw(deliveries(log))
    await arrive(graph, keys, batches)
    await agree(graph, keys, log)
