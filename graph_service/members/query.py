"""The entry points to members in GraphQL."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import page_size
from graph_service.errors import ServiceError
from graph_service.graph.driver import Transaction
from graph_service.members.identifiers import PlainIdentifier, plain
from graph_service.members.people import Person, people, seen_with
from graph_service.members.types import (
    MEMBERS,
    IdentifierInput,
    IdentityAnswer,
    Member,
    MemberConnection,
    connection,
)
from graph_service.members.why import Why
from graph_service.members.why import why as find_why


@strawberry.type
class MemberQuery:
    """Questions about members."""

    @field("By the id of the member or of any of its identifiers, or by an identifier; null where it is nobody's.")
    async def member(
        self,
        info: strawberry.Info[Context, Any],
        id: strawberry.ID | None = UNSET,  # noqa: A002
        identifier: IdentifierInput | None = UNSET,
    ) -> Member | None:
        """One member."""
        asked, shown = given(id), given(identifier)
        if (asked is None) == (shown is None):
            raise ServiceError(
                "INVALID_QUERY",
                "member: expected either id or identifier.",
                remedy="Give one of them.",
                path="id",
            )
        key = str(asked) if shown is None else info.context.keys.id_of(plain_of(shown))
        found = await info.context.read(lambda transaction: people(transaction, [key]))
        return Member.of(found[key]) if key in found else None

    @field("Why two identifiers are one person, or why they are not.")
    async def why_one_member(
        self, info: strawberry.Info[Context, Any], a: IdentifierInput, b: IdentifierInput
    ) -> IdentityAnswer:
        """The path of evidence between them, or what keeps them apart."""
        keys = info.context.keys

        async def work(transaction: Transaction) -> Why:
            return await find_why(transaction, keys, plain_of(a), plain_of(b))

        return IdentityAnswer.of(await info.context.read(work), keys)

    @field("The members that were seen with an identifier, such as a shared device, in the order of ids.")
    async def members_seen_with(
        self,
        info: strawberry.Info[Context, Any],
        identifier: IdentifierInput,
        first: int = 50,
        after: str | None = UNSET,
    ) -> MemberConnection:
        """Page by page."""
        cursor, size = given(after), page_size(first)
        (position,) = MEMBERS.values(cursor) or ("",)
        key = info.context.keys.id_of(plain_of(identifier))

        async def work(transaction: Transaction) -> Sequence[Person]:
            return await seen_with(transaction, key, after=position, limit=size + 1)

        return connection(await info.context.read(work), size, cursor)


def plain_of(identifier: IdentifierInput) -> PlainIdentifier:
    """The identifier that an input names."""
    return plain(identifier.type, identifier.value, given(identifier.app))
