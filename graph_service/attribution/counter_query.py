"""What GraphQL tells a clerk of a member at the counter."""

from typing import Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.scalars import DateTime, Fen
from graph_service.attribution.counter import AtCounter, at_counter
from graph_service.channel.loaders import party_of
from graph_service.channel.types import Party
from graph_service.errors import ServiceError
from graph_service.graph.driver import Transaction
from graph_service.members.people import people
from graph_service.members.query import plain_of
from graph_service.members.types import IdentifierInput
from graph_service.moments import now
from graph_service.trade.store_types import Pet


@strawberry.type(description="A product that a member bought.")
class BoughtProduct:
    """A product that a member bought."""

    sku: str
    items: int = strawberry.field(description="Single items that are known by their codes.")
    last_at: DateTime


@strawberry.type(description="A voucher that a member can redeem.")
class UsableVoucher:
    """A voucher that a member can redeem."""

    voucher: strawberry.ID
    kind: str
    face_fen: Fen | None
    min_spend_fen: Fen | None
    valid_to: DateTime | None


@strawberry.type(description="What a clerk sees of a member at the counter; nothing that tells who it is.")
class MemberAtCounter:
    """What a clerk sees."""

    store_id: strawberry.Private[str | None]
    pets: list[Pet]
    bought: list[BoughtProduct] = strawberry.field(description="The latest first.")
    vouchers: list[UsableVoucher]
    consents: list[str] = strawberry.field(description="The purposes that it consents to.")

    @field("The store that it belongs to.")
    async def store(self, info: strawberry.Info[Context, Any]) -> Party | None:
        """Its store."""
        return await party_of(info, self.store_id)

    @classmethod
    def of(cls, found: AtCounter) -> "MemberAtCounter":
        """What it looks like."""
        issues = [(voucher.id, voucher.issue) for voucher in found.vouchers if voucher.issue is not None]
        return cls(
            store_id=found.store,
            pets=[Pet.of(one) for one in found.pets],
            bought=[BoughtProduct(sku=one.sku, items=one.items, last_at=DateTime(one.last_at)) for one in found.bought],
            vouchers=[
                UsableVoucher(
                    voucher=strawberry.ID(voucher),
                    kind=issue.kind,
                    face_fen=None if issue.face_fen is None else Fen(issue.face_fen),
                    min_spend_fen=None if issue.min_spend_fen is None else Fen(issue.min_spend_fen),
                    valid_to=None if issue.valid_to is None else DateTime(issue.valid_to),
                )
                for voucher, issue in issues
            ],
            consents=[one.purpose for one in found.consents if one.is_given],
        )


@strawberry.type
class CounterQuery:
    """Questions of a clerk."""

    @field(
        "What a clerk sees after scanning a member: pets and their care, products bought, usable vouchers, "
        "preferences. Null where the identifier is nobody's."
    )
    async def member_at_counter(
        self,
        info: strawberry.Info[Context, Any],
        id: strawberry.ID | None = UNSET,  # noqa: A002
        identifier: IdentifierInput | None = UNSET,
    ) -> MemberAtCounter | None:
        """One member, as far as it helps to serve it."""
        asked, shown = given(id), given(identifier)
        if (asked is None) == (shown is None):
            raise ServiceError(
                "INVALID_QUERY",
                "memberAtCounter: expected either id or identifier.",
                remedy="Give one of them.",
                path="id",
            )
        key = str(asked) if shown is None else info.context.keys.id_of(plain_of(shown))

        async def work(transaction: Transaction) -> AtCounter | None:
            found = await people(transaction, [key])
            return await at_counter(transaction, found[key], now()) if key in found else None

        seen = await info.context.read(work)
        return None if seen is None else MemberAtCounter.of(seen)
