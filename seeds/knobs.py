"""The knobs of the demonstration network."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

# Below these the network could no longer hold one of each situation that the demonstration is to show.
FEWEST_STORES = 20
FEWEST_DAYS = 60
FEWEST_PALLETS = 24
FIRST_DAY = date(2026, 7, 1)


def knob(default: Any, explanation: str) -> Any:
    """A field whose explanation is also the help text of its command-line option."""
    return field(default=default, metadata={"help": explanation})


@dataclass(frozen=True)
class Knobs:
    """Everything that may be turned; equal knobs make equal logs, byte for byte."""

    seed: int = knob(20260701, "seed of all chance")
    start: date = field(default=FIRST_DAY, metadata={"help": "first day of the log"})
    days: int = knob(90, f"length of the log in days, at least {FEWEST_DAYS}")
    stores: int = knob(60, f"number of stores, at least {FEWEST_STORES}")
    pallets: int = knob(60, f"pallets that the brand produces (about 170 units each), at least {FEWEST_PALLETS}")
    members: int = knob(1500, "consumers who may scan")
    scan_share: float = knob(0.4, "share of the units on a shelf that a consumer scans, if the log is long enough")
    promo_share: float = knob(0.32, "share of the scans that carry a clerk's promo code")
    repeat_share: float = knob(0.04, "share of the scanned units that are scanned again")
    anonymous_share: float = knob(0.012, "share of the scans that name no member")
    unreceived_share: float = knob(0.025, "share of the deliveries that the store never scans in")
    late_share: float = knob(0.05, "share of the events that arrive hours or days after they happened")
    duplicate_share: float = knob(0.015, "share of the events that arrive twice")

    def __post_init__(self) -> None:
        """Refuse what would make an empty or absurd network, naming the knob."""
        for name, fewest in (("stores", FEWEST_STORES), ("days", FEWEST_DAYS), ("pallets", FEWEST_PALLETS)):
            if getattr(self, name) < fewest:
                raise ValueError(f"{name} must be at least {fewest}")
        if self.members < self.stores:
            raise ValueError("members must be at least the number of stores")
        for name in self.__dataclass_fields__:
            if name.endswith("_share") and not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie between 0 and 1")

    def chance(self, purpose: str) -> Random:
        """A stream of chance for each purpose: a knob that feeds one leaves the others as they are."""
        return Random(f"{self.seed}:{purpose}")  # noqa: S311 - repeatable on purpose, nothing is kept secret
