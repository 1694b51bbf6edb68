"""The GraphQL types of items: what they are, who owned them, and their way."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Protocol

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.loading import load
from graph_service.api.scalars import DateTime
from graph_service.channel.loaders import party_of
from graph_service.channel.types import Party
from graph_service.goods import journey as ways
from graph_service.goods import questions
from graph_service.goods.story import HandOver
from graph_service.graph.driver import Transaction

# GraphQL's types are one web, in which an item's way leads to what it paid; the questions below know no money.
from graph_service.rebates.questions import RebateLine, rebates_of_triggers
from graph_service.rebates.types import Rebate

Info = strawberry.Info[Context, Any]


@strawberry.enum(description="Whether somebody owns an item, and how it stands with it.")
class OwnershipStatus(Enum):
    """How it stands with an item."""

    CONFIRMED = "CONFIRMED"
    IN_TRANSIT = "IN_TRANSIT"
    SOLD = "SOLD"
    DESTROYED = "DESTROYED"
    UNKNOWN = "UNKNOWN"


@strawberry.enum(description="What an answer about the way of the goods rests on.")
class Basis(Enum):
    """What an answer about the way of the goods rests on."""

    GOODS_FLOW = "GOODS_FLOW"
    CHANNEL_LINK = "CHANNEL_LINK"


@strawberry.input(description="A code and the time to ask about; now, when no time is given.")
class OwnershipQuery:
    """A code and the time to ask about."""

    code: str
    at: DateTime | None = UNSET


class _HandedOver(Protocol):
    sender: str | None
    receiver: str | None


async def _sender(root: strawberry.Parent[_HandedOver], info: Info) -> Party | None:
    return await party_of(info, root.sender)


async def _receiver(root: strawberry.Parent[_HandedOver], info: Info) -> Party | None:
    return await party_of(info, root.receiver)


@strawberry.type(description="A hand-over that counts for an item.")
class OwnershipStep:
    """A hand-over that counts for an item."""

    sender: strawberry.Private[str | None]
    receiver: strawberry.Private[str | None]
    event: strawberry.ID
    type: str
    at: DateTime
    code: str

    from_: Party | None = strawberry.field(name="from", resolver=_sender, description="Who handed it over.")
    to: Party | None = strawberry.field(resolver=_receiver, description="Who took it.")

    @classmethod
    def of(cls, one: HandOver, asked: str) -> "OwnershipStep":
        """A hand-over; where it named a run of codes, it named the code that is asked about."""
        return cls(
            sender=one.sender,
            receiver=one.receiver,
            event=strawberry.ID(one.event),
            type=one.type,
            at=DateTime(one.at),
            code=one.code or asked,
        )


@strawberry.type(description="Who owned an item, and what says so.")
class Ownership:
    """Who owned an item, and what says so."""

    answer: strawberry.Private[questions.Answer]
    code: str
    at: DateTime
    status: OwnershipStatus
    confirmed_by: strawberry.ID | None = strawberry.field(description="The latest fact that counts.")
    confirmed_at: DateTime | None
    via: str | None = strawberry.field(
        description="The code that event named: this item's, or its container's at the time."
    )
    distributor_basis: Basis | None
    salesperson_basis: Basis | None
    steps: list[OwnershipStep] = strawberry.field(description="Every hand-over up to that time, oldest first.")

    @strawberry.field
    async def owner(self, info: Info) -> Party | None:
        """Who owned it."""
        return await party_of(info, self.answer.ownership.owner)

    @strawberry.field
    async def shipped_to(self, info: Info) -> Party | None:
        """Where it was on its way to."""
        return await party_of(info, self.answer.ownership.shipped_to)

    @strawberry.field
    async def store(self, info: Info) -> Party | None:
        """The owner, where it was a store or group leader."""
        return await party_of(info, self.answer.ownership.store)

    @strawberry.field
    async def distributor(self, info: Info) -> Party | None:
        """Who placed it with the store."""
        return await party_of(info, self.answer.ownership.way.distributor)

    @strawberry.field
    async def salesperson(self, info: Info) -> Party | None:
        """Who served the store with it."""
        return await party_of(info, self.answer.ownership.way.salesperson)

    @strawberry.field
    async def brand(self, info: Info) -> Party | None:
        """The product's."""
        return await party_of(info, self.answer.ownership.brand)

    @classmethod
    def of(cls, answer: questions.Answer) -> "Ownership":
        """What an answer looks like."""
        owned, confirmed = answer.ownership, answer.ownership.confirmed
        way = owned.way
        return cls(
            answer=answer,
            code=answer.code,
            at=DateTime(answer.at),
            status=OwnershipStatus(owned.status),
            confirmed_by=strawberry.ID(confirmed.event) if confirmed else None,
            confirmed_at=DateTime(confirmed.at) if confirmed else None,
            via=(confirmed.code or answer.code) if confirmed else None,
            distributor_basis=Basis(way.distributor_basis) if way.distributor_basis else None,
            salesperson_basis=Basis(way.salesperson_basis) if way.salesperson_basis else None,
            steps=[OwnershipStep.of(one, answer.code) for one in owned.steps],
        )


@strawberry.type(description="Something that happened to an item.")
class JourneyStep:
    """Something that happened to an item."""

    sender: strawberry.Private[str | None]
    receiver: strawberry.Private[str | None]
    event: strawberry.ID
    type: str
    at: DateTime
    code: str

    from_: Party | None = strawberry.field(name="from", resolver=_sender, description="Who handed it over.")
    to: Party | None = strawberry.field(resolver=_receiver, description="Who took it.")

    @field("The decisions in force that it caused.")
    async def rebates(self, info: Info) -> list[Rebate]:
        """Of all steps of the answer together."""
        lines = await load(info, "rebates.of_trigger", _rebates_of, self.event)
        return [Rebate.of(line) for line in lines]


async def _rebates_of(transaction: Transaction, triggers: Sequence[str]) -> list[list[RebateLine]]:
    found = await rebates_of_triggers(transaction, triggers)
    return [found[trigger] for trigger in triggers]


@strawberry.type(description="An item, by one of its codes.")
class Item:
    """An item, by one of its codes."""

    known: strawberry.Private[questions.KnownItem]
    code: str
    level: str | None
    sku: str | None
    batch: str | None
    scan_count: int

    @field("The container that holds it at that time (now, when no time is given).")
    async def container(self, info: Info, at: DateTime | None = UNSET) -> "Item | None":
        """None while it is in none."""
        code = await load(info, "goods.containers", ways.containers, (self.code, given(at)))
        return None if code is None else await item_of(info, code)

    @strawberry.field
    async def ownership(self, info: Info, at: DateTime | None = UNSET) -> Ownership:
        """Who owned it at that time (now, when no time is given)."""
        return Ownership.of(await load(info, "goods.ownerships", questions.ownerships_of, (self.known, given(at))))

    @field("From the brand to the consumer: hand-overs, containers, scans and what each scan paid, oldest first.")
    async def journey(self, info: Info, at: DateTime | None = UNSET) -> list[JourneyStep]:
        """Up to that time (now, when no time is given)."""
        steps = await load(info, "goods.journeys", ways.journeys, (self.code, given(at)))
        return [
            JourneyStep(
                sender=step.sender,
                receiver=step.receiver,
                event=strawberry.ID(step.event),
                type=step.type,
                at=DateTime(step.at),
                code=step.code,
            )
            for step in steps
        ]


async def item_of(info: Info, code: str) -> Item | None:
    """The item of a code; None for a code that no event in force names."""
    found = await load(info, "goods.items", _items, code)
    if found is None:
        return None
    return Item(
        known=found,
        code=found.code,
        level=found.level,
        sku=found.sku,
        batch=found.batch,
        scan_count=found.scan_count,
    )


async def _items(transaction: Transaction, codes: Sequence[str]) -> list[questions.KnownItem | None]:
    found = await questions.items(transaction, codes)
    return [found.get(code) for code in codes]
