"""The first day: parties, links, territories, products, campaigns and rules enter the log."""

from datetime import datetime, timedelta

from .catalogue import BRAND, PRESCRIPTION, PRODUCTS, campaigns, first_rules, second_scan_rule
from .knobs import Knobs
from .log import Fields, Log
from .names import OPENING_HOURS, SERVICES, SHOP_TYPES, People, shop_name
from .network import STORY_STORE, Network, Store, Term, area_of
from .places import AREAS, PROVINCES, Area, shares

SEAT = "CN/Shandong/Linyi/Lanshan"
# Until its fifth day the Mianyang distributor has only half of its city; Chengdu hands the rest over.
HANDED_OVER = "YX"
HANDOVER_DAY = 4


class Founding:
    """Writes the first day, a fact every few seconds from eight o'clock."""

    def __init__(self, log: Log, knobs: Knobs) -> None:
        self.log = log
        self.knobs = knobs
        self.chance = knobs.chance("network")
        self.people = People(knobs.chance("people"))
        self.network = Network()
        self._clock = log.start + timedelta(hours=8)
        self._shop_names: set[str] = set()

    def found(self) -> Network:
        """The network as it stands on the first evening."""
        self._brand()
        self._distributors()
        for area, count in zip(AREAS, shares(self.knobs.stores, [area.weight for area in AREAS]), strict=True):
            self._area(area, count)
        for distributor in ("D2-SZ", "D2-CD"):
            self._group_leader(area_of(distributor))
        self._territories()
        self._mianyang_takes_over()
        for rule in first_rules(self.log.start):
            self._now("rule.published", {"rule": rule})
        second = self.log.start + timedelta(days=40, hours=10)
        self.log.add("rule.published", second, {"rule": second_scan_rule(self.log.start)})
        withdrawn = self.log.start + timedelta(days=35, hours=18)
        self.log.add("rule.withdrawn", withdrawn, {"rule": "ningbo-trial"})
        return self.network

    def _now(self, kind: str, fields: Fields) -> datetime:
        self._clock += timedelta(seconds=5)
        self.log.add(kind, self._clock, fields)
        return self._clock

    def _register(self, party_id: str, kind: str, name: str, **more: object) -> datetime:
        return self._now("party.registered", {"party": {"id": party_id, "kind": kind, "name": name, **more}})

    def _link(self, relation: str, parent: str, child: str) -> datetime:
        return self._now("channel.linked", {"relation": relation, "parent": parent, "child": child})

    def _brand(self) -> None:
        self._register(BRAND, "BRAND", "喵汪粮（山东）宠物食品有限公司", region=SEAT)
        self._register("W-CENTRAL", "WAREHOUSE", "喵汪粮临沂中央仓", region=SEAT, attributes={"level": "CENTRAL"})
        for product in PRODUCTS:
            listed = {
                "sku": product.sku,
                "name": product.name,
                "brand": BRAND,
                "gtin": product.gtin,
                "category": product.category,
                "unitsPerCarton": product.units_per_carton,
                "shelfLifeDays": product.shelf_life_days,
                "priceFen": product.price_fen,
            }
            self._now("product.listed", {"product": listed})
        for campaign in campaigns(self.log.start):
            self._now("campaign.launched", {"campaign": campaign})

    def _distributors(self) -> None:
        for province in PROVINCES:
            self._register(province.distributor, "DISTRIBUTOR", province.distributor_name, region=province.seat)
            level = {"level": "REGIONAL", "keeper": province.distributor}
            name = f"{province.distributor_name[:4]}区域仓"
            self._register(f"W-{province.code}", "WAREHOUSE", name, region=province.seat, attributes=level)
            self._link("SUPPLIES", BRAND, province.distributor)
            self._hire(BRAND, f"P-MW-{province.code}", serves=[province.distributor])
        for area in AREAS:
            region = area.region(area.districts[0])
            self._register(area.distributor, "DISTRIBUTOR", area.distributor_name, region=region)
            self._link("SUPPLIES", area.supplier, area.distributor)
        for province in PROVINCES:
            below = [area.distributor for area in AREAS if area.supplier == province.distributor]
            self._hire(province.distributor, f"P-{province.code}-01", serves=below)

    def _hire(self, employer: str, person: str, serves: list[str]) -> None:
        self._register(person, "SALESPERSON", self.people.name())
        self._link("EMPLOYS", employer, person)
        self.network.staff.setdefault(employer, []).append(person)
        for place in serves:
            self.network.sellers.append(Term(person, place, self._link("SERVES", person, place)))

    def _area(self, area: Area, count: int) -> None:
        stores = [self._store(area, number) for number in range(count)]
        self.network.stores += stores
        if area.supplier.startswith("D2"):
            # Nobody named on the way from the second to the third tier would serve it otherwise.
            seller = self.network.staff[area.supplier][0]
            since = self._link("SERVES", seller, area.distributor)
            self.network.sellers.append(Term(seller, area.distributor, since))
        rounds = [stores[index : index + 4] for index in range(0, len(stores), 4)]
        for number, round_of_stores in enumerate(rounds, start=1):
            code = area.distributor.split("-")[1]
            self._hire(area.distributor, f"P-{code}-{number:02d}", serves=[store.id for store in round_of_stores])
        for store in stores:
            self._link("SUPPLIES", self._first_supplier(store), store.id)
            self._clerks(store)

    def _first_supplier(self, store: Store) -> str:
        handed_over = store.area.distributor == "D2-MY" and store.district.code == HANDED_OVER
        return "D2-CD" if handed_over else store.area.distributor

    def _store(self, area: Area, number: int) -> Store:
        chance = self.chance
        district = area.districts[number % len(area.districts)]
        rank = number // len(area.districts) + 1
        quarter = district.quarters[(rank - 1) % len(district.quarters)]
        # Each city begins elsewhere in the list of types, so that small cities differ from each other.
        kind = SHOP_TYPES[(number + AREAS.index(area)) % len(SHOP_TYPES)]
        store = Store(
            id=f"S-{area.city_code}-{district.code}-{rank:02d}",
            name=shop_name(chance, kind, quarter, self._shop_names),
            type=kind,
            area=area,
            district=district,
            lat=round(district.lat + chance.uniform(-0.012, 0.012), 5),
            lon=round(district.lon + chance.uniform(-0.012, 0.012), 5),
        )
        more: Fields = {"services": chance.choice(SERVICES[kind])} if kind in SERVICES else {}
        tier = chance.choice("AABBBC")
        # One hospital group lets its doctors take no rewards.
        declines = kind == "PET_HOSPITAL" and area.distributor == "D2-WH"
        self._register(
            store.id,
            "STORE",
            store.name,
            region=store.region,
            position={"lat": store.lat, "lon": store.lon},
            storeType=kind,
            openingHours=OPENING_HOURS[kind],
            attributes={"tier": tier, "clerkRewards": False} if declines else {"tier": tier},
            **more,
        )
        return store

    def _clerks(self, store: Store) -> None:
        count = 2 if store.id == STORY_STORE else self.chance.choice((1, 1, 2, 2, 3))
        for number in range(1, count + 1):
            clerk = f"K-{store.id[2:]}-{number}"
            title = "宠物医生" if store.type == "PET_HOSPITAL" and number == 1 else "店员"
            code = f"{store.id[2:].replace('-', '')}{'ABC'[number - 1]}"
            name = self.people.name()
            at = self._register(clerk, "CLERK", name, promoCode=code, attributes={"title": title})
            self.network.clerk_names[clerk] = name
            self.network.promo_codes[clerk] = [(at, code)]
            self.network.clerks.append(Term(clerk, store.id, self._link("EMPLOYS", store.id, clerk)))

    def _group_leader(self, area: Area) -> None:
        district = area.districts[0]
        leader = Store(
            id=f"G-{area.city_code}-01",
            name=f"{self.people.name()}（{district.quarters[1]}团长）",
            type="GROUP_LEADER",
            area=area,
            district=district,
            lat=district.lat,
            lon=district.lon,
            leader=True,
        )
        self.network.stores.append(leader)
        self._register(leader.id, "GROUP_LEADER", leader.name, region=leader.region)
        self._link("SUPPLIES", area.distributor, leader.id)
        seller = self.network.staff[area.distributor][0]
        self.network.sellers.append(Term(seller, leader.id, self._link("SERVES", seller, leader.id)))

    def _territories(self) -> None:
        for province in PROVINCES:
            self._assign(province.distributor, [f"CN/{province.name}"])
        for area in AREAS:
            if area.distributor == "D3-LG":
                self._assign("D3-LG", [area.region(district) for district in area.districts])
            elif area.distributor == "D2-MY":
                self._assign("D2-MY", ["CN/Sichuan/Mianyang/Fucheng"])
            else:
                self._assign(area.distributor, [area.region()])
        self._assign("D2-CD", ["CN/Sichuan/Mianyang/Youxian"])
        self._now(
            "territory.assigned",
            {"party": "D2-GZ", "regions": ["CN/Guangdong/Foshan"], "skus": [PRESCRIPTION]},
        )

    def _assign(self, party: str, regions: list[str]) -> None:
        self._now("territory.assigned", {"party": party, "regions": regions})

    def _mianyang_takes_over(self) -> None:
        at = self.log.start + timedelta(days=HANDOVER_DAY, hours=9)
        regions = ["CN/Sichuan/Mianyang/Youxian"]
        self.log.add("territory.released", at, {"party": "D2-CD", "regions": regions})
        self.log.add("territory.assigned", at, {"party": "D2-MY", "regions": regions})
        for store in self.network.in_area(area_of("D2-MY")):
            if store.district.code != HANDED_OVER:
                continue
            for kind, parent in (("channel.unlinked", "D2-CD"), ("channel.linked", "D2-MY")):
                self.log.add(kind, at, {"relation": "SUPPLIES", "parent": parent, "child": store.id})
