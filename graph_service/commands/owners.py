"""`graph-service owners`: who owned the codes of a file, into another file."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from graph_service.commands.running import stop_requests
from graph_service.goods.bulk import OwnershipJob
from graph_service.goods.bulk_files import ANSWERED_FORMS, AnsweredFile, AskedFile, form_of, gathered
from graph_service.graph.driver import Graph
from graph_service.progress import progress, say


def require_files(asked: Path, out: Path) -> None:
    """Finds out before anything starts whether the files can be read and written.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX`, `FILE_UNREADABLE` or `FILE_NOT_WRITABLE`.
    """
    AskedFile(asked).__exit__(None, None, None)
    form_of(out, ANSWERED_FORMS, packed=False)
    # Begun and given up, so that nothing stays of it.
    AnsweredFile(out).__exit__(KeyboardInterrupt, None, None)


async def owners(graph: Graph, asked: Path, out: Path) -> int:
    """Answers the questions of a file; how many there were.

    Raises:
        ServiceError: what is wrong with a line, or with one of the files; nothing is written then.
        KeyboardInterrupt: when the user stopped it; nothing is written then.
    """
    count = 0
    job = OwnershipJob(graph)
    with (
        stop_requests(lambda: say("Stopping …")) as stop,
        AskedFile(asked) as questions,
        AnsweredFile(out) as answered,
        progress(f"Answering {asked.name}") as advance,
    ):
        async with contextlib.aclosing(job.answers(_windows(questions))) as answers:
            async for part in answers:
                if stop.is_set():
                    raise KeyboardInterrupt
                await asyncio.to_thread(answered.write, part)
                count += len(part.codes)
                advance(questions.share, f"{count:,} codes")
    return count


async def _windows(questions: AskedFile) -> AsyncIterator[Any]:
    parts = gathered(questions)
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part
