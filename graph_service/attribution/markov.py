"""Attribution by a Markov chain: what would be lost if a channel were not there, solved exactly.

A customer's way is a walk over states, each the last `order` channels (a shorter path is one state), from the start to
a conversion or to nothing. Removing a channel ends every walk that comes to it. What then lacks in conversions is
the channel's removal effect; conversions are shared in proportion to the effects, and so is value, where each state
converts to the mean value of the paths that end there. These are the definitions of the R and Python package
ChannelAttribution, which walks at random and breaks walks off that are longer than any path; here a sparse system of
linear equations is solved instead, so its results are the limit of more and more random walks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import splu

from graph_service.attribution.paths import Trail
from graph_service.errors import ServiceError

ORDERS = (1, 2, 3)
MAX_STATES = 5_000

START, CONVERSION, NULL = "(start)", "(conversion)", "(null)"

State = tuple[str, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transition:
    """How probable a step is.

    Attributes:
        origin: the start, or the channels of the state.
        target: the channels of the state, or how the way ends.
        probability: of this step from there.
    """

    origin: str
    target: str
    probability: float


class Chain:
    """The absorbing Markov chain of paths.

    Args:
        trails: the paths; those that nobody went are passed over.
        order: how many channels a state remembers, 1 to 3.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, when there are more states than can be solved for.
    """

    def __init__(self, trails: Iterable[Trail], order: int = 1) -> None:
        self.channels: list[str] = []
        self._states: dict[State, int] = {(): 0}
        steps: dict[tuple[int, int], float] = defaultdict(float)
        ends: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        channels: set[str] = set()
        for trail in trails:
            channels.update(trail.channels)
            weight = trail.conversions + trail.nulls
            if not weight:
                continue
            before = 0
            for state in _states_of(trail.channels, order):
                after = self._states.setdefault(state, len(self._states))
                steps[before, after] += weight
                before = after
            end = ends[before]
            end[0] += trail.conversions
            end[1] += trail.nulls
            end[2] += trail.value if trail.conversions else 0.0
        if len(self._states) > MAX_STATES:
            raise ServiceError(
                "LIMIT_EXCEEDED",
                f"The paths make {len(self._states):,} states of order {order}; {MAX_STATES:,} are allowed.",
                remedy="Choose a lower --order, or join rare channels.",
            )
        self.channels = sorted(channels)
        self._steps, self._ends = steps, ends

    def transitions(self) -> Iterator[Transition]:
        """The transition matrix, row by row; steps from a state to itself included."""
        names = [" > ".join(state) or START for state in self._states]
        leaving = self._leaving()
        rows: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for (before, after), weight in self._steps.items():
            rows[before].append((names[after], weight))
        for state, (conversions, nulls, _) in self._ends.items():
            rows[state] += [(name, weight) for name, weight in ((CONVERSION, conversions), (NULL, nulls)) if weight]
        for state in sorted(rows, key=lambda state: names[state]):
            for target, weight in sorted(rows[state]):
                yield Transition(names[state], target, weight / float(leaving[state]))

    def removal_effects(self) -> Mapping[str, tuple[float, float]]:
        """By channel what share of conversions, and of value, would be lost without it."""
        size = len(self._states)
        leaving = self._leaving()
        pairs = np.array(list(self._steps), dtype=np.int64).reshape(-1, 2)
        weights = np.array(list(self._steps.values())) / leaving[pairs[:, 0]]
        staying = csc_array((weights, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
        gains = np.zeros((size, 2))
        for state, (conversions, _, value) in self._ends.items():
            gains[state] = conversions / leaving[state], value / leaving[state]
        whole = _reached(staying, gains)
        effects: dict[str, tuple[float, float]] = {}
        for channel in self.channels:
            kept = np.array([place for state, place in self._states.items() if channel not in state])
            left = _reached(staying[kept][:, kept], gains[kept])
            lost = [1 - part / all_ if all_ else 0.0 for part, all_ in zip(left, whole, strict=True)]
            effects[channel] = (max(0.0, lost[0]), max(0.0, lost[1]))
        return effects

    def _leaving(self) -> Floats:
        """How many leave each state."""
        leaving = np.zeros(len(self._states))
        for (before, _), weight in self._steps.items():
            leaving[before] += weight
        for state, (conversions, nulls, _) in self._ends.items():
            leaving[state] += conversions + nulls
        return leaving


def _states_of(channels: Sequence[str], order: int) -> Iterator[State]:
    if len(channels) <= order:
        yield tuple(channels)
        return
    for place in range(len(channels) - order + 1):
        yield tuple(channels[place : place + order])


def _reached(staying: csc_array, gains: Floats) -> list[float]:
    """What a walk from the first state gains on average, by column of the gains."""
    # From the left: one system for all columns, of which only the visits from the start are wanted.
    system = csc_array((eye_array(staying.shape[0]) - staying).T)
    start = np.zeros(staying.shape[0])
    start[0] = 1.0
    visits = splu(system).solve(start)
    return [float(gain) for gain in visits @ gains]
