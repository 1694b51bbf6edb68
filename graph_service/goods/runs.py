"""Runs: nodes of consecutive codes that every event so far has named together.

    (:Run {first, last})   keys of its first and last code, as `codes.py` makes them

Runs never overlap. They are split where an event names some of their codes, and never joined again; how the codes are
cut into runs depends on the order of arrival, what is known of each code does not.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.goods.codes import Span, following, step
from graph_service.graph.driver import Transaction


@dataclass(frozen=True, slots=True)
class Cuts:
    """How the graph's runs are to be cut, so that each of some spans is exactly some of them.

    Attributes:
        named: the runs of each span, in order.
        items: by the key of each run its item.
        cut_from: by the key of each run that is yet to be cut off, that of the run that holds its codes now.
        pieces: by each run of the graph that is to be cut, its pieces, in order.
        new: runs that are yet to be made, of codes that no event has named.
    """

    named: Mapping[Span, list[Span]]
    items: Mapping[str, str]
    cut_from: Mapping[str, str]
    pieces: Mapping[Span, Sequence[Span]]
    new: Sequence[Span]


async def fetch_cuts(transaction: Transaction, spans: Iterable[Span]) -> Cuts:
    """How runs are to be cut for spans; writes nothing."""
    wanted = sorted(set(spans))
    found = await transaction.rows_of("goods/runs_over", [{"first": span.first, "last": span.last} for span in wanted])
    old = sorted(Span(row["first"], row["last"]) for row in found)
    edges = sorted(_edges(wanted))
    pieces = {run: _pieces(run, edges) for run in old}
    new = [piece for gap in _gaps(wanted, old) for piece in _pieces(gap, edges)]
    runs = sorted([part for parts in pieces.values() for part in parts] + new)
    firsts = [run.first for run in runs]
    named = {span: runs[bisect_left(firsts, span.first) : bisect_right(firsts, span.last)] for span in wanted}
    # What events call aliases is never split: each of them is one code.
    items = dict(zip(firsts, firsts, strict=True)) | {row["first"]: row["item"] for row in found}
    cut_from = {part.first: run.first for run, parts in pieces.items() for part in parts[1:]}
    return Cuts(named, items, cut_from, {run: parts for run, parts in pieces.items() if len(parts) > 1}, new)


async def cut(transaction: Transaction, cuts: Cuts) -> None:
    """Makes the graph's runs fit."""
    await transaction.rows_of(
        "goods/split_runs",
        [
            {
                "first": run.first,
                "last": parts[0].last,
                "pieces": [{"first": part.first, "last": part.last} for part in parts[1:]],
            }
            for run, parts in cuts.pieces.items()
        ],
    )
    await transaction.rows_of("goods/create_runs", [{"first": run.first, "last": run.last} for run in cuts.new])


def _edges(spans: Iterable[Span]) -> set[str]:
    """Keys at which a run has to begin: where a span begins, and behind its end."""
    edges: set[str] = set()
    for span in spans:
        edges.add(span.first)
        behind = following(span.last)
        if behind is not None:
            edges.add(behind)
    return edges


def _pieces(run: Span, edges: list[str]) -> list[Span]:
    return list(run.cut(edges[bisect_left(edges, run.first) : bisect_right(edges, run.last)]))


def _gaps(spans: Iterable[Span], runs: list[Span]) -> list[Span]:
    """What the spans hold and no run does, each code once."""
    lasts = [run.last for run in runs]
    gaps: list[Span] = []
    done = ""
    for span in spans:
        position = span.first
        if done >= position:
            if done >= span.last:
                continue
            position = step(done, 1)
        done = max(done, span.last)
        for run in runs[bisect_left(lasts, position) :]:
            if run.first > span.last or position > span.last:
                break
            if position < run.first:
                gaps.append(Span(position, step(run.first, -1)))
            if run.last >= span.last:
                position = ""
                break
            position = step(run.last, 1)
        if position:
            gaps.append(Span(position, span.last))
    return gaps
