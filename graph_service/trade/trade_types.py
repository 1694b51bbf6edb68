"""The GraphQL types of vouchers and orders."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.scalars import DateTime, Fen
from graph_service.channel.loaders import party_of
from graph_service.channel.types import Party
from graph_service.graph.driver import Row
from graph_service.members.people import people
from graph_service.members.types import Member
from graph_service.trade.voucher_flow import Flow, stores_issuing
from graph_service.trade.vouchers import Redemption
from graph_service.trade.vouchers import Voucher as FoundVoucher

Info = strawberry.Info[Context, Any]


async def member_of(info: Info, account: str | None) -> Member | None:
    """The member whose account it is."""
    if account is None:
        return None
    found = await info.context.read(lambda transaction: people(transaction, [account]))
    return Member.of(found[account]) if account in found else None


@strawberry.type(description="A store took a voucher in, or tried to.")
class VoucherRedemption:
    """An attempt to redeem."""

    found: strawberry.Private[Redemption]
    event: strawberry.ID
    at: DateTime
    spend_fen: Fen | None
    reason: str | None = strawberry.field(
        description="Why it does not count: unknown_voucher, no_member, voucher_expired, voucher_already_redeemed, "
        "below_min_spend; null where it does."
    )

    @field("The store.")
    async def store(self, info: Info) -> Party | None:
        """Where that is registered."""
        return await party_of(info, self.found.store)


@strawberry.type(description="A voucher, as its first issue says, and what became of it.")
class Voucher:
    """A voucher."""

    found: strawberry.Private[FoundVoucher]
    id: strawberry.ID
    kind: str | None
    issued_by: strawberry.ID | None = strawberry.field(description="The event; null where only redemptions name it.")
    issued_at: DateTime | None
    valid_to: DateTime | None = strawberry.field(description="Until before this time; null for ever.")
    face_fen: Fen | None
    min_spend_fen: Fen | None
    campaign: str | None
    redemptions: list[VoucherRedemption] = strawberry.field(description="All attempts, oldest first.")

    @classmethod
    def of(cls, found: FoundVoucher) -> "Voucher":
        """What a voucher of the graph looks like."""
        issue = found.issue
        attempts = sorted(found.redemptions, key=lambda one: one.position)
        return cls(
            found=found,
            id=strawberry.ID(found.id),
            kind=issue.kind if issue else None,
            issued_by=strawberry.ID(issue.event) if issue else None,
            issued_at=DateTime(issue.at) if issue else None,
            valid_to=DateTime(issue.valid_to) if issue and issue.valid_to is not None else None,
            face_fen=None if issue is None or issue.face_fen is None else Fen(issue.face_fen),
            min_spend_fen=None if issue is None or issue.min_spend_fen is None else Fen(issue.min_spend_fen),
            campaign=issue.campaign if issue else None,
            redemptions=[
                VoucherRedemption(
                    found=one,
                    event=strawberry.ID(one.event),
                    at=DateTime(one.at),
                    spend_fen=None if one.spend_fen is None else Fen(one.spend_fen),
                    reason=found.verdicts[one.event],
                )
                for one in attempts
            ],
        )

    @field("Whose it is.")
    async def member(self, info: Info) -> Member | None:
        """The member that the issue names."""
        return await member_of(info, self.found.issue.account if self.found.issue else None)

    @field("The store whose goods won it, by the scan that its issue names.")
    async def issuing_store(self, info: Info) -> Party | None:
        """The owner at that scan."""
        issue = self.found.issue
        if issue is None:
            return None
        found = await info.context.read(lambda transaction: stores_issuing(transaction, [issue.event]))
        return await party_of(info, found[issue.event][1] if issue.event in found else None)

    @field("Why a redemption at a time would not count, for the clerk to see before; null where it would.")
    def why_not(self, at: DateTime, spend_fen: Fen | None = None) -> str | None:
        """The first reason, in the contract's order."""
        is_redeemed = self.found.redeemed is not None and self.found.redeemed.at <= at
        return self.found.why_not((at, "\U0010ffff"), spend_fen, is_redeemed=is_redeemed)


@strawberry.type(description="Vouchers that a store redeemed which the goods of another, or its own, had won.")
class VoucherFlow:
    """A flow between two stores."""

    found: strawberry.Private[Flow]
    kind: str
    vouchers: int
    face_fen: Fen

    @classmethod
    def of(cls, found: Flow) -> "VoucherFlow":
        """What a flow looks like."""
        return cls(found=found, kind=found.kind, vouchers=found.vouchers, face_fen=Fen(found.face_fen))

    @field("The store whose goods won them; null where no scan did.")
    async def issuing_store(self, info: Info) -> Party | None:
        """Where that is registered."""
        return await party_of(info, self.found.issuing)

    @field("The store that took them in.")
    async def redeeming_store(self, info: Info) -> Party | None:
        """Where that is registered."""
        return await party_of(info, self.found.redeeming)


@strawberry.type(description="A line of an order.")
class OrderLine:
    """A line of an order."""

    line: str
    sku: str
    quantity: int
    net_fen: Fen
    codes: list[str]


@strawberry.type(description="What was paid back of an order; no lines: all that was left of it.")
class OrderRefund:
    """What was paid back."""

    event: strawberry.ID
    at: DateTime
    lines: list[str]


@strawberry.type(description="An order, as its first placement says, and what was paid back of it.")
class Order:
    """An order."""

    said: strawberry.Private[Mapping[str, Any]]
    account: strawberry.Private[str | None]
    named_store: strawberry.Private[str | None]
    id: strawberry.ID
    event: strawberry.ID = strawberry.field(description="That placed it; `rebates(trigger:)` tells what it pays.")
    at: DateTime
    channel: str
    promo_code: str | None
    campaign: str | None
    paid_fen: Fen
    shipping_fen: Fen
    lines: list[OrderLine]
    refunds: list[OrderRefund] = strawberry.field(description="Oldest first.")
    repeated: list[strawberry.ID] = strawberry.field(description="Later events that place it again; they pay nothing.")

    @classmethod
    def of(cls, row: Row) -> "Order | None":
        """What an order of the graph looks like; None for one that nobody placed."""
        if not row["placements"]:
            return None
        placements: Sequence[Any] = sorted(row["placements"], key=lambda one: (one[0], one[1]))
        at, event, account, store, body = placements[0]
        said = json.loads(body)
        refunds = sorted((one_at, one, json.loads(text)) for one_at, one, text in row["refunds"])
        return cls(
            said=said,
            account=account,
            named_store=store,
            id=strawberry.ID(row["order"]),
            event=strawberry.ID(event),
            at=DateTime(at),
            channel=said["channel"],
            promo_code=said.get("promoCode"),
            campaign=said.get("campaign"),
            paid_fen=Fen(said["paidFen"]),
            shipping_fen=Fen(said.get("shippingFen") or 0),
            lines=[
                OrderLine(
                    line=line["line"],
                    sku=line["sku"],
                    quantity=line["quantity"],
                    net_fen=Fen(line["netFen"]),
                    codes=line.get("codes") or [],
                )
                for line in said["lines"]
            ],
            refunds=[
                OrderRefund(
                    event=strawberry.ID(one),
                    at=DateTime(one_at),
                    lines=[line["line"] for line in told.get("lines") or ()],
                )
                for one_at, one, told in refunds
            ],
            repeated=[strawberry.ID(one[1]) for one in placements[1:]],
        )

    @field("Who ordered.")
    async def member(self, info: Info) -> Member | None:
        """The member that it names."""
        return await member_of(info, self.account)

    @field("The store that it names; `attribution(order:)` tells whose it is where it names none.")
    async def store(self, info: Info) -> Party | None:
        """Where that is registered."""
        return await party_of(info, self.named_store)
