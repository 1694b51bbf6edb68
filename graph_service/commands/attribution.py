"""`graph-service attribution`: which channels get the credit for the conversions of a file of paths."""

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from graph_service.attribution.models import PathModel, credits_of
from graph_service.attribution.paths import read_paths
from graph_service.errors import ServiceError
from graph_service.whole_file import whole_file

CREDIT_COLUMNS = ("channel", "conversions", "value")
TRANSITION_COLUMNS = ("from", "to", "probability")


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


def attribute_paths(paths: Path, model: PathModel, order: int, out: Path, matrix: Path | None) -> int:
    """Writes what each channel of a file of paths is credited with; how many channels there are.

    Args:
        paths: CSV with `path`, `conversions`, `value` and `nulls`.
        model: how conversions are credited.
        order: of the Markov chain.
        out: where the credits go, as CSV.
        matrix: where the transition matrix goes, as CSV, if anywhere.

    Raises:
        ServiceError: what is wrong with a line, or with one of the files; nothing is written then.
    """
    trails = read_paths(paths)
    with ExitStack() as files:
        credits_file = files.enter_context(whole_file(out))
        matrix_file = files.enter_context(whole_file(matrix)) if matrix is not None else None
        credited = credits_of(trails, model, order)
        credits_file.write(_csv(CREDIT_COLUMNS, ((one.channel, one.conversions, one.value) for one in credited)))
        if matrix_file is not None:
            from graph_service.attribution.markov import Chain  # noqa: PLC0415 - loads numpy and scipy

            steps = Chain(trails, order).transitions()
            matrix_file.write(_csv(TRANSITION_COLUMNS, ((one.origin, one.target, one.probability) for one in steps)))
    return len(credited)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
