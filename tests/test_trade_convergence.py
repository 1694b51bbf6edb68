"""Whatever way a log of trade arrives, referrals, attributed stores and decisions are the model's, and a rebuild's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.attribution.claims import belongings_of
from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier
from graph_service.members.inviting import invitees_of, inviters_above
from graph_service.members.people import people
from graph_service.moments import datetime_of
from graph_service.rederive import rederive
from tests.answers import Event, accounts_in, decisions_of, model_decisions, pseudonyms
from tests.model import World, trade_scenes
from tests.model.logs import at, deliveries
from tests.model.policy import Identifier
from tests.model.trade_scenes import trade_logs
from tests.test_convergence import arrive, books_agree
from tests.test_members_convergence import arrive_meanwhile, leave

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
INVITATIONS = (
    "MATCH (f:MemberFact {type: 'member.invited'}) WHERE NOT f.voided "
    "OPTIONAL MATCH ()-[r:INVITED_BY {event: f.id}]->() "
    "RETURN f.id, r IS NOT NULL, f.refused, f.account STARTS WITH 'L' OR f.invitee STARTS WITH 'L'"
)


async def trade_agrees(graph: Graph, keys: IdentifierKeys, events: list[Event]) -> None:
    world = World(events, datetime.now(UTC))
    assert await decisions_of(graph) == model_decisions(
        world.decisions(), accounts_in(events, keys) | await pseudonyms(graph)
    )
    assert await invitations_of(graph) == invitations_in(world)
    assert await belongings(graph, keys, world) == belongings_in(world)
    assert await chains(graph, keys, world) == chains_in(world, keys)
    await books_agree(graph)
    assert await rederive(graph, keys, check=True) == []


async def invitations_of(graph: Graph) -> dict[str, str | None]:
    """Why each invitation does not count; those that do join members, as long as nobody of them left."""
    rows = (await graph.run(INVITATIONS, read_only=True))[1]
    assert all(joins == (refused is None and not left) for _, joins, refused, left in rows)
    return {event: refused for event, _, refused, _ in rows}


def invitations_in(world: World) -> dict[str, str | None]:
    counted = {one.fact.id: None for one in world.referrals.by_invitee.values()}
    return {**world.referrals.refused, **counted}


async def belongings(graph: Graph, keys: IdentifierKeys, world: World) -> dict[Identifier, Any]:
    """The store of each member, the event that says so, and since when."""
    seeds = {member.seed: id_of(member.seed, keys) for member in world.members()}
    known = await graph.read(lambda transaction: people(transaction, seeds.values()))
    persons = [known[id_] for id_ in seeds.values()]
    found = await graph.read(lambda transaction: belongings_of(transaction, persons))
    return {
        seed: (one.claim.store, one.claim.event, datetime_of(one.since))
        for seed, one in zip(seeds, found, strict=True)
        if one is not None
    }


async def chains(graph: Graph, keys: IdentifierKeys, world: World) -> dict[str, tuple[list[str], list[str]]]:
    """Inviters upwards and invitees of each member, by ids."""

    async def work(transaction: Transaction) -> dict[str, tuple[list[str], list[str]]]:
        found = {}
        for person in {one.id: one for one in (await people(transaction, ids)).values()}.values():
            above = await inviters_above(transaction, person, 100)
            below = await invitees_of(transaction, person, after=(-(2**62), ""), limit=100)
            found[person.id] = ([one.member.id for one in above], [one.member.id for one in below])
        return found

    ids = [id_of(member.seed, keys) for member in world.members()]
    return await graph.read(work)


def chains_in(world: World, keys: IdentifierKeys) -> dict[str, tuple[list[str], list[str]]]:
    return {
        id_of(member.seed, keys): (
            [id_of(one.seed, keys) for one in world.referrals.chain(member)],
            [id_of(one.seed, keys) for one in world.referrals.invitees(member)],
        )
        for member in world.members()
    }


def id_of(identifier: Identifier, keys: IdentifierKeys) -> str:
    return keys.id_of(PlainIdentifier(*_plain(identifier)))


def belongings_in(world: World) -> dict[Identifier, Any]:
    found = {member.seed: world.attribution.latest(member.seed) for member in world.members()}
    return {seed: (one[0].store, one[0].fact.id, one[1]) for seed, one in found.items() if one is not None}


def _plain(identifier: Identifier) -> tuple[str, str, str | None]:
    kind, app, value = identifier
    return kind, value, app or None


@given(data=st.data())
@SLOW
async def test_any_order_ends_where_the_model_is(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = data.draw(trade_logs())
    await leave(graph, keys, log, arrive(graph, keys, data.draw(deliveries(log))), trade_agrees)


@given(data=st.data())
@settings(SLOW, max_examples=10)
async def test_a_policy_that_takes_over_ends_there_too(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = data.draw(trade_logs(size=20, changing=True))
    await leave(graph, keys, log, arrive_meanwhile(graph, keys, data.draw(deliveries(log))), trade_agrees)


PHONE, CARD, FRIEND = ({"type": kind, "value": "139111100" + kind[:2]} for kind in ("PHONE", "POS_CARD", "JD"))


def named(identifier: dict[str, str]) -> dict[str, Any]:
    return {"identifiers": [identifier]}


def voucher(name: str, identifier: dict[str, str]) -> Event:
    return {"type": "voucher.issued", "voucher": name, "kind": "washing", "member": named(identifier)}


async def test_who_is_left_after_a_split_redeems_first(graph: Graph, keys: IdentifierKeys) -> None:
    """A card redeems before the phone of its member; parted from it, the phone's redemption is its first."""
    happened = [
        *trade_scenes.OPENING,
        trade_scenes.usual("friends"),
        {"type": "member.identified", "identifiers": [FRIEND]},
        {"type": "member.invited", "inviter": named(FRIEND), "invitee": named(PHONE)},
        {"type": "member.identified", "identifiers": [PHONE, CARD]},
        voucher("v1", CARD),
        voucher("v2", PHONE),
        {"type": "voucher.redeemed", "voucher": "v1", "store": "S1"},
        {"type": "voucher.redeemed", "voucher": "v2", "store": "S1"},
        {"type": "member.unlinked", "a": PHONE, "b": CARD, "reason": "two people"},
    ]
    log = [{"id": f"e{n:02d}", "at": at(n), **body} for n, body in enumerate(happened)]

    await arrive(graph, keys, [log[:-1], log[-1:]])

    await trade_agrees(graph, keys, log)
    paid = [one for one in await decisions_of(graph) if one[0] == "friends" and one[5] == "ACCRUED"]
    assert sorted(one[6] for one in paid) == [10, 30]
