"""The GraphQL types of members; identifiers are masked."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.dataloader import DataLoader

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.loading import load
from graph_service.api.paging import PageInfo, SortKey, page_size, paged, within
from graph_service.api.scalars import DateTime
from graph_service.attribution.claims import belongings_of
from graph_service.channel.loaders import party_of
from graph_service.channel.types import Party
from graph_service.graph.driver import Transaction
from graph_service.members.consent import consents_of
from graph_service.members.history import Change, history_of
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.inviting import Inviting, invitations_of, invitees_of, inviters_above
from graph_service.members.people import Person, SealedIdentifier, points_of
from graph_service.members.policies import policy_in_force
from graph_service.members.unmasking import require_reason, unmask
from graph_service.members.why import RefusedPair as FoundRefusedPair
from graph_service.members.why import Step, Why

MEMBERS = SortKey("members", (str,))
INVITATIONS = SortKey("invitations", (int, str))
DEEPEST = 20_000
"""Levels of inviters that one question may ask for."""

_MOST_EVENTS = 20
_UNMASKED = "members.unmasked"


@strawberry.input(description="An identifier as it is sent: a phone in any spelling, a WeChat OpenID with its app.")
class IdentifierInput:
    """An identifier as it is sent."""

    type: str
    value: str
    app: str | None = UNSET


@strawberry.type(description="What a member is known by. Masked unless the viewer may see the plain value.")
class Identifier:
    """What a member is known by, masked."""

    id: strawberry.ID = strawberry.field(description="A keyed hash; the id of its account.")
    type: str
    value: str
    app: str | None
    since: DateTime
    last_seen: DateTime

    @field("The plain value, for the roles admin and job; who asked and why is kept. Null where a leaving erased it.")
    async def reveal(self, info: strawberry.Info[Context, Any], reason: str) -> str | None:
        """The plain value, audited."""
        return await _plain(info, str(self.id), reason)

    @classmethod
    def of(cls, one: SealedIdentifier, keys: IdentifierKeys) -> "Identifier":
        """What an identifier of the graph looks like."""
        return cls(
            id=strawberry.ID(one.id),
            type=one.type,
            value=keys.masked(one.sealed),
            app=one.app,
            since=DateTime(one.since),
            last_seen=DateTime(one.last_seen),
        )


@strawberry.type(description="A change of which identifiers are one member.")
class MemberChange:
    """A change of which identifiers are one member."""

    at: DateTime
    kind: str = strawberry.field(description="`APPEARED`, `MERGED` or `SPLIT`.")
    identifiers: list[strawberry.ID] = strawberry.field(description="That are together since, or appeared.")
    before: list[list[strawberry.ID]] = strawberry.field(description="The groups that they were in before.")

    @classmethod
    def of(cls, change: Change) -> "MemberChange":
        """What a change looks like."""
        return cls(
            at=DateTime(change.at),
            kind=change.kind,
            identifiers=[strawberry.ID(one) for one in change.identifiers],
            before=[[strawberry.ID(one) for one in group] for group in change.before],
        )


@strawberry.type(description="A member's latest word on a purpose.")
class Consent:
    """Consent, given or withdrawn."""

    purpose: str
    given: bool
    since: DateTime
    event: strawberry.ID


async def _plain(info: strawberry.Info[Context, Any], identifier: str, reason: str) -> str | None:
    """A plain value; those of one request are noted together."""
    context = info.context

    async def load_all(asked: list[tuple[str, str]]) -> list[str | None]:
        found = await unmask(context.graph, context.keys, context.viewer, asked)
        return [found.get(one) for one, _ in asked]

    require_reason(context.viewer, reason)
    if _UNMASKED not in context.loaders:
        context.loaders[_UNMASKED] = DataLoader(load_fn=load_all)
    plain: str | None = await context.loaders[_UNMASKED].load((identifier, reason))
    return plain


@strawberry.type(description="A consumer: one person, known by many identifiers.")
class Member:
    """A consumer."""

    person: strawberry.Private[Person]
    id: strawberry.ID
    former_ids: list[strawberry.ID] = strawberry.field(description="The ids of its identifiers; all resolve to it.")

    @classmethod
    def of(cls, person: Person) -> "Member":
        """What a member of the graph looks like."""
        return cls(person=person, id=strawberry.ID(person.id), former_ids=[strawberry.ID(one) for one in person.ids])

    @field("Masked unless the viewer may see the plain value.")
    def identifiers(self, info: strawberry.Info[Context, Any]) -> list[Identifier]:
        """In the order in which they were first seen."""
        return [Identifier.of(one, info.context.keys) for one in self.person.identifiers]

    @field("Who brought it in: the first valid invitation.")
    async def inviter(self, info: strawberry.Info[Context, Any]) -> "Member | None":
        """The member of the first valid invitation."""
        found = await load(info, "members.inviters", invitations_of, self.person)
        return None if found is None else Member.of(found.member)

    @field("Inviters upwards, nearest first.")
    async def inviters(self, info: strawberry.Info[Context, Any], max_depth: int = 10) -> list["Member"]:
        """All the way up, where `maxDepth` allows it."""
        depth = within(max_depth, 1, DEEPEST, path="maxDepth")
        found = await info.context.read(lambda transaction: inviters_above(transaction, self.person, depth))
        return [Member.of(one.member) for one in found]

    @field("Whom it brought in, in the order of the invitations.")
    async def invitees(
        self, info: strawberry.Info[Context, Any], first: int = 50, after: str | None = UNSET
    ) -> "MemberConnection":
        """Members whose first valid invitation is this member's."""
        cursor, size = given(after), page_size(first)
        position = INVITATIONS.values(cursor) or (-(2**62), "")

        async def work(transaction: Transaction) -> Sequence[Inviting]:
            return await invitees_of(transaction, self.person, after=position, limit=size + 1)

        edges, page_info = paged(
            await info.context.read(work),
            size,
            cursor,
            lambda one: INVITATIONS.cursor(one.at, one.event),
            lambda cursor, one: MemberEdge(cursor=cursor, node=Member.of(one.member)),
        )
        return MemberConnection(edges=edges, page_info=page_info)

    @field(
        "The store that it belongs to by precedence: the one that it chose, else the one where it registered, else the "
        "one of its last redemption or care visit, else the one whose goods it scanned last."
    )
    async def store(self, info: strawberry.Info[Context, Any]) -> Party | None:
        """Its store since it was last heard of, where that is registered."""
        found = await load(info, "members.stores", belongings_of, self.person)
        return await party_of(info, found.claim.store if found else None)

    @field("Which identifiers appeared, merged and split, oldest first, as the facts tell it now.")
    async def history(self, info: strawberry.Info[Context, Any]) -> list[MemberChange]:
        """How it came to be."""
        keys = info.context.keys

        async def work(transaction: Transaction) -> list[MemberChange]:
            policy = await policy_in_force(transaction)
            return [MemberChange.of(one) for one in await history_of(transaction, self.person, policy, keys)]

        return await info.context.read(work)

    @field("Its latest word on each purpose, in their order.")
    async def consents(self, info: strawberry.Info[Context, Any]) -> list[Consent]:
        """What it consented to, and withdrew."""
        found = await load(info, "members.consents", consents_of, self.person)
        return [
            Consent(purpose=one.purpose, given=one.is_given, since=DateTime(one.since), event=strawberry.ID(one.event))
            for one in found
        ]

    @field("Points of all its accounts: what decisions gave them, and what was adjusted by hand.")
    async def points(self, info: strawberry.Info[Context, Any]) -> int:
        """The sum of its accounts."""
        info.context.tells_decisions = True
        return await load(info, "members.points", points_of, self.person)


@strawberry.type(description="A member of a page.")
class MemberEdge:
    """A member of a page."""

    cursor: str
    node: Member


@strawberry.type(description="A page of members.")
class MemberConnection:
    """A page of members."""

    edges: list[MemberEdge]
    page_info: PageInfo


def connection(found: Sequence[Person], size: int, cursor: str | None) -> MemberConnection:
    """A page of members in the order of their ids."""
    edges, page_info = paged(
        found,
        size,
        cursor,
        lambda person: MEMBERS.cursor(person.id),
        lambda cursor, person: MemberEdge(cursor=cursor, node=Member.of(person)),
    )
    return MemberConnection(edges=edges, page_info=page_info)


@strawberry.type(description="The evidence that two identifiers are one person.")
class IdentityEvidence:
    """The evidence for a pair of identifiers."""

    a: Identifier
    b: Identifier
    by_operator: bool = strawberry.field(description="Whether an operator linked them.")
    first_seen: DateTime | None
    last_seen: DateTime | None
    count: int = strawberry.field(description="In how many events.")
    sources: list[str] = strawberry.field(description="The systems that sent them.")
    events: list[strawberry.ID] = strawberry.field(description=f"The latest {_MOST_EVENTS} of them, oldest first.")

    @classmethod
    def of(cls, step: Step, keys: IdentifierKeys) -> "IdentityEvidence":
        """What a step of a path looks like."""
        return cls(
            a=Identifier.of(step.a, keys),
            b=Identifier.of(step.b, keys),
            by_operator=step.by_operator,
            first_seen=DateTime(step.facts[0].at) if step.facts else None,
            last_seen=DateTime(step.facts[-1].at) if step.facts else None,
            count=len(step.facts),
            sources=step.sources,
            events=[strawberry.ID(fact.event) for fact in step.facts[-_MOST_EVENTS:]],
        )


@strawberry.type(description="A pair of identifiers with evidence that was not linked.")
class RefusedPair:
    """A pair that was not linked."""

    evidence: IdentityEvidence
    reason: str = strawberry.field(description="`limit_exceeded`, or `unlinked` by an operator.")
    namespace: str | None = strawberry.field(description="Of which a member would hold too many.")
    rivals: list[Identifier] = strawberry.field(
        description="Who stands against it: the values of that namespace, or the two that are kept apart."
    )
    won_by: list[IdentityEvidence] = strawberry.field(description="The evidence that binds one of the pair to a rival.")

    @classmethod
    def of(cls, pair: FoundRefusedPair, keys: IdentifierKeys) -> "RefusedPair":
        """What a refused pair looks like."""
        return cls(
            evidence=IdentityEvidence.of(pair.step, keys),
            reason=pair.reason,
            namespace=pair.namespace,
            rivals=[Identifier.of(one, keys) for one in pair.rivals],
            won_by=[IdentityEvidence.of(step, keys) for step in pair.winners],
        )


@strawberry.type(description="Why two identifiers are one person, or why they are not.")
class IdentityAnswer:
    """Why two identifiers are one person, or not."""

    member: strawberry.ID | None = strawberry.field(description="The member that both are; null when they are not one.")
    path: list[IdentityEvidence] = strawberry.field(description="The evidence from the first to the second.")
    by_device_alone: bool = strawberry.field(description="Every path leads through a device between the two.")
    reasons: list[str] = strawberry.field(
        description="Why not: never_seen, blocked, shared_identifier, evicted_over_max_identifiers, "
        "not_named_by_policy, unlinked, released, two_values_of_unique_namespace, no_evidence."
    )
    refused: list[RefusedPair] = strawberry.field(description="The pairs that would have joined them.")

    @classmethod
    def of(cls, found: Why, keys: IdentifierKeys) -> "IdentityAnswer":
        """What an answer looks like."""
        return cls(
            member=None if found.member is None else strawberry.ID(found.member),
            path=[IdentityEvidence.of(step, keys) for step in found.path],
            by_device_alone=found.by_device_alone,
            reasons=list(found.reasons),
            refused=[RefusedPair.of(pair, keys) for pair in found.refused],
        )
