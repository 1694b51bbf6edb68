"""Runs a statement under PROFILE, always rolled back, and reads its plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph_service.graph.driver import Graph

Plan = Mapping[str, Any]


async def profile(graph: Graph, text: str, parameters: Mapping[str, Any]) -> Plan:
    """What the server did, operator by operator; nothing of it stays."""
    async with graph.driver.session(database=graph.database) as session:
        transaction = await session.begin_transaction()
        try:
            result = await transaction.run("PROFILE " + text, dict(parameters))
            # A plan tells what it did only when all of its rows were taken.
            await result.values()
            summary = await result.consume()
        finally:
            await transaction.rollback()
    assert summary.profile is not None
    return summary.profile


def operators(plan: Plan) -> Iterator[Plan]:
    """The operators of a plan, the last one first."""
    yield plan
    for child in plan.get("children", ()):
        yield from operators(child)


def name_of(operator: Plan) -> str:
    """Its type without the database's name."""
    return str(operator["operatorType"]).split("@")[0]


def details_of(operator: Plan) -> str:
    return str(operator["args"].get("Details", ""))


def db_hits(plan: Plan) -> int:
    return sum(int(operator["args"].get("DbHits", 0)) for operator in operators(plan))
