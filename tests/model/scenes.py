"""What may happen in a drawn log: one strategy for each kind of event, over the pools of the cast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.model import cast
from tests.model.cast import Body

DAYS = 10
"""A log spans these days; whatever happens on one day happens at one moment, and ids tell the order."""

days = st.integers(0, DAYS - 1)
Strategy = st.SearchStrategy


def some(values: list[Any], most: int = 3) -> Strategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique_by=repr)


Fields = Mapping[str, Strategy[Any]]


def event(type_: str, fields: Fields, optional: Fields | None = None) -> Strategy[Body]:
    return st.fixed_dictionaries({"type": st.just(type_), **fields}, optional=dict(optional or {}))


codes = some(cast.CODES)
owners = st.sampled_from(cast.OWNERS)
retailers = st.sampled_from(cast.RETAILERS)
skus = some(cast.SKUS, 2)
# The intake refuses a container that is to hold itself by the same name; by an alias it may try.
packings = st.sampled_from([*cast.CONTAINERS, *cast.ALIASES]).flatmap(
    lambda parent: st.fixed_dictionaries(
        {"parent": st.just(parent), "children": some([code for code in cast.CODES if code != parent], 4)}
    )
)
packed = packings.map(lambda body: {"type": "goods.packed", **body})
unpacked = packings.map(lambda body: {"type": "goods.unpacked", **body})
shipment = {"codes": codes, "from": owners, "to": retailers}
shipped = event("goods.shipped", shipment, {"salesperson": st.sampled_from(cast.SALESPEOPLE)})
received = event("goods.received", {"codes": codes, "party": owners})
transferred = event("goods.transferred", {"codes": codes, "from": owners, "to": owners})
returned = event("goods.returned", {"codes": codes, "from": retailers, "to": owners})
destroyed = event("goods.destroyed", {"codes": some(cast.CODES, 2)})
sold = event("goods.sold", {"codes": some(cast.CODES, 2), "store": retailers})
aliased = st.builds(
    lambda code, aliases: {
        "type": "code.aliased",
        "code": code,
        "aliases": [{"code": alias, "role": "CAP"} for alias in aliases],
    },
    st.sampled_from([*cast.UNITS, *cast.CARTONS]),
    some([*cast.ALIASES, cast.UNITS[-2]], 2),  # the last may join two items
)
recommissioned = event(
    "goods.commissioned",
    {
        "sku": st.sampled_from(cast.SKUS),
        "batch": st.sampled_from(cast.BATCHES),
        "level": st.sampled_from(["UNIT", "CARTON"]),
        "holder": owners,
        "codes": some([*cast.UNITS, *cast.CARTONS, *cast.ALIASES]),
    },
)

identifiers = some(cast.IDENTIFIERS)
members = st.one_of(
    identifiers.map(lambda ids: {"identifiers": ids}),
    st.sampled_from(cast.IDENTIFIERS[:3]).map(lambda one: {"identifiers": [one]}),
    st.just({"id": "m-1"}),
)
identified = event("member.identified", {"identifiers": identifiers})


def scans(codes: list[str]) -> Strategy[Body]:
    return event(
        "goods.scanned",
        {"code": st.sampled_from(codes), "member": members},
        {
            "promoCode": st.sampled_from([*cast.PROMO_CODES, "PL", "nobody"]),
            "region": st.sampled_from(cast.REGIONS),
            "channel": st.sampled_from(["STORE", "ONLINE"]),
            "campaign": st.just("spring"),
        },
    )


def without_member(scan: Body) -> Body:
    return {field: value for field, value in scan.items() if field != "member"}


scanned = st.one_of(
    scans(cast.UNITS),
    scans([*cast.UNITS, *cast.ALIASES]),
    scans([*cast.CONTAINERS, *cast.STRANGE_CODES]),
    scans(cast.UNITS).map(without_member),
)

links = st.one_of(
    st.sampled_from(cast.LINKS),
    st.tuples(st.just("SUPPLIES"), st.sampled_from(cast.DISTRIBUTORS), retailers),
    st.tuples(st.just("SERVES"), st.sampled_from(cast.SALESPEOPLE), retailers),
    st.tuples(st.just("EMPLOYS"), st.sampled_from(cast.STORES), st.sampled_from(cast.CLERKS)),
    st.just(("SUPPLIES", "D2", "D1")),  # closes a circle of suppliers
)
linked = links.map(lambda link: cast.linked(*link))
unlinked = links.map(lambda link: cast.linked(*link) | {"type": "channel.unlinked"})
territory = {"party": st.sampled_from(cast.DISTRIBUTORS), "regions": some(cast.REGIONS, 2)}
territories = st.one_of(
    event("territory.assigned", territory, {"skus": skus}),
    event("territory.released", territory, {"skus": skus}),
)
attributes: list[Body] = [{}, {"tier": "gold"}, {"tier": "silver"}, {"clerkRewards": False}]
changes = {
    "region": st.sampled_from(cast.REGIONS),
    "promoCode": st.sampled_from(cast.PROMO_CODES),
    "attributes": st.sampled_from(attributes),
}
registered = st.builds(
    lambda id_, more: cast.party(id_, cast.KINDS[id_], **more),
    st.sampled_from([*cast.RETAILERS, *cast.CLERKS, "D1"]),
    st.fixed_dictionaries({}, optional=changes),
)
prices = st.fixed_dictionaries({}, optional={"priceFen": st.sampled_from([0, 1_050])})
listed = st.builds(
    lambda sku, brand, price: cast.product(sku, brand, **price),
    st.sampled_from(cast.SKUS),
    st.sampled_from(cast.BRANDS),
    prices,
)
# Long before every event, or long after any moment at which this may run.
clock_advanced = event("clock.advanced", {"through": st.sampled_from(["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])})

moves = st.one_of(packed, unpacked, shipped, received, received, transferred, returned, scanned)
anything = st.one_of(
    moves, destroyed, sold, scanned, aliased, recommissioned, identified, linked, unlinked, territories,
    registered, listed,
)  # fmt: skip


@st.composite
def trips(draw: st.DrawFn) -> list[tuple[int, Body]]:
    """Goods go the way they should, from carton to consumer, except for what is left out."""
    carton, units = draw(st.sampled_from(cast.CONTAINERS)), draw(some(cast.UNITS, 4))
    distributor, store = draw(st.sampled_from(cast.DISTRIBUTORS)), draw(retailers)
    confirmed = draw(st.sampled_from([[carton], units, [carton, *units]]))
    way: Body = {"codes": [carton], "from": distributor, "to": store}
    steps: list[Body] = [
        {"type": "goods.packed", "parent": carton, "children": units},
        {"type": "goods.received", "codes": [carton], "party": distributor},
        {"type": "goods.shipped", **way} | draw(st.sampled_from([{}, {"salesperson": "P2"}])),
        {"type": "goods.received", "codes": confirmed, "party": store},
        draw(scans(units)),
    ]
    start = draw(st.integers(1, DAYS - len(steps)))
    left_out = draw(st.sets(st.integers(0, len(steps) - 1), max_size=2))
    return [(start + n, step) for n, step in enumerate(steps) if n not in left_out]
