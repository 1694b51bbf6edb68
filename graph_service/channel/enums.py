"""The GraphQL enums of the channel."""

from enum import Enum

import strawberry


@strawberry.enum(description="What kind of party it is.")
class PartyKind(Enum):
    """What kind of party it is."""

    BRAND = "BRAND"
    DISTRIBUTOR = "DISTRIBUTOR"
    SALESPERSON = "SALESPERSON"
    STORE = "STORE"
    CLERK = "CLERK"
    GROUP_LEADER = "GROUP_LEADER"
    WAREHOUSE = "WAREHOUSE"


@strawberry.enum(description="How a parent is joined to a child: it supplies, employs or serves it.")
class ChannelRelation(Enum):
    """How a parent is joined to a child."""

    SUPPLIES = "SUPPLIES"
    EMPLOYS = "EMPLOYS"
    SERVES = "SERVES"


@strawberry.enum(description="Along a link: up to the parent, or down to the child.")
class Direction(Enum):
    """Along a link: up to the parent, or down to the child."""

    UP = "UP"
    DOWN = "DOWN"
