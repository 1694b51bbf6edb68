"""The plant: codes are printed in runs, units packed into cartons and cartons onto pallets."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from .catalogue import BRAND, CANNED, Product
from .log import Log

# 五码合一: each can of the first carton on a pallet carries four more codes besides its own.
ITEM_ROLES = {"I": "INNER_CAP", "O": "OUTER_CAP", "L": "LABEL", "S": "TAMPER_SEAL"}
CARTON_ROLES = {"N": "CARTON_INNER", "X": "CARTON_OUTER"}


@dataclass
class Carton:
    """A carton and the units in it; the last of its codes is the one that hand-overs scan."""

    sku: str
    batch: str
    codes: list[str]
    units: list[str]

    @property
    def code(self) -> str:
        """The carton's own code."""
        return self.codes[0]


@dataclass
class Pallet:
    """A loaded pallet."""

    code: str
    cartons: list[Carton]
    loaded: datetime


@dataclass
class Plant:
    """Prints codes in sequence and loads pallets, empty ones that came back first."""

    log: Log
    chance: Random
    # Every code that a consumer may find on a unit.
    unit_codes: dict[str, list[str]] = field(default_factory=dict)
    # The carton that each unit left the plant in.
    carton_of: dict[str, str] = field(default_factory=dict)
    empty_pallets: list[tuple[datetime, str]] = field(default_factory=list)
    _printed: dict[str, int] = field(default_factory=dict)

    def produce(self, product: Product, at: datetime, pallets: int) -> list[Pallet]:
        """One batch of a product, spread over some pallets."""
        batch = f"{product.sku}-{at:%y%m%d}"
        counts = [self.chance.randint(14, 18) for _ in range(pallets)]
        units = self._print("", f"{at:%y%m}", 7, sum(counts) * product.units_per_carton)
        cartons = self._print("C", f"{at:%y%m}", 6, sum(counts))
        origin = {
            "sku": product.sku,
            "batch": batch,
            "producedOn": at.date().isoformat(),
            "expiresOn": (at.date() + timedelta(days=product.shelf_life_days)).isoformat(),
            "holder": BRAND,
        }
        for level, codes in (("UNIT", units), ("CARTON", cartons)):
            fields = {**origin, "level": level, "range": {"first": codes[0], "last": codes[-1]}}
            self.log.add("goods.commissioned", at, fields)
        size = product.units_per_carton
        filled = [
            Carton(product.sku, batch, [code], units[index * size : (index + 1) * size])
            for index, code in enumerate(cartons)
        ]
        loaded = []
        for count in counts:
            at += timedelta(minutes=30)
            loaded.append(self._load(filled[:count], at))
            filled = filled[count:]
        return loaded

    def new_carton_code(self, at: datetime) -> str:
        """A label for a carton that someone makes up on the way."""
        return self._print("C", f"{at:%y%m}", 6, 1)[0]

    def _load(self, cartons: list[Carton], at: datetime) -> Pallet:
        for carton in cartons:
            at += timedelta(seconds=20)
            self.log.add("goods.packed", at, {"parent": carton.code, "children": carton.units})
            self.carton_of |= dict.fromkeys(carton.units, carton.code)
        if cartons[0].sku == CANNED:
            self._label(cartons[0], at + timedelta(seconds=5))
        at += timedelta(minutes=5)
        pallet = self._pallet(cartons[0], at)
        self.log.add("goods.packed", at, {"parent": pallet, "children": [carton.code for carton in cartons]})
        return Pallet(pallet, cartons, at)

    def _pallet(self, first: Carton, at: datetime) -> str:
        back = [entry for entry in self.empty_pallets if entry[0] < at]
        if back:
            self.empty_pallets.remove(back[0])
            return back[0][1]
        code = self._print("P", "", 4, 1)[0]
        fields = {"sku": first.sku, "batch": first.batch, "level": "PALLET", "codes": [code], "holder": BRAND}
        self.log.add("goods.commissioned", at - timedelta(minutes=1), fields)
        return code

    def _label(self, carton: Carton, at: datetime) -> None:
        carton.codes += self._alias(carton.code, CARTON_ROLES, at)
        for unit in carton.units:
            at += timedelta(seconds=1)
            self.unit_codes[unit] = [unit, *self._alias(unit, ITEM_ROLES, at)]

    def _alias(self, code: str, roles: dict[str, str], at: datetime) -> list[str]:
        aliases = [{"code": f"MW{letter}{code[2:]}", "role": role} for letter, role in roles.items()]
        self.log.add("code.aliased", at, {"code": code, "aliases": aliases})
        return [alias["code"] for alias in aliases]

    def _print(self, level: str, month: str, width: int, count: int) -> list[str]:
        first = self._printed.get(level, 0) + 1
        self._printed[level] = first + count - 1
        return [f"MW{level}{month}{number:0{width}d}" for number in range(first, first + count)]
