"""The plot: six measures by the number of units, a line a side."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from benchmarks.figures import SIDES, Figures

_PANELS = (
    ("load", "Load, units/s", True),
    ("sustained", "Scans with decisions, events/s", True),
    ("bulk scattered", "Owners of many codes, codes/s", True),
    ("single", "Owner of one code, median ms", False),
    ("branch", "A page of a branch, median ms", False),
    ("scan", "Scan during a load, median ms", False),
)
_COLOURS = dict(zip(SIDES, ("#1b6ca8", "#7a7a7a", "#c2571a"), strict=True))
_MARKERS = dict(zip(SIDES, "osd", strict=True))


def draw(file: Path, figures: Figures) -> None:
    """Draws what was measured; equal figures make equal files."""
    with mpl.rc_context({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 8}):
        canvas = Canvas(figsize=(9, 5), layout="constrained")
        for place, (measure, title, more_is_better) in enumerate(_PANELS, 1):
            axes = canvas.add_subplot(2, 3, place)
            axes.set_title(title)
            axes.set_xscale("log")
            axes.grid(alpha=0.3)
            for side in SIDES:
                points = [
                    (units, value)
                    for units in figures.sizes
                    if (value := figures.value(measure, units, side, more_is_better=more_is_better)) is not None
                ]
                if points:
                    xs, ys = zip(*points, strict=True)
                    axes.plot(xs, ys, marker=_MARKERS[side], color=_COLOURS[side], label=side)
            axes.set_ylim(bottom=0)
            axes.set_xlabel("units")
        handles, labels = canvas.axes[0].get_legend_handles_labels()
        if handles:
            canvas.legend(handles, labels, loc="outside lower center", ncols=len(SIDES))
        canvas.savefig(file, format="svg", metadata={"Date": None})
