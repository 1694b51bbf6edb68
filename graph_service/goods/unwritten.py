"""What scans rest on while they are written: the graph knows neither them nor the pieces that they cut from runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from graph_service.goods.read import Goods, fetch_goods
from graph_service.goods.story import ScanOfItem
from graph_service.graph.driver import Row, Transaction


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Scans that the graph does not know yet.

    Attributes:
        scans: by the key of their item.
        cut_from: by the key of each item that they cut from a run, that of the run.
    """

    scans: Mapping[str, list[ScanOfItem]]
    cut_from: Mapping[str, str]

    @classmethod
    def of(cls, rows: Iterable[Row], cut_from: Mapping[str, str]) -> "Unwritten":
        """Scans, as `rebates/triggers` will tell them."""
        scans: dict[str, list[ScanOfItem]] = defaultdict(list)
        for row in rows:
            scans[row["item"]].append(ScanOfItem(row["at"], row["event"], row["recordedAt"], row["account"]))
        return cls(scans, cut_from)

    def whole(self, run: str) -> str:
        """The run of the graph that holds the codes of one that may be yet to be cut."""
        return self.cut_from.get(run, run)

    async def fetch_goods(self, transaction: Transaction, items: Collection[str], *, with_custody: bool) -> Goods:
        """What items rest on, as `goods.read.fetch_goods` will tell it once the scans are written."""
        goods = await fetch_goods(transaction, map(self.whole, items), with_custody=with_custody)
        for item in items:
            if item in self.cut_from:
                goods.cut(item, self.cut_from[item])
            goods.scans[item] = [*goods.scans.get(item, ()), *self.scans.get(item, ())]
        return goods
