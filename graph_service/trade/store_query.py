"""The entry points to what a store does: delivering, its cloud store, its appointments."""

from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.errors import LimitExceeded
from graph_service.api.fields import field
from graph_service.api.paging import within
from graph_service.api.scalars import DateTime
from graph_service.channel.near_types import place_of
from graph_service.channel.questions import storable
from graph_service.errors import ServiceError
from graph_service.members.appointments import appointments_at
from graph_service.moments import DAY, now
from graph_service.trade.cloud_store import shelf
from graph_service.trade.delivery import Wanted
from graph_service.trade.delivery import delivery as find_delivery
from graph_service.trade.store_types import Appointment, Delivery, Quantity, ShelfLine

MOST_SKUS = 100
MOST_DAYS = 62
MOST_APPOINTMENTS = 5_000
FARTHEST_METRES = 500_000


@strawberry.type
class StoreQuery:
    """Questions about what stores do."""

    @field(
        "Who delivers an order of the cloud store to a point: the nearest store that may and can, else a warehouse "
        "with the goods, those that suppliers of the cloud store's store keep first."
    )
    async def delivery(
        self,
        info: strawberry.Info[Context, Any],
        lat: float,
        lon: float,
        lines: list[Quantity],
        at: DateTime | None = UNSET,
        services: list[str] | None = UNSET,
        within_metres: int = 30_000,
        store: strawberry.ID | None = UNSET,
    ) -> Delivery:
        """Now, when no time is given."""
        quantities: dict[str, int] = {}
        for line in lines:
            units = within(line.quantity, 1, 1_000_000, path="lines.quantity")
            quantities[line.sku] = quantities.get(line.sku, 0) + units
        instant = given(at)
        wanted = Wanted(
            place=place_of(lat, lon),
            quantities=_products(quantities, "lines"),
            at=now() if instant is None else instant,
            services=given(services) or (),
            within=float(within(within_metres, 1, FARTHEST_METRES, path="withinMetres")),
            store=given(store),
        )
        return Delivery.of(await info.context.read(lambda transaction: find_delivery(transaction, wanted)))

    @field("Products in the cloud store of a store: list price, stock there, and at the warehouses of its suppliers.")
    async def cloud_store(
        self, info: strawberry.Info[Context, Any], store: strawberry.ID, skus: list[str], at: DateTime | None = UNSET
    ) -> list[ShelfLine]:
        """Now, when no time is given."""
        instant = given(at)
        asked = list(_products(dict.fromkeys(skus, 1), "skus"))
        if not storable(store):
            return []
        when = now() if instant is None else instant
        found = await info.context.read(lambda transaction: shelf(transaction, store, asked, when))
        return [ShelfLine.of(one) for one in found]

    @field(
        "The appointments of a store in a period, in the order of their times; at one time the one that holds first."
    )
    async def appointments(
        self,
        info: strawberry.Info[Context, Any],
        *,
        store: strawberry.ID,
        from_: Annotated[DateTime, strawberry.argument(name="from")],
        to: DateTime,
    ) -> list[Appointment]:
        """From `from` on and before `to`, two months at most."""
        if to - from_ > MOST_DAYS * DAY:
            raise LimitExceeded("Days of appointments", (to - from_) // DAY, MOST_DAYS, path="to")
        if not storable(store):
            return []
        found = await info.context.read(lambda transaction: appointments_at(transaction, store, from_, to))
        if len(found) > MOST_APPOINTMENTS:
            raise LimitExceeded("Appointments of the period", len(found), MOST_APPOINTMENTS, path="to")
        return [Appointment.of(one) for one in found]


def _products(quantities: dict[str, int], path: str) -> dict[str, int]:
    """Products that a question names, checked.

    Raises:
        LimitExceeded: when they are too many.
        ServiceError: `INVALID_QUERY`, when there are none, or one that no product could be called.
    """
    if len(quantities) > MOST_SKUS:
        raise LimitExceeded("Products asked for at once", len(quantities), MOST_SKUS, path=path)
    if not quantities or not all(map(storable, quantities)):
        raise ServiceError("INVALID_QUERY", f"`{path}`: expected products by SKU.", path=path)
    return quantities
