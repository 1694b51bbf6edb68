"""`graph-service attribution`: which channels get the credit for conversions, by a file of paths or the graph."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from graph_service.attribution.models import PathModel, credits_of
from graph_service.attribution.paths import COLUMNS, STEP, Trail
from graph_service.errors import ServiceError
from graph_service.whole_file import whole_file

if TYPE_CHECKING:
    from graph_service.explore.elements import Window
    from graph_service.graph.driver import Graph

CREDIT_COLUMNS = ("channel", "conversions", "value")
TRANSITION_COLUMNS = ("from", "to", "probability")
MOST_STEPS = 5_000_000
"""Touches and orders of the graph that are taken into memory."""


def model_of(name: str) -> PathModel:
    """The model of a name.

    Raises:
        ServiceError: `UNKNOWN_MODEL`.
    """
    if name in PathModel.__members__:
        return PathModel(name)
    why = {
        "TIME_DECAY": "paths of a file have no times; Query.attribution answers it for members and orders",
        "PRECEDENCE": "it decides on members, not on paths; Query.attribution answers it",
    }.get(name, "it is none of the models")
    raise ServiceError(
        "UNKNOWN_MODEL",
        f"There is no attribution of paths by {name[:40]!r}: {why}.",
        remedy=f"Choose one of {', '.join(PathModel)}.",
        path="model",
    )


def write_credits(
    trails: Callable[[], Sequence[Trail]],
    model: PathModel,
    order: int,
    *,
    out: Path,
    matrix: Path | None = None,
    journeys: Path | None = None,
) -> int:
    """Writes what each channel of paths is credited with; how many channels there are.

    Args:
        trails: gives the paths, once it is known that the files can be written.
        model: how conversions are credited.
        order: of the Markov chain.
        out: where the credits go, as CSV.
        matrix: where the transition matrix goes, as CSV, if anywhere.
        journeys: where the paths go, as a file of paths, if anywhere.

    Raises:
        ServiceError: what is wrong with the paths, or with one of the files; nothing is written then.
    """
    with ExitStack() as files:
        credits_file = files.enter_context(whole_file(out))
        matrix_file = files.enter_context(whole_file(matrix)) if matrix is not None else None
        journeys_file = files.enter_context(whole_file(journeys)) if journeys is not None else None
        paths = trails()
        credited = credits_of(paths, model, order)
        credits_file.write(_csv(CREDIT_COLUMNS, ((one.channel, one.conversions, one.value) for one in credited)))
        if matrix_file is not None:
            from graph_service.attribution.markov import Chain  # noqa: PLC0415 - loads numpy and scipy

            steps = Chain(paths, order).transitions()
            matrix_file.write(_csv(TRANSITION_COLUMNS, ((one.origin, one.target, one.probability) for one in steps)))
        if journeys_file is not None:
            rows = ((f" {STEP} ".join(one.channels), one.conversions, one.value, one.nulls) for one in paths)
            journeys_file.write(_csv(COLUMNS, rows))
    return len(credited)


async def graph_paths(graph: "Graph", window: "Window") -> list[Trail]:
    """The paths of the members of a graph to their orders of a period; value in fen.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, when they are more than fit into memory.
    """
    from graph_service.attribution.read import journeys_between  # noqa: PLC0415 - a file of paths needs no graph
    from graph_service.attribution.report import trails_of  # noqa: PLC0415

    ways, unsold = await graph.read(
        lambda transaction: journeys_between(transaction, window.since, window.until, most=MOST_STEPS)
    )
    return trails_of(ways, unsold)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
