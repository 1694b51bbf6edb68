"""The entry points to referrals in GraphQL."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import PageInfo, SortKey, page_size, paged, within
from graph_service.api.scalars import DateTime
from graph_service.graph.driver import Row, Transaction
from graph_service.members.people import people
from graph_service.members.types import Member
from graph_service.trade.fission import clusters, fission
from graph_service.trade.referral_tree import BEGINNING, Brought, levels, tree_page
from graph_service.trade.trade_types import member_of

Info = strawberry.Info[Context, Any]
TREE = SortKey("referralTree", (int, int, str))
REFUSED = SortKey("refusedInvitations", (int, str))
DEEPEST_TREE = 100
MOST_TYPES = 10


@strawberry.enum(description="Why an invitation does not count.")
class InvitationRefusal(Enum):
    """Why an invitation does not count."""

    NO_MEMBER = "no_member"
    SELF_REFERRAL = "self_referral"
    KNOWN_BEFORE_INVITER = "known_before_inviter"
    ALREADY_INVITED = "already_invited"


@strawberry.type(description="A member of a tree of referrals.")
class Referral:
    """A member of a tree."""

    member: Member
    depth: int = strawberry.field(description="Levels below the member asked about, from 1.")
    invitation: strawberry.ID
    at: DateTime
    campaign: str | None
    invitees: int = strawberry.field(description="How many members it brought in itself.")

    @classmethod
    def of(cls, one: Brought) -> "Referral":
        """What a member of a tree looks like."""
        return cls(
            member=Member.of(one.member),
            depth=one.depth,
            invitation=strawberry.ID(one.event),
            at=DateTime(one.at),
            campaign=one.campaign,
            invitees=one.invitees,
        )


@strawberry.type(description="A member of a page of a tree.")
class ReferralEdge:
    """A member of a page."""

    cursor: str
    node: Referral


@strawberry.type(description="A page of a tree of referrals, level by level, each in the order of the invitations.")
class ReferralConnection:
    """A page of a tree."""

    edges: list[ReferralEdge]
    page_info: PageInfo


@strawberry.type(description="An invitation that does not count, and why.")
class RefusedInvitation:
    """An invitation that does not count."""

    row: strawberry.Private[Row]
    event: strawberry.ID
    at: DateTime
    reason: InvitationRefusal
    campaign: str | None

    @field("Who invited.")
    async def inviter(self, info: Info) -> Member | None:
        """Null for nobody's account."""
        return await member_of(info, self.row["inviter"])

    @field("Who was invited.")
    async def invitee(self, info: Info) -> Member | None:
        """Null for nobody's account."""
        return await member_of(info, self.row["invitee"])


@strawberry.type(description="An invitation of a page.")
class RefusedInvitationEdge:
    """An invitation of a page."""

    cursor: str
    node: RefusedInvitation


@strawberry.type(description="A page of invitations that do not count.")
class RefusedInvitationConnection:
    """A page of invitations."""

    edges: list[RefusedInvitationEdge]
    page_info: PageInfo


@strawberry.type(description="What became of the invitations of one generation of a campaign.")
class FissionGeneration:
    """A generation of a campaign."""

    campaign: str | None
    generation: int = strawberry.field(
        description="1: invited by members whom the campaign had not brought in itself, within the period."
    )
    invitations: int = strawberry.field(description="That were sent, those that do not count included.")
    members: int = strawberry.field(description="That were brought in.")
    registrations: int = strawberry.field(description="Of these, members that registered since.")
    redemptions: int = strawberry.field(description="Of these, members that redeemed a voucher since.")
    reproduction: float = strawberry.field(
        description="Members that each of them brought into the next generation, on average."
    )


@strawberry.type(description="Members seen with the same devices or addresses, with the invitations between them.")
class InvitationCluster:
    """A group of members."""

    members: list[strawberry.ID]
    shared: list[strawberry.ID] = strawberry.field(description="Ids of the identifiers that several were seen with.")
    invitations: list[strawberry.ID]


@strawberry.type
class ReferralQuery:
    """Questions about referrals."""

    @field("Whom a member brought in, whom these did, and so on; null where the id is nobody's.")
    async def referral_tree(
        self, info: Info, member: strawberry.ID, max_depth: int = 3, first: int = 50, after: str | None = UNSET
    ) -> ReferralConnection | None:
        """Level by level."""
        cursor, size = given(after), page_size(first)
        depth = within(max_depth, 1, DEEPEST_TREE, path="maxDepth")
        level, at, event = TREE.values(cursor) or BEGINNING
        position = (within(level, 1, DEEPEST_TREE, path="after"), at, event)

        async def work(transaction: Transaction) -> Sequence[Brought] | None:
            found = await people(transaction, [member])
            if member not in found:
                return None
            return await tree_page(transaction, found[member], after=position, max_depth=depth, limit=size + 1)

        found = await info.context.read(work)
        if found is None:
            return None
        edges, page_info = paged(
            found,
            size,
            cursor,
            lambda one: TREE.cursor(one.depth, one.at, one.event),
            lambda cursor, one: ReferralEdge(cursor=cursor, node=Referral.of(one)),
        )
        return ReferralConnection(edges=edges, page_info=page_info)

    @field("How many members each level of that tree has, from the first one down; null where the id is nobody's.")
    async def referral_levels(self, info: Info, member: strawberry.ID, max_depth: int = 10) -> list[int] | None:
        """Counts by level."""
        depth = within(max_depth, 1, DEEPEST_TREE, path="maxDepth")

        async def work(transaction: Transaction) -> list[int] | None:
            found = await people(transaction, [member])
            return await levels(transaction, found[member], depth) if member in found else None

        return await info.context.read(work)

    @field("Invitations that do not count for a reason, in the order of time.")
    async def refused_invitations(
        self, info: Info, reason: InvitationRefusal, first: int = 50, after: str | None = UNSET
    ) -> RefusedInvitationConnection:
        """Page by page."""
        cursor, size = given(after), page_size(first)
        at, event = REFUSED.values(cursor) or (-(2**62), "")

        async def work(transaction: Transaction) -> Sequence[Row]:
            return await transaction.run(
                "trade/refused_invitations", reason=reason.value, at=at, event=event, limit=size + 1
            )

        edges, page_info = paged(
            await info.context.read(work),
            size,
            cursor,
            lambda row: REFUSED.cursor(row["at"], row["event"]),
            lambda cursor, row: RefusedInvitationEdge(
                cursor=cursor,
                node=RefusedInvitation(
                    row=row,
                    event=strawberry.ID(row["event"]),
                    at=DateTime(row["at"]),
                    reason=reason,
                    campaign=row["campaign"],
                ),
            ),
        )
        return RefusedInvitationConnection(edges=edges, page_info=page_info)

    @field("How the referrals of a period, half-open, spread: by campaign and generation.")
    async def fission(
        self, info: Info, from_: Annotated[DateTime, strawberry.argument(name="from")], to: DateTime
    ) -> list[FissionGeneration]:
        """By campaign, then generation."""
        found = await info.context.read(lambda transaction: fission(transaction, from_, to))
        return [
            FissionGeneration(
                campaign=one.campaign,
                generation=one.number,
                invitations=one.invitations,
                members=one.members,
                registrations=one.registrations,
                redemptions=one.redemptions,
                reproduction=one.reproduction,
            )
            for one in found
        ]

    @field("Groups of invitations of a period, half-open, between members seen with the same devices or addresses.")
    async def invitation_clusters(
        self,
        info: Info,
        from_: Annotated[DateTime, strawberry.argument(name="from")],
        to: DateTime,
        types: list[str] | None = UNSET,
        fewest: int = 3,
    ) -> list[InvitationCluster]:
        """The largest first."""
        asked = given(types) or ["DEVICE"]
        within(len(asked), 1, MOST_TYPES, path="types")
        least = within(fewest, 2, 1_000, path="fewest")
        found = await info.context.read(lambda transaction: clusters(transaction, from_, to, types=asked, fewest=least))
        return [
            InvitationCluster(
                members=[strawberry.ID(id_) for id_ in one.members],
                shared=[strawberry.ID(id_) for id_ in one.shared],
                invitations=[strawberry.ID(id_) for id_ in one.invitations],
            )
            for one in found
        ]
