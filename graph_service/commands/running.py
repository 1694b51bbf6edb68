"""Running a command's work: with the whole service, or with the bare graph for commands that look after it."""

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import uvloop

from graph_service.progress import say
from graph_service.settings import Settings

if TYPE_CHECKING:
    from graph_service.graph.driver import Graph
    from graph_service.graph.embedded import Connection
    from graph_service.service import Service

Answer = TypeVar("Answer")

_LATER = 5


def settings_of(home: Path | None) -> Settings:
    """The settings, with the home that a command was given."""
    return Settings() if home is None else Settings(home=home.expanduser().absolute())


def with_service(home: Path | None, work: Callable[["Service"], Awaitable[Answer]], *, bulk: bool = False) -> Answer:
    """Runs work while the service is open; the embedded server, unless others use it, is gone when this returns.

    Args:
        home: of the service; the settings' without one.
        work: what to do.
        bulk: whether nobody waits for each single answer, so that whoever does goes first on the processor.
    """
    # Loads half of the service, which a command without a graph does not need.
    from graph_service.server import server_of  # noqa: PLC0415
    from graph_service.service import open_service  # noqa: PLC0415

    settings = settings_of(home)
    gc.freeze()
    if bulk:
        _collect_seldom()
    else:
        # Whoever asks waits for a collection: some milliseconds now and then, rather than a tenth of a second later.
        gc.set_threshold(10_000, 20, 100)

    # The server is entered before the event loop runs, so that Ctrl-C ends a download at once.
    with server_of(settings) as connection:
        if bulk:
            os.nice(_LATER)  # the server, started or joined, keeps its own priority

        async def run() -> Answer:
            async with open_service(settings, say, connection=connection) as service:
                return await work(service)

        return _run(run())


def with_usable_graph(home: Path | None, work: Callable[["Graph"], Awaitable[Answer]]) -> Answer:
    """Runs work that reads much of the graph, and nothing but the graph; half of the service is not even loaded.

    Nobody waits for each single answer of it, so whoever does goes first on the processor.
    """
    from graph_service.server import server_of, usable_graph  # noqa: PLC0415

    gc.freeze()
    _collect_seldom()
    with server_of(settings_of(home)) as connection:
        os.nice(_LATER)

        async def run() -> Answer:
            async with usable_graph(connection, say) as graph:
                return await work(graph)

        return _run(run())


def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Runs work on libuv's event loop: what goes to and from the server costs a tenth less of this process."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _collect_seldom() -> None:
    # A batch makes some hundred thousand objects that all live until it is written; the collector's default looks
    # through them a hundred times and finds nothing, which is a third of Python's part of a load.
    gc.set_threshold(1_000_000, 20, 20)


def with_graph(home: Path | None, work: Callable[["Graph", "Connection"], Awaitable[Answer]]) -> Answer:
    """Runs work on the graph as it is, whether it is migrated or not."""
    from graph_service.graph.driver import connect  # noqa: PLC0415
    from graph_service.server import server_of  # noqa: PLC0415

    with server_of(settings_of(home)) as connection:

        async def run() -> Answer:
            async with connect(connection) as graph:
                return await work(graph, connection)

        return _run(run())


def end_on_signals() -> None:
    """Makes every signal that asks to end work like Ctrl-C, so that a command always leaves in one way."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    # A shell script's background jobs ignore Ctrl-C; what is raised here must arrive nevertheless.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


@contextmanager
def stop_requests(heard: Callable[[], None]) -> Iterator[asyncio.Event]:
    """Ctrl-C sets the event instead of breaking work off; once more, and it breaks it off.

    Args:
        heard: called in the event loop when the first one arrives.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def first() -> None:
        stop.set()
        heard()

    def interrupted(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        loop.call_soon_threadsafe(first)

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
