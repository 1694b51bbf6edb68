"""Which answer is right for each of many codes: looked up a column at a time, decided once for all codes alike.

Between two turns of its story, and before or after its first valid scan, an item has one answer. So codes come down to
few *cases*, and only these are looked at one by one.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from graph_service.goods.bulk_grounds import Found
from graph_service.goods.bulk_stories import Told
from graph_service.goods.bulk_timeline import OWN_CODE, Answer, Timeline

_NEVER = 2**62


class Decided(NamedTuple):
    """What is right for some of the codes that were asked about.

    Attributes:
        places: of these codes, as they were asked.
        numbers: of their answers.
        answers: the different ones, in the order of their numbers.
        vias: a column of text: the codes that the deciding facts named, `OWN_CODE` or null.
    """

    places: Any
    numbers: Any
    answers: list[Answer]
    vias: Any


def decide(instants: Any, found: Sequence[tuple[Found, Told]]) -> Decided:
    """Decides on the codes of runs.

    Args:
        instants: that are asked about, in microseconds, a code each.
        found: the runs of the codes, and what was told of them.
    """
    starts = np.array([one.start for one, _ in found], np.int64)
    counts = np.array([one.stop for one, _ in found], np.int64) - starts
    runs = np.repeat(np.arange(len(found)), counts)
    places = np.arange(len(runs)) + (starts - counts.cumsum() + counts)[runs]
    asked = instants[places]
    timelines: dict[Timeline, int] = {}
    told_by = np.array([timelines.setdefault(told.timeline, len(timelines)) for _, told in found], np.int64)[runs]
    segments, before = _segments([timeline.turns for timeline in timelines], told_by, asked)
    opened = np.array([_NEVER if told.opened is None else told.opened[0] for _, told in found], np.int64)[runs]
    ranks = np.array([told.rank for _, told in found], np.int64)[runs]
    ranks[asked < opened] = -1
    cases = (before + told_by + segments) * (ranks.max(initial=0) + 2) + ranks + 1

    coded = pa.array(cases).dictionary_encode().indices.to_numpy()
    # Any code of a case stands for all of them.
    examples = np.empty(coded.max(initial=-1) + 1, np.int64)
    examples[coded] = np.arange(len(coded))
    answers: list[Answer] = []
    for run, segment, at, rank in zip(
        *(column[examples].tolist() for column in (runs, segments, asked, ranks)), strict=True
    ):
        told = found[run][1]
        answers.append(told.timeline.answer(segment, at, told.opened if rank >= 0 else None, rank))
    return Decided(places, coded, answers, _vias(found, answers, coded, runs))


def _segments(turns: Sequence[Sequence[int]], told_by: Any, asked: Any) -> tuple[Any, Any]:
    """How many turns of its own timeline lie before each instant, and how many there are of the timelines before it.

    Args:
        turns: of each timeline, ascending.
        told_by: the place of its timeline for each instant.
        asked: the instants.
    """
    sizes = np.array([len(own) for own in turns], np.int64)
    flat = np.array([turn for own in turns for turn in own], np.int64)
    # Turns and instants become ranks, so that timeline and rank make one number that ascends over all timelines.
    known = np.unique(flat)
    step = len(known) + 1
    rows = np.repeat(np.arange(len(turns)), sizes) * step + np.searchsorted(known, flat)
    before = (sizes.cumsum() - sizes)[told_by]
    return np.searchsorted(rows, told_by * step + np.searchsorted(known, asked, side="right")) - before, before


def _vias(found: Sequence[tuple[Found, Told]], answers: Sequence[Answer], coded: Any, runs: Any) -> Any:
    """The codes that the deciding facts named; where they are containers, each run has its own."""
    names = [OWN_CODE]
    fixed = [-1] * len(answers)
    of_run = [-1] * len(answers)
    for number, answer in enumerate(answers):
        if isinstance(answer.via, int):
            of_run[number] = answer.via
        elif answer.via is not None:
            fixed[number] = 0 if answer.via == OWN_CODE else len(names)
            names += [answer.via] if answer.via != OWN_CODE else []
    firsts: list[int] = []
    latest: tuple[str, ...] | None = None
    first = 0
    for _, told in found:
        if told.containers is not latest:
            latest, first = told.containers, len(names)
            names += latest
        firsts.append(first)
    place = np.array(of_run, np.int64)[coded]
    numbers = np.where(place >= 0, np.array(firsts, np.int64)[runs] + place, np.array(fixed, np.int64)[coded])
    return pa.array(names, pa.string()).take(pa.array(numbers, mask=numbers < 0))
