"""The targets that the service has to meet, and whether it does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.figures import BARE, POSTGRES, SERVICE, Figures


@dataclass(frozen=True, slots=True)
class Target:
    """A target beside what was measured."""

    text: str
    units: int
    measured: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class _Bound:
    text: str
    measure: str
    holds: Callable[[float], bool]
    shown: str
    more_is_better: bool = True


_BULK = ("bulk scattered", "bulk in sequence")
_BOUNDS = (
    *(
        _Bound(f"{name}: at least 60,000 codes/s", name, lambda value: value >= 60_000, "{:,.0f} codes/s")
        for name in _BULK
    ),
    _Bound("bulk: at most 1 GiB of memory", "bulk memory", lambda value: value <= 1_024, "{:,.0f} MiB"),
    _Bound("sustained: at least 2,000 events/s", "sustained", lambda value: value >= 2_000, "{:,.0f} events/s"),
    _Bound("one code, 1 connection: median at most 5 ms", "single", lambda value: value <= 5, "{:.2f} ms", False),
    _Bound("one code, 8 connections: p99 at most 50 ms", "single 8 p99", lambda value: value <= 50, "{:.1f} ms", False),
    _Bound("scan during a load: median at most 25 ms", "scan", lambda value: value <= 25, "{:.1f} ms", False),
    _Bound("scan during a load: p99 at most 150 ms", "scan p99", lambda value: value <= 150, "{:.1f} ms", False),
)
_TEN_MILLIONS = (
    _Bound("load: at most 5 minutes", "load seconds", lambda value: value <= 300, "{:,.0f} s", False),
    _Bound("load: at most 2 GB", "store", lambda value: value <= 2_000, "{:,.0f} MB", False),
)


def met(figures: Figures) -> Iterator[Target]:
    """Each target that the figures say something about."""
    for units in figures.sizes:
        bounds = (*_BOUNDS, *_TEN_MILLIONS) if units == 10_000_000 else _BOUNDS
        for bound in bounds:
            value = figures.value(bound.measure, units, SERVICE, more_is_better=bound.more_is_better)
            if value is not None:
                yield Target(bound.text, units, bound.shown.format(value), bound.holds(value))
        yield from _beside(figures, units)
    yield from _growth(figures)


def _beside(figures: Figures, units: int) -> Iterator[Target]:
    pairs = [(name, POSTGRES, 2.0, f"{name}: at least twice PostgreSQL's best") for name in _BULK]
    pairs.append(("sustained", BARE, 0.6, "sustained: at least 60 % of the bare driver"))
    for measure, side, least, text in pairs:
        own = figures.value(measure, units, SERVICE, more_is_better=True)
        other = figures.value(measure, units, side, more_is_better=True)
        if own is not None and other:
            yield Target(text, units, f"{own / other:.2f} ×", own / other >= least)


def _growth(figures: Figures) -> Iterator[Target]:
    """What the largest size is beside the smallest."""
    if len(figures.sizes) < 2:
        return
    small, large = figures.sizes[0], figures.sizes[-1]
    for measure, most in (("single", 1.3), ("single 8", 1.3), ("upstream", 1.3), ("branch", 1.3), ("scan", 1.3)):
        before, after = (figures.value(measure, units, SERVICE, more_is_better=False) for units in (small, large))
        if before and after:
            text = f"{measure}: at most 1.3 times as slow as with {small:,} units"
            yield Target(text, large, f"{after / before:.2f} ×", after / before <= most)
    for measure in ("load", "sustained", *_BULK):
        before, after = (figures.value(measure, units, SERVICE, more_is_better=True) for units in (small, large))
        if before and after:
            text = f"{measure}: at least 0.75 of the rate with {small:,} units"
            yield Target(text, large, f"{after / before:.2f} ×", after / before >= 0.75)
