"""Credit for conversions and value by channel, from paths, under each model."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph_service.attribution import weights
from graph_service.attribution.paths import Trail


class PathModel(StrEnum):
    """How paths are credited to channels."""

    FIRST_TOUCH = "FIRST_TOUCH"
    LAST_TOUCH = "LAST_TOUCH"
    LINEAR = "LINEAR"
    POSITION_BASED = "POSITION_BASED"
    MARKOV = "MARKOV"
    SHAPLEY = "SHAPLEY"


@dataclass(frozen=True, slots=True)
class Credit:
    """What a channel is credited with.

    Attributes:
        channel: its name.
        conversions: how many; parts of one are possible.
        value: in the unit of the paths.
    """

    channel: str
    conversions: float
    value: float


_BY_PLACE: dict[PathModel, Callable[[int], list[float]]] = {
    PathModel.FIRST_TOUCH: weights.first_touch,
    PathModel.LAST_TOUCH: weights.last_touch,
    PathModel.LINEAR: weights.linear,
    PathModel.POSITION_BASED: weights.position_based,
}


def credits_of(trails: Sequence[Trail], model: PathModel, order: int = 1) -> list[Credit]:
    """What each channel is credited with, in the order of their names; together all conversions and all value.

    Args:
        trails: the paths.
        model: how they are credited. `SHAPLEY` has for coalitions of channels the conversions of the paths that need no
            other channel; its exact solution gives each different channel of a path the same (Zhao et al. 2018).
        order: of the Markov chain, 1 to 3; no other model has one.

    Raises:
        ServiceError: `LIMIT_EXCEEDED`, when the Markov chain has too many states.
    """
    if model is PathModel.MARKOV:
        return _by_removal(trails, order)
    parts: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for trail in trails:
        for channel, share in _shares(trail.channels, model):
            parts[channel].append((share * trail.conversions, share * trail.value))
    return [
        Credit(channel, math.fsum(part[0] for part in parts[channel]), math.fsum(part[1] for part in parts[channel]))
        for channel in sorted(parts)
    ]


def _shares(channels: Sequence[str], model: PathModel) -> Iterable[tuple[str, float]]:
    if model is PathModel.SHAPLEY:
        different = dict.fromkeys(channels)
        return zip(different, weights.linear(len(different)), strict=True)
    return zip(channels, _BY_PLACE[model](len(channels)), strict=True)


def _by_removal(trails: Sequence[Trail], order: int) -> list[Credit]:
    """Conversions and value in proportion to what is lost without a channel; nothing where nothing converts."""
    from graph_service.attribution.markov import Chain  # noqa: PLC0415 - loads numpy and scipy

    effects = Chain(trails, order).removal_effects()
    totals = math.fsum(trail.conversions for trail in trails), math.fsum(trail.value for trail in trails)
    conversions, values = (
        list(_parts(total, [effect[column] for effect in effects.values()])) for column, total in enumerate(totals)
    )
    return [Credit(*row) for row in zip(effects, conversions, values, strict=True)]


def _parts(total: float, effects: Sequence[float]) -> Iterator[float]:
    whole = math.fsum(effects)
    return (total * effect / whole if whole else 0.0 for effect in effects)
