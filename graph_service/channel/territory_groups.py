"""Territories as people read them: regions and products that belong together, in one.

The graph has one territory for each region and product. Those that lasted equally long are joined: first the products
of each region, then the regions that have the same products. What is held for every product is never joined with
what is held for some, and keeps the list of the products that were taken out of it.
"""

from collections import defaultdict
from collections.abc import Iterable

import strawberry

from graph_service.api.scalars import DateTime
from graph_service.channel import territories


@strawberry.type(description="Regions in which a party may sell the same products for the same time.")
class Territory:
    """Regions held for the same products and time."""

    regions: list[str] = strawberry.field(description="Paths of names from large to small, in order.")
    skus: list[str] | None = strawberry.field(description="The products, in order; null for every product.")
    without: list[str] = strawberry.field(description="Products that were taken out where `skus` is null.")
    from_: DateTime = strawberry.field(name="from")
    until: DateTime | None


def grouped(held: Iterable[territories.Territory], taken: Iterable[territories.Territory]) -> list[Territory]:
    """The territories of one party at an instant, in the order in which they began, then by region.

    Args:
        held: what it held then.
        taken: the products missing then from what it held for every product.
    """
    missing: dict[str, set[str]] = defaultdict(set)
    for one in taken:
        missing[one.region].add(one.sku or "")
    skus: dict[tuple[str, int, int | None, bool], set[str]] = defaultdict(set)
    for one in held:
        skus[one.region, one.since, one.until, one.sku is None] |= missing[one.region] if one.sku is None else {one.sku}
    regions: dict[tuple[int, int | None, bool, tuple[str, ...]], list[str]] = defaultdict(list)
    for (region, since, until, every), products in skus.items():
        regions[since, until, every, tuple(sorted(products))].append(region)
    groups = [
        Territory(
            regions=sorted(places),
            skus=None if every else list(products),
            without=list(products) if every else [],
            from_=DateTime(since),
            until=None if until is None else DateTime(until),
        )
        for (since, until, every, products), places in regions.items()
    ]
    return sorted(groups, key=lambda one: (one.from_, one.regions, one.skus or ()))
