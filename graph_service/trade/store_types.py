"""The GraphQL types of what a store does: delivering, its cloud store, its appointments."""

from collections.abc import Sequence
from typing import Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.loading import load
from graph_service.api.scalars import DateTime, Fen
from graph_service.channel.loaders import party_of
from graph_service.channel.types import Party, party_of_row
from graph_service.graph.driver import Transaction
from graph_service.members.appointments import Appointment as FoundAppointment
from graph_service.members.people import Person, people
from graph_service.members.pets import Care as FoundCare
from graph_service.members.pets import Pet as FoundPet
from graph_service.members.pets import pets_of
from graph_service.members.types import Member
from graph_service.trade.cloud_store import ShelfLine as FoundShelfLine
from graph_service.trade.delivery import Considered
from graph_service.trade.delivery import Delivery as FoundDelivery


@strawberry.input(description="So many units of a product.")
class Quantity:
    """So many units of a product."""

    sku: str
    quantity: int = 1


@strawberry.type(description="A store that was looked at for a delivery.")
class ConsideredStore:
    """A store that was looked at."""

    store: Party
    metres: float
    refusal: str | None = strawberry.field(
        description="Why not: `not_supplied`, `outside_territory`, `no_service`, `hours_unknown`, `closed`, `no_stock`."
    )

    @classmethod
    def of(cls, found: Considered) -> "ConsideredStore":
        """What a store that was looked at looks like."""
        return cls(store=party_of_row(found.store), metres=found.metres, refusal=found.refusal)


@strawberry.type(description="Who delivers, and why none of the nearer stores does.")
class Delivery:
    """Who delivers."""

    by: Party | None
    basis: str = strawberry.field(description="`NEAREST_STORE`, `WAREHOUSE`, or `NOBODY`: nobody has the goods.")
    metres: float | None = strawberry.field(description="How far the store is.")
    considered: list[ConsideredStore] = strawberry.field(description="The stores that were looked at, nearest first.")
    stores_left: bool = strawberry.field(description="Whether more stores are within reach than were looked at.")

    @classmethod
    def of(cls, found: FoundDelivery) -> "Delivery":
        """What a delivery looks like."""
        return cls(
            by=None if found.by is None else party_of_row(found.by),
            basis=found.basis,
            metres=found.metres,
            considered=[ConsideredStore.of(one) for one in found.considered],
            stores_left=found.stores_left,
        )


@strawberry.type(description="A product in a cloud store: price and stock are the same wherever it is sold.")
class ShelfLine:
    """A product in a cloud store."""

    sku: str
    name: str | None
    price_fen: Fen | None = strawberry.field(description="The list price of a unit.")
    units_here: int = strawberry.field(description="Owned by this store and not sold.")
    units_at_warehouses: int = strawberry.field(description="At the warehouses that its suppliers keep.")

    @classmethod
    def of(cls, found: FoundShelfLine) -> "ShelfLine":
        """What a product in a cloud store looks like."""
        price = None if found.price_fen is None else Fen(found.price_fen)
        return cls(
            sku=found.sku,
            name=found.name,
            price_fen=price,
            units_here=found.units_here,
            units_at_warehouses=found.units_at_warehouses,
        )


@strawberry.type(description="Something that a store did for a pet.")
class Care:
    """Something that a store did for a pet."""

    store_id: strawberry.Private[str]
    sealed_note: strawberry.Private[str | None]
    event: strawberry.ID
    at: DateTime
    service: str

    @field("What was noted.")
    def note(self, info: strawberry.Info[Context, Any]) -> str | None:
        """The note, opened."""
        return None if self.sealed_note is None else info.context.keys.open(self.sealed_note)

    @field("Where, if the store is registered.")
    async def store(self, info: strawberry.Info[Context, Any]) -> Party | None:
        """Where."""
        return await party_of(info, self.store_id)

    @classmethod
    def of(cls, found: FoundCare) -> "Care":
        """What care looks like."""
        return cls(
            store_id=found.store,
            sealed_note=found.note,
            event=strawberry.ID(found.event),
            at=DateTime(found.at),
            service=found.service,
        )


@strawberry.type(description="A pet, and what it needs: what stores did for it before.")
class Pet:
    """A pet and its needs."""

    pet: strawberry.Private[FoundPet]
    id: strawberry.ID
    species: str
    breed: str | None
    born_on: str | None

    @field("What it is called.")
    def name(self, info: strawberry.Info[Context, Any]) -> str | None:
        """Its name, opened."""
        return None if self.pet.name is None else info.context.keys.open(self.pet.name)

    @field("What stores did for it, the latest first.")
    def cares(self, first: int = 10) -> list[Care]:
        """The latest care."""
        return [Care.of(one) for one in self.pet.cares[: max(0, first)]]

    @classmethod
    def of(cls, found: FoundPet) -> "Pet":
        """What a pet looks like."""
        return cls(
            pet=found, id=strawberry.ID(found.id), species=found.species, breed=found.breed, born_on=found.born_on
        )


@strawberry.type(description="An appointment of a store.")
class Appointment:
    """An appointment of a store."""

    account: strawberry.Private[str | None]
    id: strawberry.ID
    starts_at: DateTime
    service: str
    status: str = strawberry.field(description="`HOLDS`, `CONFLICT` with the one that holds its place, or `CANCELLED`.")
    held_by: strawberry.ID | None = strawberry.field(description="The appointment that holds its place.")
    booked_by: strawberry.ID = strawberry.field(description="The event that took its place.")
    booked_at: DateTime
    cancelled_by: strawberry.ID | None = strawberry.field(description="The event that cancelled it.")

    @field("Whose it is.")
    async def member(self, info: strawberry.Info[Context, Any]) -> Member | None:
        """Whose it is."""
        found = await self._person(info)
        return None if found is None else Member.of(found)

    @field("The member's pets, and what they need.")
    async def pets(self, info: strawberry.Info[Context, Any]) -> list[Pet]:
        """The member's pets."""
        found = await self._person(info)
        if found is None:
            return []
        return [Pet.of(one) for one in await load(info, "members.pets", _pets, found)]

    async def _person(self, info: strawberry.Info[Context, Any]) -> Person | None:
        return None if self.account is None else await load(info, "members.people", _people, self.account)

    @classmethod
    def of(cls, found: FoundAppointment) -> "Appointment":
        """What an appointment looks like."""
        at, event = found.since
        return cls(
            account=found.booked.account,
            id=strawberry.ID(found.id),
            starts_at=DateTime(found.booked.starts_at),
            service=found.booked.service,
            status=found.status,
            held_by=None if found.held_by is None else strawberry.ID(found.held_by),
            booked_by=strawberry.ID(event),
            booked_at=DateTime(at),
            cancelled_by=None if found.cancelled_by is None else strawberry.ID(found.cancelled_by),
        )


async def _people(transaction: Transaction, accounts: Sequence[str]) -> list[Person | None]:
    found = await people(transaction, accounts)
    return [found.get(account) for account in accounts]


async def _pets(transaction: Transaction, persons: Sequence[Person]) -> list[Sequence[FoundPet]]:
    found = await pets_of(transaction, {account: person.id for person in persons for account in person.ids})
    return [found.get(person.id, ()) for person in persons]
