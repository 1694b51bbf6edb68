"""Loads the parties that an answer names, all of a level at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from graph_service.api.context import Context
from graph_service.channel.questions import parties_by_id
from graph_service.channel.types import Party, party_of_row
from graph_service.graph.driver import Row, Transaction


async def party_of(info: strawberry.Info[Context, Any], party_id: str | None) -> Party | None:
    """The party of an id; None without an id, and for a party that nobody registered."""
    if party_id is None:
        return None
    context, loaders = info.context, info.context.loaders

    async def load(ids: Sequence[str]) -> list[Row | None]:
        async def work(transaction: Transaction) -> Mapping[str, Row]:
            return await parties_by_id(transaction, ids)

        found = await context.read(work)
        return [found.get(one) for one in ids]

    if "channel.parties" not in loaders:
        loaders["channel.parties"] = DataLoader(load)
    row = await loaders["channel.parties"].load(party_id)
    return None if row is None else party_of_row(row)
