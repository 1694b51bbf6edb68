"""The channel as it stands at any time: who supplies, serves and works where."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from .catalogue import KITTEN, PRESCRIPTION
from .places import AREAS, Area, District

STORY_STORE = "S-SZ-NS-01"


@dataclass(frozen=True)
class Store:
    """A store, or a group leader, who has no shop and no clerks."""

    id: str
    name: str
    type: str
    area: Area
    district: District
    lat: float
    lon: float
    leader: bool = False

    @property
    def region(self) -> str:
        """The path of its district."""
        return self.area.region(self.district)


@dataclass
class Term:
    """Someone works at, or serves, a place for a time."""

    person: str
    place: str
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the term covers a moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass
class Network:
    """What the other parts ask about the channel."""

    stores: list[Store] = field(default_factory=list)
    clerks: list[Term] = field(default_factory=list)
    sellers: list[Term] = field(default_factory=list)
    staff: dict[str, list[str]] = field(default_factory=dict)
    clerk_names: dict[str, str] = field(default_factory=dict)
    # A clerk's promo codes, each from the time it was registered.
    promo_codes: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)

    def store(self, store_id: str) -> Store:
        """A store by its id."""
        return next(store for store in self.stores if store.id == store_id)

    def in_area(self, area: Area) -> list[Store]:
        """The stores and group leaders that one distributor supplies."""
        return [store for store in self.stores if store.area is area]

    def outlets(self, area: Area, sku: str) -> list[Store]:
        """Who takes a product: prescription food goes to hospitals only, group leaders take the staples."""
        near = self.in_area(area)
        if sku != PRESCRIPTION:
            return [store for store in near if not (store.leader and sku == KITTEN)]
        if area.distributor == "D2-GZ":
            # The Guangzhou distributor holds prescription food for Foshan, too.
            near = near + self.in_area(area_of("D2-FS"))
        return [store for store in near if store.type == "PET_HOSPITAL"]

    def clerks_of(self, store: Store, at: datetime) -> list[str]:
        """Who works at a store."""
        return [term.person for term in self.clerks if term.place == store.id and term.holds(at)]

    def seller_of(self, place: str, at: datetime) -> str:
        """The salesperson who serves a store or a distributor."""
        return next(term.person for term in self.sellers if term.place == place and term.holds(at))

    def promo_code(self, clerk: str, at: datetime) -> str:
        """The promo code a clerk shows."""
        return [code for since, code in self.promo_codes[clerk] if since <= at][-1]


def area_of(distributor: str) -> Area:
    """The area that a distributor supplies stores in."""
    return next(area for area in AREAS if area.distributor == distributor)


def working_time(chance: Random, after: datetime, low: int, high: int) -> datetime:
    """Some working hour, a number of days after a moment and never before it."""
    day = after.replace(hour=0, minute=0, second=0) + timedelta(days=chance.randint(low, high))
    at = day + timedelta(seconds=chance.randint(8 * 3600 + 1800, 18 * 3600))
    return at if at > after else after + timedelta(minutes=chance.randint(20, 90))
