"""What is to be measured of one size, and where its files are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.figures import Figures
from benchmarks.goods import Event, Goods, time_of, write_ndjson
from benchmarks.owners import Question

PARTS = ("load", "single", "bulk", "chain", "scan")

WARM_SCANS = 20_000
"""Scans before the clock of the sustained rate starts."""


@dataclass(frozen=True)
class Plan:
    """One size.

    Attributes:
        goods: the data.
        only: what of `PARTS` is measured; what the rest needs is done all the same.
        folder: for homes and files, deleted afterwards.
        figures: what comes out is added to them.
        say: told what is under way.
        asked: how many codes the bulk questions ask about.
    """

    goods: Goods
    only: frozenset[str]
    folder: Path
    figures: Figures
    say: Callable[[str], None]
    asked: int = 1_000_000
    single: int = 2_000
    scans_under_load: int = 2_000

    def add(self, measure: str, side: str, value: float, by: str = "") -> None:
        """Notes a figure."""
        self.say(f"{side}: {measure} {value:,.2f} {by}".rstrip())
        self.figures.add(measure, self.goods.units, side, value, by)

    def remark(self, text: str) -> None:
        """Notes what has to be said about the figures."""
        self.say(text)
        self.figures.remarks.append(text)

    @cached_property
    def channel_file(self) -> Path:
        """Parties, links, the product, the rules."""
        write_ndjson(self.goods.channel(), file := self.folder / "channel.ndjson")
        return file

    @cached_property
    def goods_file(self) -> Path:
        """Everything up to the stores."""
        write_ndjson(self.goods.production(), file := self.folder / "goods.ndjson")
        return file

    @cached_property
    def scans(self) -> Sequence[Event]:
        """The scans of the data."""
        return list(self.goods.consumer_scans())

    @cached_property
    def spare(self) -> Sequence[Event]:
        """Scans of units that nobody scanned yet: some to warm up, the rest to measure."""
        return self.goods.spare_scans()

    @cached_property
    def questions(self) -> Sequence[Question]:
        """For one code at a time."""
        return self.goods.questions(self.single * 4)

    def questions_file(self, kind: str, count: int | None = None) -> Path:
        """A CSV of codes with times; `scattered` over all units, or neighbours, `in sequence`."""
        file = self.folder / f"{kind.replace(' ', '-')}-{count or self.asked}.csv"
        if not file.exists():
            questions = self.goods.questions(count or self.asked, in_sequence=kind == "in sequence")
            with file.open("w", encoding="utf-8") as rows:
                rows.write("code,at\n")
                rows.writelines(f"{code},{time_of(at)}\n" for code, at in questions)
        return file


KINDS = ("scattered", "in sequence")
