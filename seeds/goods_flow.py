"""The way of the goods: plant, first tier, second and third tier, store - and what goes wrong on it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .catalogue import BRAND, KITTEN, PRODUCTS
from .knobs import Knobs
from .log import Event, Log
from .network import Network, Store, area_of, working_time
from .places import AREAS, PROVINCES, Area, Province
from .production import Carton, Pallet, Plant

# Where goods of a distributor turn up that sells more than its own territory takes (窜货).
DIVERSIONS = {"D2-MY": "D2-SZ", "D2-NB": "D2-HZ", "D2-YC": "D2-CD"}


@dataclass
class Shelf:
    """Units that consumers can take at a place from a time on."""

    store: Store
    sku: str
    units: list[str]
    since: datetime
    confirmed: bool = True
    # Where the goods were carried off to, unrecorded.
    diverted_to: Area | None = None


@dataclass
class GoodsFlow:
    """Moves pallets down the channel; keeps what lies on the shelves for the consumers."""

    log: Log
    network: Network
    knobs: Knobs
    shelves: list[Shelf] = field(default_factory=list)
    destroyed: list[tuple[Carton, Store, datetime]] = field(default_factory=list)
    _deliveries: int = 0
    _area_deliveries: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = self.knobs.chance("goods")
        self.plant = Plant(self.log, self.knobs.chance("plant"))

    def run(self) -> None:
        """Produce all pallets, more of them early, and send each on its way."""
        left = self.knobs.pallets
        batches = []
        while left:
            size = min(left, self.chance.choice((1, 2, 2, 3)))
            left -= size
            early = self.chance.random()
            day = int((self.knobs.days - 30) * early * (early + 1) / 2) + 1
            batches.append((working_time(self.chance, self.log.start, day, day), size))
        # Every product is made at least once, whatever chance says.
        products = list(PRODUCTS[: len(batches)])
        weights = [product.weight for product in PRODUCTS]
        products += self.chance.choices(PRODUCTS, weights, k=len(batches) - len(products))
        for (at, size), product in zip(sorted(batches), products, strict=True):
            for pallet in self.plant.produce(product, at, size):
                self.to_first_tier(pallet, self._province())

    def _province(self) -> Province:
        weights = [sum(area.weight for area in AREAS if area.province == province.name) for province in PROVINCES]
        return self.chance.choices(PROVINCES, weights)[0]

    def to_first_tier(self, pallet: Pallet, province: Province) -> None:
        """Brand to distributor by the pallet; the distributor takes it apart and sends the pallet back."""
        chance, distributor = self.chance, province.distributor
        sent = working_time(chance, pallet.loaded, 1, 2)
        self._ship([pallet.code], BRAND, distributor, sent)
        got = working_time(chance, sent, 1, 3)
        self._receive([pallet.code], distributor, got)
        at = got + timedelta(minutes=chance.randint(20, 120))
        # Now and then nobody scans the taking apart; such a pallet stays out of the pool.
        if chance.random() < 0.85:
            children = [carton.code for carton in pallet.cartons]
            self.log.add("goods.unpacked", at, {"parent": pallet.code, "children": children})
            back = working_time(chance, at, 3, 8)
            self.log.add("goods.returned", back, {"codes": [pallet.code], "from": distributor, "to": BRAND})
            self.plant.empty_pallets.append((back, pallet.code))
        self.from_first_tier(province, pallet.cartons, at)

    def from_first_tier(self, province: Province, cartons: list[Carton], at: datetime) -> None:
        """Distributor to distributor; a tenth stays in stock."""
        areas = [area for area in AREAS if area.province == province.name]
        loads: dict[str, list[Carton]] = {area.distributor: [] for area in areas}
        for carton in cartons:
            area = self.chance.choices(areas, [area.weight for area in areas])[0]
            if self.chance.random() < 0.9:
                loads[area.distributor].append(carton)
        for area in areas:
            below = [other for other in areas if other.supplier == area.distributor]
            passed_on = [carton for other in below for carton in loads[other.distributor]]
            if area.supplier == province.distributor:
                got = self._between(province.distributor, area.distributor, loads[area.distributor] + passed_on, at)
                self._to_stores(area, loads[area.distributor], got)
                for other in below:
                    there = self._between(area.distributor, other.distributor, loads[other.distributor], got)
                    self._to_stores(other, loads[other.distributor], there)

    def _between(self, sender: str, receiver: str, cartons: list[Carton], at: datetime) -> datetime:
        if not cartons:
            return at
        sent = working_time(self.chance, at, 0, 4)
        self._ship([carton.codes[-1] for carton in cartons], sender, receiver, sent)
        got = working_time(self.chance, sent, 1, 2)
        # Some second-tier warehouses load the goods through without scanning them in.
        if self.chance.random() >= 0.04:
            self._receive([carton.codes[-1] for carton in cartons], receiver, got)
        return got

    def _to_stores(self, area: Area, cartons: list[Carton], at: datetime) -> None:
        kept = [carton for carton in cartons if self.chance.random() < 0.93]
        while kept:
            size = self.chance.choice((1, 1, 2, 2, 3))
            load, kept = kept[:size], kept[size:]
            outlets = self.network.outlets(area, load[0].sku)
            if outlets:
                self.deliver(area, load, self.chance.choice(outlets), working_time(self.chance, at, 0, 9))

    def deliver(self, area: Area, load: list[Carton], store: Store, sent: datetime) -> None:
        """Distributor to store, with the mishaps of the trade: each n-th delivery has one of its own."""
        self._deliveries += 1
        number = self._deliveries
        if number % 30 == 9 and len(load) > 1:
            load = self._repack(load, sent - timedelta(minutes=10))
        seller = self._seller(area, store, sent)
        codes = [carton.codes[-1] for carton in load]
        shipment = self._ship(codes, area.distributor, store.id, sent, seller)
        if number % 90 == 50:
            self.log.void(shipment, sent + timedelta(minutes=4), "装错车，重新出库")
            sent += timedelta(minutes=10)
            self._ship(codes, area.distributor, store.id, sent, seller)
        got = sent + timedelta(minutes=self.chance.randint(90, 360))
        if number % 60 == 4 or self.chance.random() < self.knobs.unreceived_share:
            self._put(store, load, got, confirmed=False)
            return
        if self.chance.random() < 0.02:
            # Sold from the first hour, scanned in a week later: until then it was still the distributor's.
            self._receive(codes, store.id, got + timedelta(days=self.chance.randint(4, 10)))
            self._put(store, load, got, confirmed=False)
            return
        receipt = self._receive(codes, store.id, got)
        self._after_receipt(area, load, store, got, receipt)

    def _after_receipt(self, area: Area, load: list[Carton], store: Store, got: datetime, receipt: Event) -> None:
        number = self._deliveries
        if number % 70 == 20:
            self._receipt_by_mistake(load, store, got)
        if number % 45 == 13:
            # Nobody knew whether it had been done: scanned in once more, and not paid for twice.
            self._receive([carton.codes[-1] for carton in load], store.id, got + timedelta(hours=3))
        if number % 110 == 35:
            # Voided in haste, and the void voided an hour later: the receipt stands.
            mistake = self.log.void(receipt, got + timedelta(hours=1), "误以为重复入库")
            self.log.void(mistake, got + timedelta(hours=2), "作废有误，恢复入库")
        if number % 24 == 11:
            self._transfer(load.pop(), store, working_time(self.chance, got, 1, 4))
        elif number % 40 == 16:
            self._give_back(load.pop(), store, area, working_time(self.chance, got, 5, 12))
        elif number % 55 == 23:
            self._destroy(load.pop(), store, working_time(self.chance, got, 2, 6))
        elif number % 5 == 0 and load:
            opened = working_time(self.chance, got, 0, 2)
            self.log.add("goods.unpacked", opened, {"parent": load[0].code, "children": load[0].units})
        count = self._area_deliveries[area.distributor] = self._area_deliveries.get(area.distributor, 0) + 1
        diverted = area.distributor in DIVERSIONS and count % 8 == 2
        self._put(store, load, got, diverted_to=area_of(DIVERSIONS[area.distributor]) if diverted else None)

    def _seller(self, area: Area, store: Store, at: datetime) -> str | None:
        if store.area is not area:
            return self.network.staff[area.distributor][0]
        # An eighth of the outbound scans names nobody; then the one who serves the store counts.
        return self.network.seller_of(store.id, at) if self.chance.random() < 0.88 else None

    def _repack(self, load: list[Carton], at: datetime) -> list[Carton]:
        """Make up a carton from half the units of two others."""
        first, second = load[0], load[1]
        made = Carton(first.sku, first.batch, [self.plant.new_carton_code(at)], [])
        for carton in (first, second):
            taken = carton.units[: len(carton.units) // 2]
            self.log.add("goods.unpacked", at, {"parent": carton.code, "children": taken})
            carton.units = carton.units[len(taken) :]
            made.units += taken
        self.log.add("goods.packed", at + timedelta(minutes=5), {"parent": made.code, "children": made.units})
        return [*load, made]

    def _receipt_by_mistake(self, load: list[Carton], store: Store, got: datetime) -> None:
        others = [other for other in self.network.in_area(store.area) if other is not store and not other.leader]
        if not others:
            return
        codes = [carton.codes[-1] for carton in load]
        wrong = self._receive(codes, self.chance.choice(others).id, got + timedelta(minutes=40))
        voided = got + timedelta(hours=20)
        # The first of these voids overtakes its own target on the way in.
        arrives = got + timedelta(minutes=39) if self._deliveries == 20 else None
        self.log.void(wrong, voided, "扫错门店", arrives)

    def _transfer(self, carton: Carton, store: Store, at: datetime) -> None:
        """A store helps another out with half a carton; one time in four the other is in another city."""
        near = [other for other in self.network.in_area(store.area) if other is not store]
        far = [other for other in self.network.stores if other.area is not store.area]
        target = self.chance.choice(near if near and self.chance.random() < 0.75 else far)
        if carton.sku == KITTEN and target.leader:
            target = self.chance.choice([other for other in far if not other.leader])
        moved = carton.units[: len(carton.units) // 2]
        self.log.add("goods.unpacked", at, {"parent": carton.code, "children": moved})
        at += timedelta(hours=2)
        self.log.add("goods.transferred", at, {"codes": moved, "from": store.id, "to": target.id})
        self.shelves.append(Shelf(target, carton.sku, moved, at))
        self.shelves.append(Shelf(store, carton.sku, carton.units[len(moved) :], at))

    def _give_back(self, carton: Carton, store: Store, area: Area, at: datetime) -> None:
        """A store returns a carton; the distributor sells it again to another one."""
        fields = {"codes": [carton.code], "from": store.id, "to": area.distributor}
        self.log.add("goods.returned", at, fields)
        others = [other for other in self.network.outlets(area, carton.sku) if other is not store]
        if others:
            other = self.chance.choice(others)
            sent = working_time(self.chance, at, 3, 6)
            self._ship([carton.code], area.distributor, other.id, sent, self._seller(area, other, sent))
            self._receive([carton.code], other.id, sent + timedelta(hours=3))
            self._put(other, [carton], sent + timedelta(hours=3))

    def _destroy(self, carton: Carton, store: Store, at: datetime) -> None:
        self.log.add("goods.destroyed", at, {"codes": [carton.code], "reason": "暴雨进水，纸箱泡水"})
        self.destroyed.append((carton, store, at))

    def _put(
        self,
        store: Store,
        load: list[Carton],
        since: datetime,
        confirmed: bool = True,
        diverted_to: Area | None = None,
    ) -> None:
        for carton in load:
            self.shelves.append(Shelf(store, carton.sku, carton.units, since, confirmed, diverted_to))

    def _ship(self, codes: list[str], sender: str, receiver: str, at: datetime, seller: str | None = "served") -> Event:
        """An outbound scan; between distributors it names whoever serves the receiver."""
        fields = {"codes": codes, "from": sender, "to": receiver}
        named = self.network.seller_of(receiver, at) if seller == "served" else seller
        return self.log.add("goods.shipped", at, {**fields, "salesperson": named} if named else fields)

    def _receive(self, codes: list[str], party: str, at: datetime) -> Event:
        return self.log.add("goods.received", at, {"codes": codes, "party": party})
