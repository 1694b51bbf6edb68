"""Scans that pay nobody: repeated, copied, invented, of the wrong kind, of destroyed goods, by mistake."""

from datetime import timedelta

from .consumers import Consumers
from .network import working_time
from .places import AREAS


class OddScans:
    """Adds to the consumers' scans what every scanning campaign attracts."""

    def __init__(self, consumers: Consumers) -> None:
        self._consumers = consumers
        self._log = consumers.log
        self._chance = consumers.knobs.chance("odd scans")
        # Only units whose first scan lies inside the log have one to repeat.
        self._scanned = [scan for scan in consumers.scans if scan[0].at < self._log.end]

    def run(self) -> None:
        """All of them."""
        self._repeated()
        self._copied()
        self._invented()
        self._cartons()
        self._destroyed()
        self._trainee()

    def _repeated(self) -> None:
        count = round(len(self._scanned) * self._consumers.knobs.repeat_share)
        for first, shelf, unit in self._chance.sample(self._scanned, count):
            # Some scan again at once because nothing seemed to happen, others weeks later.
            minutes = self._chance.choice((2, 5, 60, 1500, 9000, 30_000)) + self._chance.randint(0, 50)
            self._consumers.scan(unit, shelf, first.at + timedelta(minutes=minutes))

    def _copied(self) -> None:
        """One genuine code was printed on counterfeits that turn up all over the country."""
        first, _, unit = self._scanned[len(self._scanned) // 3]
        for number in range(16):
            at = working_time(self._chance, first.at, 2 + number, 3 + 2 * number)
            area = self._chance.choice(AREAS)
            fields = {
                "code": unit,
                "member": {"identifiers": self._consumers.someone(area).shown(self._chance)},
                "channel": "WECHAT_MINI",
                "region": area.region(self._chance.choice(area.districts)),
            }
            self._log.add("goods.scanned", at, fields)

    def _invented(self) -> None:
        for number in range(34):
            at = working_time(self._chance, self._log.start, 12, self._consumers.knobs.days - 1)
            area = self._chance.choice(AREAS)
            # Counterfeiters count on from a real code, or leave out the month.
            code = f"MW2607{9_000_000 + number * 37}" if number % 3 else f"MW{self._chance.randint(10**8, 10**9 - 1)}"
            fields = {
                "code": code,
                "member": {"identifiers": self._consumers.someone(area).shown(self._chance)},
                "channel": "WECHAT_MINI",
                "region": area.region(area.districts[0]),
            }
            self._log.add("goods.scanned", at, fields)

    def _cartons(self) -> None:
        """Store hands scan the carton with the consumers' app."""
        shelves = [shelf for _, shelf, _ in self._scanned[:: max(1, len(self._scanned) // 9)]]
        cartons = self._consumers.flow.plant.carton_of
        for shelf in shelves:
            at = working_time(self._chance, shelf.since, 0, 2)
            member = self._consumers.someone(shelf.store.area)
            fields = {"code": cartons[shelf.units[0]], "member": {"identifiers": member.shown(self._chance)}}
            self._log.add("goods.scanned", at, {**fields, "channel": "STORE"})

    def _destroyed(self) -> None:
        """Water-damaged goods that somebody carried off all the same."""
        for carton, store, at in self._consumers.flow.destroyed:
            for unit in carton.units[:3]:
                member = self._consumers.someone(store.area)
                fields = {
                    "code": unit,
                    "member": {"identifiers": member.shown(self._chance)},
                    "channel": "WECHAT_MINI",
                    "region": store.region,
                }
                self._log.add("goods.scanned", working_time(self._chance, at, 3, 20), fields)

    def _trainee(self) -> None:
        """A trainee tries out the app on goods for sale; voided, these scans leave the first to the buyer."""
        for first, shelf, unit in self._scanned[50::400][:5]:
            if first.at - shelf.since < timedelta(hours=3):
                continue
            trial = self._consumers.scan(unit, shelf, first.at - timedelta(hours=1))
            self._log.void(trial, first.at + timedelta(days=1), "员工培训误扫")
