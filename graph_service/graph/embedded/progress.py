"""How a start that takes a while speaks: a bar on a terminal, plain lines elsewhere, on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Say = Callable[[str], None]


class Talk:
    """Says what happens.

    Args:
        say: receives whole sentences; by default they go to standard error.
    """

    def __init__(self, say: Say | None = None) -> None:
        self._bar = say is None and sys.stderr.isatty()
        self.say: Say = say or _to_standard_error

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        """Show how many of `total` steps are done; the function it yields counts one."""
        if not self._bar:
            yield self._lines(title, total)
            return
        from rich.console import Console  # noqa: PLC0415 - costs more than most starts need
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(title, total=total)
            yield lambda: progress.advance(task)

    def _lines(self, title: str, total: int) -> Callable[[], None]:
        self.say(f"{title} ({total}) …")
        done = 0

        def count() -> None:
            nonlocal done
            quarter_before, done = done * 4 // total, done + 1
            if done * 4 // total > quarter_before:
                self.say(f"{title}: {done} of {total}")

        return count


def _to_standard_error(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
