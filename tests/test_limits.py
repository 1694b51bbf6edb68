"""Caps, budgets, holds and rounding at settlement: whatever way a log arrives, it ends where the reference model is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.rebates.decision import Decision
from graph_service.rederive import rederive
from tests.answers import Booking, Event, accounts_in, decisions_of, model_decisions
from tests.model import Decision as Wanted
from tests.model import World
from tests.model.limit_logs import limit_logs
from tests.model.logs import deliveries
from tests.test_convergence import SLOW, arrive, books_agree


def named(log: list[Event], about: list[tuple[str, str, str]], keys: IdentifierKeys) -> list[Event]:
    """The log with reviews that name their decisions."""
    events = {event["id"]: event for event in log}
    for review, scan_id, role in about:
        scan = events[scan_id]
        if role == "STORE":
            received = events.get("in" + scan_id[1:])
            payee = received["party"] if received else None
        else:
            openid = scan["member"]["identifiers"][-1]  # a phone comes last, and is the strongest
            payee = keys.id_of(plain(openid["type"], openid["value"], openid.get("app")))
        events[review]["rebate"] = Decision("r", 0, scan_id, role, payee, "").id
    return log


def world_of(log: list[Event], keys: IdentifierKeys) -> World:
    accounts = accounts_in(log, keys)

    def rebate_id(one: Wanted) -> str:
        return Decision(one.rule, 0, one.trigger, one.role, accounts.get(one.payee or "", one.payee), "").id

    return World(log, datetime.now(UTC), rebate_id)


def unsettled(decisions: Counter[Booking]) -> Counter[Booking]:
    """Whether a statement was frozen depends on the order of arrival; what is owed does not."""
    return Counter([(*one[:5], one[5].replace("SETTLED", "ACCRUED"), *one[6:]) for one in decisions.elements()])


@given(data=st.data())
@SLOW
async def test_any_order_ends_where_the_model_is(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = named(*data.draw(limit_logs()), keys)
    await arrive(graph, keys, data.draw(deliveries(log)))
    wanted = model_decisions(world_of(log, keys).decisions(), accounts_in(log, keys))
    assert unsettled(await decisions_of(graph)) == unsettled(wanted)
    assert await rederive(graph, keys, check=True) == []
    await books_agree(graph)
