"""Attribution over paths as its definitions say it: every order of joining, every walk; in fractions, without hurry."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

Trail = tuple[Sequence[str], int, int, int]
"""Channels in order, conversions, value, and how many did not buy."""


def shapley(trails: Sequence[Trail]) -> dict[str, Fraction]:
    """What a channel adds to those before it, on average over all orders in which channels can join."""
    channels = sorted({channel for steps, *_ in trails for channel in steps})

    def converted(coalition: Sequence[str]) -> int:
        return sum(conversions for steps, conversions, *_ in trails if set(steps) <= set(coalition))

    orders = list(permutations(channels))
    credit = dict.fromkeys(channels, Fraction(0))
    for order in orders:
        for place, channel in enumerate(order):
            credit[channel] += converted(order[: place + 1]) - converted(order[:place])
    return {channel: sum_ / len(orders) for channel, sum_ in credit.items()}


def markov(trails: Sequence[Trail], order: int) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Conversions and value by channel: in proportion to what is lost where the channel leads to nothing."""
    channels = sorted({channel for steps, *_ in trails for channel in steps})
    whole = _gains(trails, order, None)
    credit: tuple[dict[str, Fraction], dict[str, Fraction]] = ({}, {})
    for which, total in enumerate((sum(trail[1] for trail in trails), sum(trail[2] for trail in trails))):
        lost = {}
        for channel in channels:
            left = _gains(trails, order, channel)[which]
            lost[channel] = 1 - left / whole[which] if whole[which] else Fraction(0)
        all_lost = sum(lost.values())
        credit[which].update({channel: total * one / all_lost if all_lost else one for channel, one in lost.items()})
    return credit


def _gains(trails: Sequence[Trail], order: int, removed: str | None) -> tuple[Fraction, Fraction]:
    """What a walk from the start converts and is worth, on average, when a channel leads to nothing."""
    counts: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {(): {}}
    ends: dict[tuple[str, ...], list[int]] = {}
    for steps, conversions, value, nulls in trails:
        if not conversions + nulls:
            continue
        windows = [tuple(steps[i : i + order]) for i in range(max(1, len(steps) - order + 1))]
        for before, after in zip([(), *windows], windows, strict=False):
            went = counts.setdefault(before, {})
            went[after] = went.get(after, 0) + conversions + nulls
        end = ends.setdefault(windows[-1], [0, 0, 0])
        end[0] += conversions
        end[1] += nulls
        end[2] += value if conversions else 0
    states = [state for state in counts.keys() | ends.keys() if removed not in state]
    # x[s] = gains[s] + sum of p(s, t) x[t], by elimination.
    rows: list[list[Fraction]] = []
    for state in states:
        leaving = sum(counts.get(state, {}).values()) + sum(ends.get(state, [0, 0, 0])[:2])
        row = [Fraction(int(state == other)) for other in states]
        for place, other in enumerate(states):
            row[place] -= Fraction(counts.get(state, {}).get(other, 0), leaving or 1)
        gained = ends.get(state, [0, 0, 0])
        rows.append([*row, Fraction(gained[0], leaving or 1), Fraction(gained[2], leaving or 1)])
    for place in range(len(states)):
        pivot = next(i for i in range(place, len(states)) if rows[i][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [cell / rows[place][place] for cell in rows[place]]
        for i in range(len(states)):
            if i != place and rows[i][place]:
                rows[i] = [a - rows[i][place] * b for a, b in zip(rows[i], rows[place], strict=True)]
    start = states.index(())
    return rows[start][-2], rows[start][-1]
