"""What a job answers and what single questions answer, in one form, so that they can be compared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pyarrow as pa

from graph_service.api.scalars import SCALARS, DateTime
from graph_service.goods.bulk import OwnershipJob
from graph_service.goods.bulk_answers import batch_of
from graph_service.goods.questions import Answer, ownerships
from graph_service.graph.driver import Graph
from graph_service.moments import instant_of

Asked = tuple[str, int | None]


async def by_job(graph: Graph, asked: Sequence[Asked], rows: int, job: OwnershipJob | None = None) -> list[Any]:
    """What a job answers, slice by slice."""

    async def slices() -> AsyncIterator[Any]:
        for place in range(0, len(asked), rows):
            codes, at = zip(*asked[place : place + rows], strict=True)
            yield pa.record_batch([pa.array(codes, pa.string()), pa.array(at, pa.int64())], names=["code", "at"])

    job = job or OwnershipJob(graph)
    batches = [batch_of(answers) async for answers in job.answers(slices())]
    return [row | {"at": instant_of(row["at"])} for batch in batches for row in batch.to_pylist()]


async def one_by_one(graph: Graph, asked: Sequence[Asked], present: int) -> list[Any]:
    """What the question for some codes answers."""
    dated = [(code, present if at is None else at) for code, at in asked]
    return [row_of(answer) for answer in await graph.read(lambda transaction: ownerships(transaction, dated))]


def row_of(answer: Answer) -> dict[str, Any]:
    """An answer as a row of the job's table."""
    one, confirmed = answer.ownership, answer.ownership.confirmed
    return {
        "code": answer.code,
        "at": answer.at,
        "status": one.status,
        "owner": one.owner,
        "store": one.store,
        "distributor": one.way.distributor,
        "distributorBasis": one.way.distributor_basis,
        "salesperson": one.way.salesperson,
        "salespersonBasis": one.way.salesperson_basis,
        "brand": one.brand,
        "confirmedBy": confirmed.event if confirmed else None,
        "via": (confirmed.code or answer.code) if confirmed else None,
    }


def written_time(instant: int) -> str:
    """An instant as GraphQL writes it."""
    write = SCALARS[DateTime].serialize
    assert write is not None
    return str(write(instant))
