"""The bare driver: the same questions on the service's graph, the same nodes and relations into an empty one."""

import csv
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from neo4j import Driver, ManagedTransaction, Session

from benchmarks.bare import counts, driving, owners_asked, owners_of, read, session_of
from benchmarks.copying import BATCH, Batch, Copy, write, write_batch
from benchmarks.figures import BARE
from benchmarks.goods import END, Event
from benchmarks.owners import Owned
from benchmarks.plan import KINDS, WARM_SCANS, Plan
from benchmarks.service_side import CHECKED, WARM_UP, chain_questions, measure_single, warm_and_measured
from benchmarks.serving import run
from benchmarks.timing import ask
from graph_service.moments import parse_instant

_BULK_BATCH = 10_000
_BULK_CODES = 200_000
_REHEARSALS = 10
_PRINTED_AT_ONCE = 10  # each becomes up to 2,500 runs
_ALL_KINDS = ["BRAND", "DISTRIBUTOR", "SALESPERSON", "STORE", "CLERK", "GROUP_LEADER", "WAREHOUSE"]


def copy_goods(copy: Copy, driver: Driver, plan: Plan) -> None:
    """Reads what loading brought, before scans split it."""
    printed = (event["id"] for event in islice(plan.goods.production(), _printings(plan)))
    others = (event["id"] for event in islice(plan.goods.production(), _printings(plan), None))
    with session_of(driver) as session:
        copy.take(session, "goods", printed, size=_PRINTED_AT_ONCE)
        copy.take(session, "goods", others)


def _printings(plan: Plan) -> int:
    return sum(1 for event in islice(plan.goods.production(), 1_000) if event["type"] == "goods.commissioned")


def copy_scans(copy: Copy, driver: Driver, kind: str, scans: Sequence[Event], size: int = BATCH) -> None:
    """Reads what scans brought."""
    with session_of(driver) as session:
        copy.take(session, kind, (event["id"] for event in scans), pieces=True, size=size)


def write_all(copy: Copy, home: Path, plan: Plan, expected: dict[str, int] | None) -> None:
    """Writes goods and scans to the graph of an empty home.

    Args:
        copy: what to write.
        home: an empty one; the channel is brought in by the service, unmeasured.
        plan: of this size.
        expected: how many nodes and relations the service's graph had, to compare.
    """
    with driving(home) as driver:
        run(home, ("ingest", str(plan.channel_file)))
        with session_of(driver) as session:
            _rehearse(session, copy)
            seconds = sum(write(session, copy.batches("goods")))
            if "load" in plan.only:
                plan.add("load", BARE, plan.goods.units / seconds)
            times = list(write(session, copy.batches("scans")))
            warm = WARM_SCANS // BATCH
            if "scan" in plan.only and len(times) > warm:
                plan.add("sustained", BARE, (len(plan.scans) - WARM_SCANS) / sum(times[warm:]))
            if expected is not None:
                _compare(plan, expected, counts(session))
        if "scan" in plan.only:
            _scan(copy, driver, plan)


class _RehearsedError(Exception):
    """Ends a rehearsal, so that nothing of it is written."""


def _rehearse(session: Session, copy: Copy) -> None:
    """Warms the server with the first batches, which are taken back, as the service does at its start."""
    printed = next(copy.batches("goods"))
    packed = next(batch for batch in copy.batches("goods") if "write_stays" in batch)

    def work(transaction: ManagedTransaction) -> None:
        write_batch(transaction, printed)
        write_batch(transaction, packed)
        raise _RehearsedError

    for _ in range(_REHEARSALS):
        with suppress(_RehearsedError):
            session.execute_write(work)


def _compare(plan: Plan, expected: dict[str, int], found: dict[str, int]) -> None:
    # The service's graph has one node that counts batches.
    if expected != found:
        plan.remark(f"{plan.goods.units:,} units: the service wrote {expected}, the bare driver {found}.")


def _scan(copy: Copy, driver: Driver, plan: Plan) -> None:
    """One scan a transaction at eight connections, while the load's further batches are written."""
    stop = threading.Event()
    written = [0.0, 0.0]
    batches = list(copy.batches("spare"))
    warm, measured = batches[len(batches) // 2 :], batches[: len(batches) // 2]

    @contextmanager
    def opens() -> Iterator[Callable[[Batch], object]]:
        with session_of(driver) as session:
            yield lambda batch: sum(write(session, [batch]))

    def load_more() -> None:
        with session_of(driver) as session:
            for batch in copy.batches("more"):
                if stop.is_set():
                    break
                written[1] += sum(write(session, [batch]))
                written[0] += len(batch["write_events"])

    loading = threading.Thread(target=load_more)
    loading.start()
    told = ask(opens, measured, callers=8, warm_up=warm)
    stop.set()
    loading.join()
    plan.add("scan", BARE, told.median)
    plan.add("scan p99", BARE, told.p99)
    plan.add("scan rate", BARE, told.rate)
    if written[1]:
        plan.add("scan load", BARE, written[0] / written[1])


def single(plan: Plan, driver: Driver) -> list[Owned]:
    """Asks about one code at a time; returns some of the answers, to be compared."""
    if "single" in plan.only:
        measure_single(plan, BARE, lambda: owners_asked(driver))
    with session_of(driver) as session:
        return [owners_of(session, [question])[0] for question in plan.questions[:CHECKED]]


def bulk(plan: Plan, driver: Driver, measure: str) -> None:
    """Asks about very many codes; each question once before any is measured."""
    count = min(plan.asked, _BULK_CODES)
    with session_of(driver) as session:
        for is_measured in (False, True):
            for kind in KINDS:
                seconds = _owners(session, plan.questions_file(kind, count), plan.folder / "bare.csv")
                if is_measured:
                    plan.add(f"{measure} {kind}", BARE, count / seconds)


def _owners(session: Session, source: Path, out: Path) -> float:
    """Who owned very many codes, from a CSV into a CSV, ten thousand at a time; the seconds that it took."""
    began = time.perf_counter()
    with source.open(newline="") as rows, out.open("w", newline="") as answers:
        asked, told = csv.reader(rows), csv.writer(answers)
        next(asked)
        while part := [(code, parse_instant(at)) for code, at in islice(asked, _BULK_BATCH)]:
            told.writerows(owners_of(session, part))
    return time.perf_counter() - began


def chain(plan: Plan, driver: Driver) -> None:
    """The service's own statements, without the service."""
    everybody = {"kinds": _ALL_KINDS, "former": {}, "maxDepth": 10, "afterDepth": 0, "afterId": "", "limit": 51}
    for measure, _, parties in chain_questions():

        @contextmanager
        def opens(measure: str = measure) -> Iterator[Callable[[str], object]]:
            with session_of(driver) as session:
                if measure == "upstream":
                    yield lambda party: read(session, "channel/upstream", rows=[party], at=END, limit=10_001)
                else:
                    yield lambda party: read(session, "channel/branch", party=party, at=END, **everybody)

        told = ask(opens, parties, callers=1, warm_up=parties[:WARM_UP])
        plan.add(measure, BARE, told.median)
        plan.add(f"{measure} p99", BARE, told.p99)


def copy_spare(copy: Copy, driver: Driver, plan: Plan, pallets: int) -> None:
    """Reads what the scans under load brought, a batch each, and the goods that were loaded meanwhile."""
    warm, measured = warm_and_measured(plan)
    first = plan.goods.pallets
    more = (event["id"] for event in plan.goods.production(first, first + pallets))
    with session_of(driver) as session:
        copy.take(session, "more", more)
    copy_scans(copy, driver, "spare", [*measured, *warm], size=1)
