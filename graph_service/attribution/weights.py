"""How a conversion is split over the touches before it, by their place on the way and their age."""

from collections.abc import Sequence

from graph_service.moments import DAY

HALF_LIFE = 7 * DAY
"""By which a touch's weight halves under `TIME_DECAY`, in microseconds."""

FIRST_AND_LAST = 0.4
"""What the first and the last of three or more touches get under `POSITION_BASED`; the others share the rest."""


def first_touch(count: int) -> list[float]:
    """All to the first of so many touches."""
    return [1.0] + [0.0] * (count - 1)


def last_touch(count: int) -> list[float]:
    """All to the last."""
    return [0.0] * (count - 1) + [1.0]


def linear(count: int) -> list[float]:
    """The same to each."""
    return [1 / count] * count


def position_based(count: int) -> list[float]:
    """40 % to the first, 40 % to the last, 20 % to those between them; two share evenly, one has all."""
    if count < 3:
        return linear(count)
    between = (1 - 2 * FIRST_AND_LAST) / (count - 2)
    return [FIRST_AND_LAST, *[between] * (count - 2), FIRST_AND_LAST]


def time_decay(ages: Sequence[int], half_life: int = HALF_LIFE) -> list[float]:
    """2^(-age / half-life), and all of them together 1.

    Args:
        ages: how long before the conversion each touch was, in microseconds.
        half_life: in microseconds.
    """
    # Counted from the youngest, so that touches of long ago do not all vanish.
    youngest = min(ages)
    weights = [2.0 ** (-(age - youngest) / half_life) for age in ages]
    whole = sum(weights)
    return [weight / whole for weight in weights]
