"""What the demonstration asks about people: who brought a member in, and what an order and its member rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph_service.attribution.journeys import Journey, TouchModel, weights_of
from graph_service.attribution.questions import Answer, member_by_precedence
from graph_service.attribution.read import journey_of_order
from graph_service.graph.driver import Transaction
from graph_service.members.inviting import Inviting, inviters_above
from graph_service.members.people import people

_HIGHEST = 10


@dataclass(frozen=True, slots=True)
class PeopleShown:
    """What the screen shows of people.

    Attributes:
        member: id of the member that the chain ends with.
        chain: its inviters, nearest first, each with the invitation.
        order: the order of the story.
        journey: the touches that led to it.
        weights: what each touch is credited with, by model.
        belongs: the store that the member belongs to by precedence.
    """

    member: str
    chain: Sequence[Inviting]
    order: str
    journey: Journey
    weights: Mapping[TouchModel, Sequence[float]]
    belongs: Answer

    @property
    def stores(self) -> set[str]:
        """The stores that are named."""
        return {share.store for share in self.belongs.shares if share.store is not None}


async def ask_people(transaction: Transaction, account: str, order: str) -> PeopleShown | None:
    """Asks about a member, by an account of it, and an order; None where the graph has other ones."""
    found = (await people(transaction, [account])).get(account)
    placed = await journey_of_order(transaction, order)
    belongs = await member_by_precedence(transaction, account)
    if found is None or placed is None or belongs is None:
        return None
    journey, _ = placed
    return PeopleShown(
        found.id,
        await inviters_above(transaction, found, _HIGHEST),
        order,
        journey,
        {model: weights_of(journey, model) for model in TouchModel},
        belongs,
    )
