"""DataLoaders that live as long as a request: what the fields of one level ask for is fetched together."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from graph_service.api.context import Context
from graph_service.graph.driver import Transaction

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


async def load(
    info: strawberry.Info[Context, Any],
    name: str,
    work: Callable[[Transaction, Sequence[Key]], Awaitable[Sequence[Found]]],
    key: Key,
) -> Found:
    """What `work` finds for a key, asked for together with all keys of the same name.

    Args:
        info: of the field.
        name: of the loader, unique in the service.
        work: finds one answer for each key, in their order.
        key: asked for.
    """
    context = info.context

    async def load_all(keys: list[Key]) -> Sequence[Found]:
        return await context.read(lambda transaction: work(transaction, keys))

    if name not in context.loaders:
        context.loaders[name] = DataLoader(load_fn=load_all)
    found: Found = await context.loaders[name].load(key)
    return found
