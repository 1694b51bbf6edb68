"""The relations that analysts see, and from which events those come that the graph does not hold as such."""

from collections.abc import Collection, Iterable

from graph_service.errors import ServiceError

LINKS = ("SUPPLIES", "EMPLOYS", "SERVES")
INSIDE = "INSIDE"
BELONGS_TO = "BELONGS_TO"

_OF_EVENTS = {
    "HANDED_OVER": ("goods.returned", "goods.shipped", "goods.transferred"),
    "HANDED_TO": ("goods.commissioned", "goods.received", "goods.returned", "goods.shipped", "goods.transferred"),
    "SOLD_AT": ("goods.sold",),
    "BOUGHT": ("goods.sold",),
    "BOUGHT_FROM": ("goods.sold",),
    "SCANNED": ("goods.scanned",),
    "SCANNED_GOODS_OF": ("goods.scanned",),
    "USED_CODE_OF": ("goods.scanned",),
}

RELATIONS = (*LINKS, *_OF_EVENTS, INSIDE, BELONGS_TO)
"""All of them."""


def required(relations: Collection[str] | None) -> frozenset[str]:
    """The relations to follow; None means all.

    Raises:
        ServiceError: `UNKNOWN_RELATION`.
    """
    asked = frozenset(RELATIONS if relations is None else relations)
    if asked - set(RELATIONS):
        raise ServiceError(
            "UNKNOWN_RELATION",
            "A relation was asked for that there is not.",
            remedy=f"The relations are {', '.join(RELATIONS)}.",
            path="relation",
        )
    return asked


def event_types(relations: Iterable[str]) -> list[str]:
    """The types of the events that relations come from."""
    return sorted({kind for relation in relations for kind in _OF_EVENTS.get(relation, ())})
