"""The data of the measurements: an invented brand's goods, equal for equal sizes, down to the byte.

    units      BU000000000 …   codes in sequence, commissioned as ranges of 50,000
    cartons    BC00000000 …    20 consecutive units each, packed by one event
    pallets    BP000000 …      20 consecutive cartons each, packed by one event
    channel    BRAND supplies 40 distributors, each of these 50 stores; each store has a clerk with a promo code,
               each ten stores of a distributor a salesperson of the distributor, who serves them
    delivery   a pallet is shipped to a distributor and received there; from there ten of its cartons go to one
               store and ten to another, each shipment with the salesperson, and are received by the stores
    scans      a share of the units, drawn without repetition, each by a consumer with a telephone number, one in
               three with the promo code of the store's clerk; in the order of time
    rules      five for consumer scans: consumer, store, clerk, distributor, salesperson

A million units are 52,745 events of the goods and scans on top. Times begin on 1 March 2026 and spread over sixty days.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

Event = dict[str, Any]

SEED = 20260301
BRAND, SKU = "BRAND", "BENCH-1"
DISTRIBUTORS, STORES, CARED_FOR = 40, 2_000, 10
CARTON, PALLET, PART = 20, 400, 200
PRINTED = 50_000

_SECOND = 1_000_000
_MINUTE, _HOUR, _DAY = 60 * _SECOND, 3_600 * _SECOND, 86_400 * _SECOND
START = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * _SECOND
DAYS = 60
END = START + (DAYS + 45) * _DAY
RULES = (
    ("CONSUMER", 100, 10),
    ("STORE", 300, 0),
    ("CLERK", 50, 0),
    ("DISTRIBUTOR", 60, 0),
    ("SALESPERSON", 20, 0),
)


def time_of(instant: int) -> str:
    """RFC 3339, from microseconds."""
    return datetime.fromtimestamp(instant // _SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unit(number: int) -> str:
    """The code of a unit."""
    return f"BU{number:09d}"


def carton(number: int) -> str:
    """The code of a carton."""
    return f"BC{number:08d}"


def pallet(number: int) -> str:
    """The code of a pallet."""
    return f"BP{number:06d}"


def distributor_of(number: int) -> int:
    """The distributor that a pallet goes to."""
    return number % DISTRIBUTORS


def store_of(half: int) -> int:
    """The store that half a pallet goes to; halves are counted over all pallets."""
    # The stores of a distributor are each fortieth one, so that few pallets reach all distributors.
    number, side = divmod(half, 2)
    own = Random(SEED * 1_000_003 + number).randrange(STORES // DISTRIBUTORS)  # noqa: S311
    return distributor_of(number) + DISTRIBUTORS * ((own + side) % (STORES // DISTRIBUTORS))


def salesperson_of(store: int) -> str:
    """Who serves a store."""
    return f"P-{store % DISTRIBUTORS:02d}-{store // DISTRIBUTORS // CARED_FOR}"


@dataclass(frozen=True, slots=True)
class Moments:
    """When what happens to a pallet, in microseconds; all cartons of it are packed before `packed`."""

    begun: int
    packed: int
    left: int
    arrived: int
    delivered: int
    received: int


@dataclass(frozen=True)
class Goods:
    """The goods of one size.

    Attributes:
        units: a multiple of 400: whole pallets.
        scans: how many of them consumers scanned.
        spare: further units to scan while something is measured.
    """

    units: int
    scans: int
    spare: int = 4_000

    def __post_init__(self) -> None:
        """Refuses what makes no whole pallets."""
        if self.units % PALLET or self.units < PALLET:
            raise ValueError(f"the number of units must be a multiple of {PALLET}")
        if self.scans + self.spare > self.units:
            raise ValueError("there are more scans than units")

    @property
    def pallets(self) -> int:
        """How many pallets the units fill."""
        return self.units // PALLET

    def moments(self, number: int) -> Moments:
        """When what happens to a pallet; pallets behind the last go on from there."""
        begun = START + _DAY + number * (DAYS * _DAY // self.pallets)
        begun -= begun % _SECOND
        packed, left = begun + 30 * _MINUTE, begun + _DAY
        return Moments(begun, packed, left, left + _DAY, left + 2 * _DAY, left + 3 * _DAY)

    def channel(self) -> Iterator[Event]:
        """Parties, links, the product, the rules."""
        yield _party(BRAND, "BRAND")
        yield _event("product", "product.listed", START, product={"sku": SKU, "name": SKU, "brand": BRAND})
        for number in range(DISTRIBUTORS):
            name = f"D-{number:02d}"
            yield _party(name, "DISTRIBUTOR")
            yield _link("SUPPLIES", BRAND, name)
        for number in range(STORES):
            name, supplier, served = f"S-{number:04d}", f"D-{number % DISTRIBUTORS:02d}", salesperson_of(number)
            if number // DISTRIBUTORS % CARED_FOR == 0:
                yield _party(served, "SALESPERSON")
                yield _link("EMPLOYS", supplier, served)
            yield _party(name, "STORE")
            yield _link("SUPPLIES", supplier, name)
            yield _link("SERVES", served, name)
            yield _party(f"K-{number:04d}", "CLERK", promoCode=f"PROMO{number:04d}")
            yield _link("EMPLOYS", name, f"K-{number:04d}")
        for role, fen, points in RULES:
            pay = [{"role": role, "fen": fen}] + ([{"role": role, "points": points}] if points else [])
            rule = {
                "id": f"scan-{role.lower()}",
                "version": 1,
                "brand": BRAND,
                "trigger": "CONSUMER_SCAN",
                "from": time_of(START),
                "pay": pay,
            }
            yield _event(f"rule-{role}", "rule.published", START, rule=rule)

    def production(self, first: int = 0, last: int | None = None) -> Iterator[Event]:
        """What becomes of pallets up to the stores, of some of them: printed, then pallet by pallet."""
        last = self.pallets if last is None else last
        for kind, name, count in (("UNIT", unit, PALLET), ("CARTON", carton, PALLET // CARTON), ("PALLET", pallet, 1)):
            for start in range(first * count, last * count, PRINTED):
                end = min(start + PRINTED, last * count) - 1
                yield _event(
                    f"made-{name(start)}",
                    "goods.commissioned",
                    START,
                    sku=SKU,
                    batch=f"B{start // PRINTED:04d}",
                    level=kind,
                    range={"first": name(start), "last": name(end)},
                    holder=BRAND,
                )
        for number in range(first, last):
            yield from self._delivery(number)

    def _delivery(self, number: int) -> Iterator[Event]:
        when = self.moments(number)
        cartons = range(number * PALLET // CARTON, (number + 1) * PALLET // CARTON)
        for one in cartons:
            inside = [unit(each) for each in range(one * CARTON, (one + 1) * CARTON)]
            at = when.begun + (one - cartons.start) * _MINUTE
            yield _event(f"pack-{carton(one)}", "goods.packed", at, parent=carton(one), children=inside)
        name, to = pallet(number), f"D-{distributor_of(number):02d}"
        codes = [carton(one) for one in cartons]
        yield _event(f"pack-{name}", "goods.packed", when.packed, parent=name, children=codes)
        yield _event(f"out-{name}", "goods.shipped", when.left, codes=[name], **{"from": BRAND}, to=to)
        yield _event(f"in-{name}", "goods.received", when.arrived, codes=[name], party=to)
        for side in (0, 1):
            store = store_of(2 * number + side)
            part = codes[side * PART // CARTON : (side + 1) * PART // CARTON]
            sent = {"from": to, "to": f"S-{store:04d}", "salesperson": salesperson_of(store)}
            yield _event(f"out-{name}-{side}", "goods.shipped", when.delivered, codes=part, **sent)
            yield _event(f"in-{name}-{side}", "goods.received", when.received, codes=part, party=sent["to"])

    @cached_property
    def _drawn(self) -> Sequence[int]:
        return _chance("scans").sample(range(self.units), self.scans + self.spare)

    def consumer_scans(self) -> Iterator[Event]:
        """The scans of the data, in the order of time."""
        yield from self._scans(self._drawn[: self.scans], "scan")

    def spare_scans(self) -> list[Event]:
        """Scans of units that nobody scanned yet."""
        return list(self._scans(self._drawn[self.scans :], "spare"))

    def _scans(self, units: Sequence[int], kind: str) -> Iterator[Event]:
        chance = _chance(kind)
        consumers = max(1, len(units) // 3)
        drawn = []
        for one in units:
            received = self.moments(one // PALLET).received
            at = received + _HOUR + chance.randrange(30 * 86_400) * _SECOND
            drawn.append((at, one, chance.randrange(consumers), chance.random() < 1 / 3))
        for at, one, consumer, promoted in sorted(drawn):
            phone = {"type": "PHONE", "value": f"+86138{consumer:08d}"}
            promo = {"promoCode": f"PROMO{store_of(one // PART):04d}"} if promoted else {}
            member = {"identifiers": [phone]}
            yield _event(f"{kind}-{unit(one)}", "goods.scanned", at, code=unit(one), member=member, **promo)

    def questions(self, count: int, *, in_sequence: bool = False) -> list[tuple[str, int]]:
        """Codes with a time each: drawn from all units, or neighbours; the times from the whole span."""
        chance = _chance(f"questions {in_sequence}")
        first = chance.randrange(max(1, self.units - count + 1))
        return [
            (
                unit((first + each) % self.units if in_sequence else chance.randrange(self.units)),
                chance.randrange(START // _SECOND, END // _SECOND) * _SECOND,
            )
            for each in range(count)
        ]


def write_ndjson(events: Iterator[Event], file: Path) -> int:
    """Writes events to a file, one a line; returns how many."""
    count = 0
    with file.open("w", encoding="utf-8") as lines:
        for event in events:
            lines.write(json.dumps(event, separators=(",", ":")) + "\n")
            count += 1
    return count


def _chance(purpose: str) -> Random:
    return Random(f"{SEED}:{purpose}")  # noqa: S311 - repeatable on purpose


def _event(name: str, kind: str, at: int, **fields: Any) -> Event:
    return {"id": name, "type": kind, "at": time_of(at)} | fields


def _party(name: str, kind: str, **more: str) -> Event:
    return _event(f"party-{name}", "party.registered", START, party={"id": name, "kind": kind, "name": name} | more)


def _link(relation: str, parent: str, child: str) -> Event:
    fields = {"relation": relation, "parent": parent, "child": child}
    return _event(f"link-{relation}-{parent}-{child}", "channel.linked", START, **fields)
