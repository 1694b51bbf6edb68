"""The figures as a page: targets first, then all of them, then how they were measured; and a plot."""

import os
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.figures import SIDES, Figures
from benchmarks.plan import WARM_SCANS
from benchmarks.plot import draw
from benchmarks.postgres import PostgresMissingError, postgres_version
from benchmarks.targets import met


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the table.

    Attributes:
        title: what it says there.
        unit: of the figure.
        more_is_better: whether the largest of several ways is the best.
        digits: behind the point.
    """

    title: str
    unit: str
    more_is_better: bool = True
    digits: int = 0


MEASURES = {
    "load": Measure("Load", "units/s"),
    "load events": Measure("Load", "events/s"),
    "load seconds": Measure("Load, all", "s", more_is_better=False, digits=1),
    "store": Measure("Size on disk after the load", "MB", more_is_better=False),
    "sustained": Measure("Scans with their decisions, sustained", "events/s"),
    "single": Measure("Owner of one code, 1 connection, median", "ms", more_is_better=False, digits=2),
    "single p99": Measure("… p99", "ms", more_is_better=False, digits=2),
    "single 8": Measure("Owner of one code, 8 connections, median", "ms", more_is_better=False, digits=2),
    "single 8 p99": Measure("… p99", "ms", more_is_better=False, digits=2),
    "single 8 rate": Measure("… answers", "a second"),
    "bulk scattered": Measure("Owners of many codes, scattered", "codes/s"),
    "bulk in sequence": Measure("Owners of many codes, in sequence", "codes/s"),
    "scanned bulk scattered": Measure("… after consumers scanned up to a third of the units, scattered", "codes/s"),
    "scanned bulk in sequence": Measure("… in sequence", "codes/s"),
    "bulk memory": Measure("… memory of `graph-service owners`, at most", "MiB"),
    "upstream": Measure("Everyone above a clerk, median", "ms", more_is_better=False, digits=2),
    "upstream p99": Measure("… p99", "ms", more_is_better=False, digits=2),
    "branch": Measure("First page below a distributor, median", "ms", more_is_better=False, digits=2),
    "branch p99": Measure("… p99", "ms", more_is_better=False, digits=2),
    "branch of all": Measure("First page below the brand, median", "ms", more_is_better=False, digits=2),
    "branch of all p99": Measure("… p99", "ms", more_is_better=False, digits=2),
    "scan": Measure("Scan with its decisions, 8 connections during a load, median", "ms", False, 2),
    "scan p99": Measure("… p99", "ms", more_is_better=False, digits=2),
    "scan rate": Measure("… scans", "a second"),
    "scan load": Measure("… the load meanwhile", "events/s"),
}


@dataclass(frozen=True, slots=True)
class About:
    """What is to be told of the run itself."""

    command: str
    date: str
    with_postgres: bool


BEGIN, END = "<!-- written by python -m benchmarks -->", "<!-- until here -->"
"""Between these lines of a page the report has its place."""


def write(file: Path, figures: Figures, about: About) -> None:
    """Writes the report where a page has its place for it, else as a page of its own; and the plot beside it."""
    plot = file.with_suffix(".svg")
    draw(plot, figures)
    report = "\n".join(_page(figures, about, plot.name))
    page = file.read_text("utf-8") if file.exists() else ""
    before, begins, rest = page.partition(BEGIN)
    _, ends, after = rest.partition(END)
    has_place = begins and ends
    page = f"{before}{BEGIN}\n\n{report}\n\n{END}{after}" if has_place else f"# Performance\n\n{report}\n"
    file.write_text(page, encoding="utf-8")


def _page(figures: Figures, about: About, plot: str) -> Iterator[str]:
    yield "Written by the benchmark itself; to be measured anew, not edited:\n"
    yield f"```\n{about.command}\n```\n"
    yield "### Targets\n"
    yield "| target | units | measured | |\n|---|---:|---:|---|"
    for target in met(figures):
        verdict = "met" if target.is_met else "**missed**"
        yield f"| {target.text} | {target.units:,} | {target.measured} | {verdict} |"
    yield f"\n![Rates and times of service, bare driver and PostgreSQL by the number of units.]({plot})\n"
    for units in figures.sizes:
        yield from _table(figures, units)
    if figures.remarks:
        yield "### Remarks\n"
        yield from (f"- {remark}" for remark in figures.remarks)
        yield ""
    yield from _told(about)


def _table(figures: Figures, units: int) -> Iterator[str]:
    yield f"### {units:,} units\n"
    yield "| | service | bare driver | PostgreSQL | |\n|---|---:|---:|---:|---|"
    for key, measure in MEASURES.items():
        cells = [_cell(figures, key, units, side, measure) for side in SIDES]
        if any(cells):
            yield f"| {measure.title} | {' | '.join(cells)} | {measure.unit} |"
    yield ""


def _cell(figures: Figures, key: str, units: int, side: str, measure: Measure) -> str:
    found = sorted(figures.of(key, units, side), key=lambda one: one.value, reverse=measure.more_is_better)
    if not found:
        return ""
    best, *others = (f"{one.value:,.{measure.digits}f}" + (f" ({one.by})" if one.by else "") for one in found)
    return best if not others else f"{best}<br><sub>{'; '.join(others)}</sub>"


def _told(about: About) -> Iterator[str]:
    memory = psutil.virtual_memory().total / 2**30
    yield "### How it was measured\n"
    if about.date:
        yield f"- On {about.date}."
    yield f"- Machine: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()}."
    yield f"- Versions: {', '.join(_versions(about))}."
    yield (
        "- Data (`benchmarks/goods.py`, fixed seed): units in cartons of 20 on pallets of 20 cartons, printed as "
        "ranges of 50,000, each carton and pallet packed by one event; brand to 40 distributors to 2,000 stores, half "
        "a pallet each; up to 320,000 units, at most every third, scanned by consumers with an account each and in "
        "one case of three a promo code, under five rules."
    )
    yield (
        f"- The sides come one after another, none runs beside another, on the same events. The service is used "
        f"as users have it: its commands and its HTTP, one process, its embedded Neo4j; the client shares the cores. "
        f"Every time is taken after warm-up (both bulk questions are asked once before one is measured; for "
        f"single answers as many questions as are measured, or {WARM_SCANS:,} scans), the same for all sides; their "
        f"answers are compared before any figure is believed."
    )
    yield (
        "- The bare driver asks the service's graph by one bare statement (`benchmarks/cypher/`), and writes the same "
        "nodes and relations, read out of the service's graph, into an empty one, in transactions of 2,000 events; it "
        "decides nothing, finds no duplicates and checks nothing: it is the limit, not an alternative."
    )
    yield (
        "- PostgreSQL has the facts in tables with covering indexes (`benchmarks/sql/`), copied in first and indexed "
        "then; as one row a unit or one a run of units, climbing by fixed LATERAL joins or by a recursive CTE. It "
        "keeps the events but checks and derives nothing of them, knows neither late facts nor voids nor aliases, and "
        "decides scans by one statement that knows the five rules. The best way counts, the others stand below it."
    )
    yield (
        "- Codes `scattered` are drawn from all units, codes `in sequence` are neighbours; each has its own time. "
        "Bulk questions are asked twice: about the goods as stores received them, and after the consumers' scans, when "
        "up to a third of the units are runs of their own."
    )


def _processor() -> str:
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _versions(about: About) -> Iterator[str]:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    yield f"service {version('channel-graph-service')} ({commit.stdout.strip() or 'no commit'})"
    yield f"Python {platform.python_version()}"
    yield "Neo4j 5.26.28 Community"
    yield f"driver {version('neo4j')} with neo4j-rust-ext {version('neo4j-rust-ext')}"
    if about.with_postgres:
        try:
            yield f"{postgres_version()}, psycopg {version('psycopg')}"
        except PostgresMissingError:
            yield "no PostgreSQL"
