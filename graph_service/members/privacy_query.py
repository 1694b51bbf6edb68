"""What GraphQL tells of privacy: who saw plain values, what leaving erases, who may be contacted."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import PageInfo, SortKey, page_size, paged
from graph_service.api.scalars import DateTime, Fen
from graph_service.graph.driver import Transaction
from graph_service.members.consent import members_to_contact
from graph_service.members.departure import Booked, certificate_of, departure_of
from graph_service.members.people import people
from graph_service.members.types import MEMBERS, Identifier, MemberConnection, connection
from graph_service.members.unmasking import Unmasking as Noted
from graph_service.members.unmasking import unmaskings, unmaskings_of

UNMASKINGS = SortKey("unmaskings", (int, str))


@strawberry.type(description="That somebody saw plain values of identifiers, and why.")
class Unmasking:
    """A note in the audit."""

    id: strawberry.ID
    at: DateTime
    role: str
    subject: str | None
    reason: str
    identifiers: list[strawberry.ID]

    @classmethod
    def of(cls, one: Noted) -> "Unmasking":
        """What a note looks like."""
        shown = [strawberry.ID(identifier) for identifier in one.identifiers]
        return cls(
            id=strawberry.ID(one.id),
            at=DateTime(one.at),
            role=one.role,
            subject=one.subject,
            reason=one.reason,
            identifiers=shown,
        )


@strawberry.type(description="A note of a page.")
class UnmaskingEdge:
    """A note of a page."""

    cursor: str
    node: Unmasking


@strawberry.type(description="A page of the audit.")
class UnmaskingConnection:
    """A page of the audit."""

    edges: list[UnmaskingEdge]
    page_info: PageInfo


@strawberry.type(description="What the journal holds for accounts; it stays when their member leaves.")
class BookedTotals:
    """Totals of accounts."""

    entries: int
    amount_fen: Fen
    points: int

    @classmethod
    def of(cls, booked: Booked) -> "BookedTotals":
        """What totals look like."""
        return cls(entries=booked.entries, amount_fen=Fen(booked.amount_fen), points=booked.points)


@strawberry.type(description="What would go if a member left now: a dry run.")
class Departure:
    """What would go."""

    identifiers: list[Identifier]
    refused_pairs: int
    events: int = strawberry.field(description="That show them, and would no longer.")
    kept: BookedTotals


@strawberry.type(description="How many identifiers of a type.")
class TypeCount:
    """How many of a type."""

    type: str
    count: int


@strawberry.type(description="The certificate of an erasure.")
class ErasureCertificate:
    """What a leaving erased."""

    event: strawberry.ID
    erased_up_to: DateTime
    recorded_at: DateTime
    pseudonym: strawberry.ID = strawberry.field(description="Under which the accounts go on; a payee of the journal.")
    identifiers: list[TypeCount]
    events: int = strawberry.field(description="In how many events values were erased.")
    kept: BookedTotals


@strawberry.type
class PrivacyQuery:
    """Questions about privacy."""

    @field("Who saw plain values, and why; the latest first. Of one member, where one is named.")
    async def unmaskings(
        self,
        info: strawberry.Info[Context, Any],
        member: strawberry.ID | None = UNSET,
        first: int = 50,
        after: str | None = UNSET,
    ) -> UnmaskingConnection:
        """Page by page."""
        cursor, size, asked = given(after), page_size(first), given(member)
        position = UNMASKINGS.values(cursor)
        before = None if position is None else (int(position[0]), str(position[1]))

        async def work(transaction: Transaction) -> Sequence[Noted]:
            if asked is None:
                return await unmaskings(transaction, before=before, limit=size + 1)
            found = await people(transaction, [str(asked)])
            listed = await unmaskings_of(transaction, found[str(asked)].ids if str(asked) in found else [str(asked)])
            return [one for one in listed if before is None or (one.at, one.id) < before][: size + 1]

        edges, page_info = paged(
            await info.context.read(work),
            size,
            cursor,
            lambda one: UNMASKINGS.cursor(one.at, one.id),
            lambda cursor, one: UnmaskingEdge(cursor=cursor, node=Unmasking.of(one)),
        )
        return UnmaskingConnection(edges=edges, page_info=page_info)

    @field("What would go if the member left now; null where the id is nobody's. Nothing changes.")
    async def departure(
        self,
        info: strawberry.Info[Context, Any],
        id: strawberry.ID,  # noqa: A002
    ) -> Departure | None:
        """A dry run of leaving."""
        keys = info.context.keys
        found = await info.context.read(lambda transaction: departure_of(transaction, str(id), keys))
        if found is None:
            return None
        return Departure(
            identifiers=[Identifier.of(one, keys) for one in found.identifiers],
            refused_pairs=found.refused_pairs,
            events=found.events,
            kept=BookedTotals.of(found.booked),
        )

    @field("What a `member.left` erased; null where there is no such event in force.")
    async def erasure(self, info: strawberry.Info[Context, Any], event: strawberry.ID) -> ErasureCertificate | None:
        """The certificate."""
        found = await info.context.read(lambda transaction: certificate_of(transaction, str(event)))
        if found is None:
            return None
        return ErasureCertificate(
            event=event,
            erased_up_to=DateTime(found.at),
            recorded_at=DateTime(found.recorded_at),
            pseudonym=strawberry.ID(found.pseudonym),
            identifiers=[TypeCount(type=kind, count=count) for kind, count in found.identifiers.items()],
            events=found.events,
            kept=BookedTotals.of(found.booked),
        )

    @field(
        "The members who may be contacted for a purpose, in the order of their ids: who consented to it and did not "
        "withdraw; a personalised contact reaches nobody who withdrew PERSONALISED."
    )
    async def members_to_contact(
        self,
        info: strawberry.Info[Context, Any],
        purpose: str,
        personalised: bool = True,
        first: int = 50,
        after: str | None = UNSET,
    ) -> MemberConnection:
        """Page by page."""
        cursor, size = given(after), page_size(first)
        (position,) = MEMBERS.values(cursor) or ("",)
        found = await info.context.read(
            lambda transaction: members_to_contact(
                transaction, purpose, personalised=personalised, after=str(position), limit=size + 1
            )
        )
        return connection(found, size, cursor)
