"""How long work speaks: on standard error, as a bar on a terminal and as plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[float, str], None]

_LINE_SECONDS = 5.0


def say(text: str) -> None:
    """Says something to the person; results go to standard output instead."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def progress(title: str) -> Iterator[Advance]:
    """Shows how far work is.

    Yields:
        A function that takes the share that is done, from 0 to 1, and what there is to say about it.
    """
    if not sys.stderr.isatty():
        yield _lines(title)
        return
    from rich.console import Console  # noqa: PLC0415 - costs more than most commands need
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=1.0, said="")
        yield lambda share, said: bar.update(task, completed=share, said=said)


def _lines(title: str) -> Advance:
    """A line every few seconds; work that is done sooner says nothing on the way."""
    last = time.monotonic()

    def advance(share: float, said: str) -> None:
        nonlocal last
        present = time.monotonic()
        if present - last >= _LINE_SECONDS:
            last = present
            say(f"{title}: {share:.0%}, {said}")

    return advance
