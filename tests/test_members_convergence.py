"""Whatever way a log of identities arrives, the service ends with the reference model's members."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from graph_service.graph.driver import Graph
from graph_service.members import rebuild
from graph_service.members.identifiers import IdentifierKeys
from graph_service.policy_change import change_policy
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from graph_service.writers import Writers
from tests.answers import Event, accounts_in, decisions_of, model_decisions, pseudonyms
from tests.conftest import WIPE
from tests.member_answers import members_agree
from tests.model import World
from tests.model.logs import deliveries, identity_logs
from tests.model.policy import other_texts
from tests.test_convergence import arrive, books_agree

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

LOST = "MATCH (i:Identifier) WHERE i.firstSeen IS NOT NULL AND i.sealed IS NULL RETURN count(*)"
KEPT = "MATCH (i:Identifier) WHERE i.firstSeen IS NULL AND i.erasedAt IS NOT NULL AND i.sealed IS NOT NULL RETURN i.id"


async def agree(graph: Graph, keys: IdentifierKeys, events: list[Event]) -> None:
    """Members, refused pairs, who is nobody and whose accounts are paid are the model's, and a rebuild's."""
    await members_agree(graph, keys, events)
    world = World(events, datetime.now(UTC))
    accounts = accounts_in(events, keys) | await pseudonyms(graph)
    assert await decisions_of(graph) == model_decisions(world.decisions(), accounts)
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


def told(log: list[Event]) -> Any:
    """What a log says; the second time without what only the order of forgotten values tells."""
    world = World(log, datetime.now(UTC))
    left = [(one.fact.id, one.identifiers, one.first_seen and one.first_seen[1]) for one in world.leavings]
    return left, (world.members(), world.refused(), world.nobody(), world.decisions())


def patterns_first(log: list[Event]) -> list[list[Event]]:
    """The policies that block by patterns: one that comes after a value was erased finds nothing in it."""
    return [[one for one in log if one["type"] == "identity.policy" and "regex" in one["policy"].get("blocked", {})]]


async def leave(
    graph: Graph,
    keys: IdentifierKeys,
    log: list[Event],
    arriving: Coroutine[Any, Any, None],
    agrees: Callable[[Graph, IdentifierKeys, list[Event]], Coroutine[Any, Any, None]] = agree,
) -> None:
    """The log arrives, some leave, and the model agrees."""
    left, rest = told(log)
    with other_texts():
        left_by_others, rest_by_others = told(log)
    if left != left_by_others:
        arriving.close()
        reject()
    await arriving
    # Somebody came back because a leaving was voided, or reached less far by late facts: the values stay lost.
    if (await graph.run(LOST, read_only=True))[1][0][0]:
        assume(rest == rest_by_others)
    await agrees(graph, keys, log)


@given(data=st.data())
@SLOW
async def test_whoever_leaves_is_gone_in_any_order(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = data.draw(identity_logs(size=20, leaving=True))
    batches = data.draw(deliveries(log))
    await leave(graph, keys, log, arrive(graph, keys, [*patterns_first(log), *batches]))


@given(data=st.data())
@settings(SLOW, max_examples=15)
async def test_a_policy_that_takes_over_later_ends_there_too(
    data: st.DataObject, graph: Graph, keys: IdentifierKeys
) -> None:
    log = data.draw(identity_logs(size=20, leaving=True))
    batches = data.draw(deliveries(log))
    await leave(graph, keys, log, arrive_meanwhile(graph, keys, [*patterns_first(log), *batches]))


async def arrive_meanwhile(graph: Graph, keys: IdentifierKeys, batches: list[list[Event]]) -> None:
    """The log arrives, and every policy in it is built beside while what comes next arrives."""
    await graph.run(WIPE, read_only=False)
    writers = Writers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rebuild, "MOST_IN_ONE_TRANSACTION", 1)
        async with Recorder(graph, keys, writers=writers).running(settling=False) as recorder:
            for batch in batches:
                # What arrives while members are built beside is among them in the end.
                await asyncio.gather(
                    change_policy(graph, keys, writers), recorder.record(batch, as_admin=True), return_exceptions=False
                )
            while await change_policy(graph, keys, writers):
                pass
            while await recorder.backlog.work() is not None:
                pass
    assert (await graph.run("MATCH (n:TouchedMembers|Pending) RETURN count(*)", read_only=True))[1] == [[0]]
