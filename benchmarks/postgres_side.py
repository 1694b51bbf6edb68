"""PostgreSQL: the same work on the same goods, in two layouts and by two queries each; the best counts."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import POSTGRES
from benchmarks.goods import END, Event
from benchmarks.owners import Owned
from benchmarks.plan import KINDS, WARM_SCANS, Plan
from benchmarks.postgres import postgres
from benchmarks.relational import BATCH, FINDS, PATIENCE_SECONDS, REACHES, Tables
from benchmarks.service_side import CHECKED, WARM_UP, chain_questions, measure_single, warm_and_measured
from benchmarks.timing import ask


def measure(plan: Plan, folder: Path) -> list[Owned]:
    """Measures all parts; returns some answers about single codes, to be compared."""
    told: list[Owned] = []
    with postgres(folder) as dsn:
        for layout in FINDS:
            tables = Tables(dsn, plan.goods, layout)
            try:
                told = _measure_layout(plan, tables, told)
            except TimeoutError:
                plan.remark(
                    f"{plan.goods.units:,} units: PostgreSQL with one row for each of the {layout} did not tell a "
                    f"million owners within {PATIENCE_SECONDS} s, so what comes after that is not measured."
                )
    return told


def _measure_layout(plan: Plan, tables: Tables, told: list[Owned]) -> list[Owned]:
    layout = tables.layout
    seconds = tables.load(plan.goods.channel(), plan.goods_file)
    if "load" in plan.only:
        plan.add("load", POSTGRES, plan.goods.units / seconds, layout)
        plan.add("load seconds", POSTGRES, seconds, layout)
        plan.add("store", POSTGRES, tables.size() / 1e6, layout)
    if "bulk" in plan.only:
        for reach in REACHES:
            _bulk(plan, tables, reach, "bulk", f"{layout}, {reach}")
    _sustain(plan, tables)
    for reach in REACHES:
        by = f"{layout}, {reach}"
        if "single" in plan.only:
            measure_single(plan, POSTGRES, partial(tables.owners_asked, reach), by)
        with tables.owners_asked(reach) as ask_one:
            answers = [ask_one(question) for question in plan.questions[:CHECKED]]
        if told and told != answers:
            raise RuntimeError(f"PostgreSQL's queries disagree: {by}")
        told = answers
        if "bulk" in plan.only and layout == "units":
            _bulk(plan, tables, reach, "scanned bulk", by)
    if layout == "units" and "chain" in plan.only:
        _chain(plan, tables)
    if "scan" in plan.only:
        _scan(plan, tables)
    return told


def _sustain(plan: Plan, tables: Tables) -> None:
    with tables.recording("lateral") as record:
        began = 0.0
        for start in range(0, len(plan.scans), BATCH):
            if start == WARM_SCANS:
                began = time.perf_counter()
            record(plan.scans[start : start + BATCH])
        seconds = time.perf_counter() - began
    if "scan" in plan.only and began:
        plan.add("sustained", POSTGRES, (len(plan.scans) - WARM_SCANS) / seconds, tables.layout)


def _bulk(plan: Plan, tables: Tables, reach: str, measure: str, by: str) -> None:
    """Asks about very many codes; each question once before any is measured."""
    for is_measured in (False, True):
        for kind in KINDS:
            seconds = tables.owners(reach, plan.questions_file(kind), plan.folder / "postgres.csv")
            if is_measured:
                plan.add(f"{measure} {kind}", POSTGRES, plan.asked / seconds, by)


def _chain(plan: Plan, tables: Tables) -> None:
    for measure, _, parties in chain_questions():
        for reach in REACHES:

            @contextmanager
            def opens(name: str = f"{measure.split()[0]}_{reach}") -> Iterator[Callable[[str], object]]:
                with tables.asking(name) as ask_one:
                    yield lambda party: ask_one({"party": party, "at": END})

            told = ask(opens, parties, callers=1, warm_up=parties[:WARM_UP])
            plan.add(measure, POSTGRES, told.median, reach)
            plan.add(f"{measure} p99", POSTGRES, told.p99, reach)


def _scan(plan: Plan, tables: Tables) -> None:
    stop = threading.Event()
    loaded = [0]
    seconds = [0.0]

    def load_more() -> None:
        first = plan.goods.pallets
        began = time.perf_counter()
        for events in tables.append(_more(plan, first)):
            loaded[0] += events
            if stop.is_set():
                break
        seconds[0] = time.perf_counter() - began

    @contextmanager
    def opens() -> Iterator[Callable[[Any], object]]:
        with tables.recording("lateral") as record:
            yield lambda event: record([event])

    warm, measured = warm_and_measured(plan)
    loading = threading.Thread(target=load_more)
    loading.start()
    told = ask(opens, measured, callers=8, warm_up=warm)
    stop.set()
    loading.join()
    plan.add("scan", POSTGRES, told.median, tables.layout)
    plan.add("scan p99", POSTGRES, told.p99, tables.layout)
    plan.add("scan rate", POSTGRES, told.rate, tables.layout)
    plan.add("scan load", POSTGRES, loaded[0] / seconds[0], tables.layout)


def _more(plan: Plan, first: int) -> Iterator[Event]:
    """Further pallets without end."""
    while True:
        yield from plan.goods.production(first, first + 100)
        first += 100
