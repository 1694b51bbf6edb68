"""What times are made of: many callers at once, percentiles, memory of a process."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

import psutil

Work = TypeVar("Work")
Caller = Callable[[Work], object]
Opens = Callable[[], AbstractContextManager[Caller[Work]]]

_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Latency:
    """How long answers took, in milliseconds, and how many came in a second over all callers."""

    median: float
    p99: float
    rate: float


def latency_of(seconds: Sequence[float], wall: float) -> Latency:
    """The percentiles of many answers."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Latency(cuts[49] * 1_000, cuts[98] * 1_000, len(seconds) / wall)


def ask(opens: Opens[Work], work: Sequence[Work], *, callers: int, warm_up: Sequence[Work] = ()) -> Latency:
    """Asks one question after the other on each of some connections.

    Args:
        opens: a connection; what it gives asks one question and returns when the answer is there.
        work: the questions, shared out among the callers.
        callers: how many connections at once.
        warm_up: questions that each caller asks before the clock starts.

    Raises:
        BaseException: what the first caller to fail raised.
    """
    seconds: list[list[float]] = [[] for _ in range(callers)]
    faults: list[BaseException] = []
    started = threading.Barrier(callers + 1)

    def call(number: int) -> None:
        try:
            with opens() as caller:
                for one in warm_up[number::callers]:
                    caller(one)
                started.wait()
                for one in work[number::callers]:
                    began = time.perf_counter()
                    caller(one)
                    seconds[number].append(time.perf_counter() - began)
        except threading.BrokenBarrierError:
            pass
        except BaseException as fault:
            faults.append(fault)
            started.abort()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):
        started.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - began
    if faults:
        raise faults[0]
    return latency_of([one for own in seconds for one in own], wall)


@dataclass(slots=True)
class Watched:
    """The most memory that a process held, in MiB."""

    peak: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def memory_of(process: int) -> Iterator[Watched]:
    """Looks at the resident memory of a process while the block lasts."""
    watched = Watched()

    def look() -> None:
        with suppress(psutil.Error):
            watching = psutil.Process(process)
            while not watched._over.wait(_LOOK_SECONDS):
                watched.peak = max(watched.peak, watching.memory_info().rss / 2**20)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watched
    finally:
        watched._over.set()
        thread.join()
