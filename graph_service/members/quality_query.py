"""What GraphQL tells of the quality of members."""

from collections.abc import Mapping
from typing import Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import within
from graph_service.members.quality import quality_of


@strawberry.type(description="How many of something.")
class Figure:
    """How many of something."""

    what: str
    count: int


@strawberry.type(description="How many members have so many identifiers.")
class SizeCount:
    """How many members have so many identifiers."""

    identifiers: int
    members: int


@strawberry.type(description="Something large: a member by its identifiers, an identifier by whom it was seen with.")
class Large:
    """Something large."""

    id: strawberry.ID
    type: str | None
    count: int


@strawberry.type(description="How well identifiers become persons.")
class MemberQuality:
    """Figures on members."""

    sizes: list[SizeCount]
    refused_pairs: list[Figure] = strawberry.field(
        description="By the type of which a member would hold too many, or `unlinked` by an operator."
    )
    shared: list[Figure] = strawberry.field(description="Identifiers that belong to nobody, by type.")
    evicted: list[Figure] = strawberry.field(description="Identifiers that their members are too large for, by type.")
    largest_members: list[Large]
    busiest_identifiers: list[Large] = strawberry.field(description="Seen with the most others.")


@strawberry.type
class QualityQuery:
    """Questions about the quality of members."""

    @field("Figures on all members: sizes, refused pairs, shared and evicted identifiers, the largest.")
    async def member_quality(self, info: strawberry.Info[Context, Any], first: int = 10) -> MemberQuality:
        """Counted when asked; `first` bounds the lists of the largest."""
        most = within(first, 1, 100, path="first")
        found = await info.context.read(lambda transaction: quality_of(transaction, most))
        return MemberQuality(
            sizes=[SizeCount(identifiers=size, members=count) for size, count in sorted(found.members.items())],
            refused_pairs=_figures(found.refused),
            shared=_figures(found.shared),
            evicted=_figures(found.evicted),
            largest_members=[Large(id=strawberry.ID(one), type=None, count=count) for count, one in found.largest],
            busiest_identifiers=[
                Large(id=strawberry.ID(one), type=kind, count=count) for count, one, kind in found.busiest
            ],
        )


def _figures(counts: Mapping[str, int]) -> list[Figure]:
    return [Figure(what=what, count=count) for what, count in sorted(counts.items())]
