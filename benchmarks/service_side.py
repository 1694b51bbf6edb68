"""The service: its commands and its HTTP, as users have them."""

import csv
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.figures import SERVICE
from benchmarks.goods import DISTRIBUTORS, STORES, Event
from benchmarks.owners import Owned
from benchmarks.plan import KINDS, WARM_SCANS, Plan
from benchmarks.serving import Served, command, run, surroundings
from benchmarks.timing import ask, memory_of
from benchmarks.web import (
    BRANCH,
    OWNERSHIP,
    UPSTREAM,
    asking,
    owner_asked,
    owner_told,
    posting,
    recording,
)

BODY = 50_000
MORE = 10_000
CHECKED = 300
CHAIN_QUESTIONS = 500
WARM_UP = 400


def load(plan: Plan, served: Served) -> None:
    """Loads the goods with `graph-service ingest`."""
    run(served.home, ("ingest", str(plan.channel_file)))
    file = plan.goods_file
    began = time.perf_counter()
    report = json.loads(run(served.home, ("ingest", str(file))))
    seconds = time.perf_counter() - began
    if report["duplicates"] or report["rejected"]:
        raise RuntimeError(f"the load was not clean: {str(report)[:300]}")
    if "load" in plan.only:
        plan.add("load", SERVICE, plan.goods.units / seconds)
        plan.add("load events", SERVICE, report["accepted"] / seconds)
        plan.add("load seconds", SERVICE, seconds)


def store(plan: Plan, home: Path) -> None:
    """MB of a stopped database, without the logs of its transactions, which have a limit of their own."""
    files = (home / "neo4j" / "data" / "databases" / "neo4j").rglob("*")
    plan.add("store", SERVICE, sum(file.stat().st_size for file in files if file.is_file()) / 1e6)


def sustain(plan: Plan, served: Served) -> None:
    """Records the scans of the data, with their decisions, in large bodies."""
    bodies = [plan.scans[:WARM_SCANS]]
    bodies += [plan.scans[start : start + BODY] for start in range(WARM_SCANS, len(plan.scans), BODY)]
    encoded = [("\n".join(json.dumps(event) for event in body)).encode() for body in bodies]
    with posting(served) as post:
        accepted, began = 0, 0.0
        for number, body in enumerate(encoded):
            report = post("/v1/events", body, "application/x-ndjson")
            if number == 0:
                began = time.perf_counter()
            else:
                accepted += report["accepted"]
        seconds = time.perf_counter() - began
    if "scan" in plan.only and accepted:
        plan.add("sustained", SERVICE, accepted / seconds)


def single(plan: Plan, served: Served) -> list[Owned]:
    """Asks about one code at a time; returns some of the answers, to be compared."""

    @contextmanager
    def opens() -> Iterator[Callable[[Any], object]]:
        with asking(served, OWNERSHIP) as ask_one:
            yield lambda question: ask_one(owner_asked(question))

    if "single" in plan.only:
        measure_single(plan, SERVICE, opens)
    with asking(served, OWNERSHIP) as ask_one:
        return [owner_told(ask_one(owner_asked(question))) for question in plan.questions[:CHECKED]]


def measure_single(
    plan: Plan, side: str, opens: Callable[[], AbstractContextManager[Callable[[Any], object]]], by: str = ""
) -> None:
    """The same for every side: at one connection, then at eight."""
    warm, asked = plan.questions[: plan.single], plan.questions[plan.single :]
    alone = ask(opens, asked[: plan.single], callers=1, warm_up=warm)
    plan.add("single", side, alone.median, by)
    plan.add("single p99", side, alone.p99, by)
    together = ask(opens, asked, callers=8, warm_up=warm)
    plan.add("single 8", side, together.median, by)
    plan.add("single 8 p99", side, together.p99, by)
    plan.add("single 8 rate", side, together.rate, by)


def bulk(plan: Plan, served: Served, measure: str) -> None:
    """Asks about very many codes with `graph-service owners`; each question once before any is measured."""
    for is_measured in (False, True):
        for kind in KINDS:
            asked = _owners(plan, served, kind)
            if asked is None:
                return
            seconds, memory = asked
            if is_measured:
                plan.add(f"{measure} {kind}", SERVICE, plan.asked / seconds)
                plan.add("bulk memory", SERVICE, memory, f"{measure} {kind}")


def _owners(plan: Plan, served: Served, kind: str) -> tuple[float, float] | None:
    """The seconds that the command took, and the MiB that it held at most; None where it failed."""
    arguments = ("owners", str(plan.questions_file(kind)), "--out", str(plan.folder / "owners.csv"))
    began = time.perf_counter()
    started = subprocess.Popen(
        command(served.home, *arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=surroundings(),
        text=True,
    )
    with memory_of(started.pid) as watched:
        _, said = started.communicate()
    if started.returncode:
        plan.remark(f"`graph-service owners` ended with {started.returncode}: {said.strip()[-200:]}")
        return None
    return time.perf_counter() - began, watched.peak


def bulk_told(plan: Plan) -> list[tuple[str, Owned]]:
    """Some answers of the last bulk question, by code; none where it failed."""
    file = plan.folder / "owners.csv"
    if not file.exists():
        return []
    names = ("status", "owner", "distributor", "salesperson", "brand", "confirmedBy", "via")
    with file.open(newline="", encoding="utf-8") as rows:
        told = islice(csv.DictReader(rows), CHECKED)
        return [(row["code"], tuple(row[name] or None for name in names)) for row in told]


def chain(plan: Plan, served: Served) -> None:
    """Asks who is above a clerk, and for the first page of those below a distributor and below the brand."""
    for measure, query, parties in chain_questions():

        @contextmanager
        def opens(query: str = query) -> Iterator[Callable[[Any], object]]:
            with asking(served, query) as ask_one:
                yield lambda party: ask_one({"id": party})

        told = ask(opens, parties, callers=1, warm_up=parties[:WARM_UP])
        plan.add(measure, SERVICE, told.median)
        plan.add(f"{measure} p99", SERVICE, told.p99)


def chain_questions() -> Iterator[tuple[str, str, list[str]]]:
    """Measure, GraphQL question, and the parties that it is asked about."""
    times = range(CHAIN_QUESTIONS)
    yield "upstream", UPSTREAM, [f"K-{number * 7 % STORES:04d}" for number in times]
    yield "branch", BRANCH, [f"D-{number % DISTRIBUTORS:02d}" for number in times]
    yield "branch of all", BRANCH, ["BRAND"] * (CHAIN_QUESTIONS // 5)


def scan(plan: Plan, served: Served) -> int:
    """Records scans at eight connections while further goods are loaded; returns how many pallets of these."""
    stop = threading.Event()
    loaded: list[int] = []
    faults: list[BaseException] = []
    seconds = [0.0]
    pallets = MORE // 27

    def load_more() -> None:
        first = plan.goods.pallets
        try:
            with posting(served) as post:
                while not stop.is_set():
                    events = list(plan.goods.production(first, first + pallets))
                    body = "\n".join(json.dumps(event) for event in events).encode()
                    began = time.perf_counter()
                    report = post("/v1/events", body, "application/x-ndjson")
                    seconds[0] += time.perf_counter() - began
                    loaded.append(report["accepted"])
                    first += pallets
        except BaseException as fault:
            faults.append(fault)

    @contextmanager
    def opens() -> Iterator[Callable[[Any], object]]:
        with recording(served) as record:
            yield lambda event: record([event])

    warm, measured = warm_and_measured(plan)
    loading = threading.Thread(target=load_more)
    loading.start()
    try:
        told = ask(opens, measured, callers=8, warm_up=warm)
    finally:
        stop.set()
        loading.join()
    if faults:
        raise faults[0]
    plan.add("scan", SERVICE, told.median)
    plan.add("scan p99", SERVICE, told.p99)
    plan.add("scan rate", SERVICE, told.rate)
    plan.add("scan load", SERVICE, sum(loaded) / max(seconds[0], 0.001))
    return len(loaded) * pallets


def warm_and_measured(plan: Plan) -> tuple[Sequence[Event], Sequence[Event]]:
    """The spare scans, shared out."""
    count = plan.scans_under_load
    return plan.spare[count : 2 * count], plan.spare[:count]


def clean(home: Path) -> None:
    """Deletes a home that is not needed any more."""
    shutil.rmtree(home, ignore_errors=True)
